// The soak: minutes under load with outages, slow answers, long readers and kills, and the numbers that must
// stay where they are: memory, open files, the log's size, the database's.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include <waggle/result.hpp>

#include "tests/durability/harness/verdict.hpp"

namespace waggle::durability {

struct SoakOptions {
  std::string program;
  std::uint64_t seed = 1;
  std::chrono::seconds length{600};
  std::chrono::seconds cycle{60};  ///< once through all phases; the first half of the cycles ends with a kill
  double rate = 0;                 ///< events a second; 0: 30 % of what is measured first
  std::string settings;            ///< further lines of waggle.yaml
  std::ostream* log = nullptr;     ///< the table's lines as they come
};

/// One phase of one cycle; the sizes are the largest seen in it.
struct SoakRow {
  std::string phase;
  std::chrono::seconds at{0};
  double acked_per_s = 0, delivered_per_s = 0;
  std::uint64_t resident_bytes = 0, wal_bytes = 0, database_bytes = 0;
  int open_files = 0, threads = 0;
};

struct SoakReport {
  std::vector<SoakRow> rows;
  Verdict verdict;
  int kills = 0;
  double rate = 0;
  std::uint64_t most_resident_bytes = 0;
  std::uint64_t most_wal_bytes = 0;       ///< while no foreign program held a snapshot
  std::uint64_t most_held_wal_bytes = 0;  ///< in the phases when one did, and the next ones
  /// Over the calm phases since the last kill, by least squares; 0 with fewer than three.
  double resident_bytes_per_hour = 0;
  int open_files_grown = 0;  ///< last calm phase against the first since the last kill
};
std::ostream& operator<<(std::ostream& out, const SoakRow& row);
std::ostream& operator<<(std::ostream& out, const SoakReport& report);

Result<SoakReport> soak(const SoakOptions& options);

}  // namespace waggle::durability
