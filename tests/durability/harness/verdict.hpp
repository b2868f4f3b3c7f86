// The comparison at the end: the sender's ledger, the sink's record and the data folder, file against file.
// Nothing that the server says of itself counts.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include <waggle/result.hpp>

#include "tests/durability/harness/sink.hpp"

namespace waggle::durability {

struct Evidence {
  std::string ledger;    ///< file of the sender
  std::string record;    ///< file of the sink
  std::string data_dir;  ///< of the server, which is not running
  std::uint64_t seed = 1;
  /// How often each delivery was in flight when the server was killed.
  std::map<Place, int> in_flight;
  /// Retention may have deleted what is finished: then only deliveries prove that nothing was lost.
  bool stored_may_be_gone = false;
};

struct Verdict {
  std::int64_t sent = 0, acked = 0, stored = 0, delivered = 0;
  std::int64_t lost = 0;          ///< answered 2xx, and not stored, or neither delivered nor parked
  std::int64_t ghost = 0;         ///< stored or delivered, and never sent
  std::int64_t altered = 0;       ///< stored or delivered with other bytes
  std::int64_t stored_twice = 0;  ///< two events for one delivery id
  std::int64_t stuck = 0;         ///< runs that are neither final nor parked
  std::int64_t repeated = 0;      ///< delivered again although the outcome was on record
  std::int64_t rekeyed = 0;       ///< delivered again with another idempotency key, or two steps with one
  std::int64_t misordered = 0;    ///< a later step was delivered before an earlier one
  std::int64_t parked = 0;
  std::int64_t delivered_again = 0, in_flight = 0;  ///< the first must not be more than the second
  std::vector<std::string> examples;                ///< of what is wrong, a few

  bool good() const {
    return lost + ghost + altered + stored_twice + stuck + repeated + rekeyed + misordered == 0;
  }
};

Result<Verdict> judge(const Evidence& evidence);
std::ostream& operator<<(std::ostream& out, const Verdict& verdict);

}  // namespace waggle::durability
