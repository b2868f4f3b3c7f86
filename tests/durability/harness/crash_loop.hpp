// The crash loop: events stream in, are delivered, and the server is killed, again and again, at moments of
// many kinds; then everything is drained and compared, file against file (verdict.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include <waggle/result.hpp>

#include "tests/durability/harness/verdict.hpp"

namespace waggle::durability {

/// At what moment, or how, a round ends.
enum class Blow {
  unset,
  random,      ///< SIGKILL 0.1 to 3 s after it was ready
  start_up,    ///< SIGKILL 0 to 100 ms after exec, three times in a row
  checkpoint,  ///< SIGKILL at the first sight of a write to the database file itself
  twice,       ///< two SIGKILLs within 100 ms
  freeze,      ///< SIGSTOP for 1 to 2 s, SIGCONT, then SIGKILL
  stop,        ///< SIGTERM: must end by itself, with 0
  backup,      ///< while `waggle backup` runs: SIGKILL, or it may end and is compared
  prune,       ///< SIGKILL while `waggle prune` deletes what is finished
  power_cut,   ///< SIGSTOP, the disk is copied, SIGKILL; goes on with the copy (disk_image.hpp)
};
std::string_view to_string(Blow blow);

struct CrashOptions {
  std::string program;
  std::uint64_t seed = 1;  ///< everything random follows from it; only the machine's timing does not
  int rounds = 30;
  double rate = 500;  ///< events a second
  std::vector<Blow> blows = {Blow::random, Blow::start_up, Blow::checkpoint, Blow::twice,
                             Blow::random, Blow::freeze,   Blow::random,     Blow::stop};
  std::chrono::milliseconds shortest_life{100}, longest_life{3000};
  std::chrono::milliseconds ready_limit{30'000};  ///< a start that takes longer is a failure by itself
  std::chrono::seconds drain_limit{120};
  std::uint64_t disk_bytes = 256ull << 20;  ///< of the image, for power cuts
  std::string settings;                     ///< further lines of waggle.yaml
  bool keep = true;                         ///< the folder, when something is wrong
  std::ostream* log = nullptr;              ///< a line for each round; null: none
};

struct CrashReport {
  Verdict verdict;
  int kills = 0, cuts = 0;
  int backups = 0;        ///< that came to their end and hold what was answered 2xx before
  int at_checkpoint = 0;  ///< kills at the sight of one
  std::int64_t sent_again = 0, repeats = 0;
  std::chrono::milliseconds slowest_start{0}, median_start{0};
  bool good() const { return verdict.good(); }
};
std::ostream& operator<<(std::ostream& out, const CrashReport& report);

/// Errors: failed (the server did not start, its database is damaged, the drain did not end, no loop mounts):
/// the folder is then kept, and named.
Result<CrashReport> crash_loop(const CrashOptions& options);

}  // namespace waggle::durability
