// What the store does besides storing, as plain data: what a sweep may delete and what it did, how a backup
// went. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace waggle::store {

/// What a sweep leaves. Never touched, whatever this says: runs that are not final, their events, and dedupe
/// keys before they expire.
struct Keep {
  std::int64_t now_ms = 0;      ///< Unix ms: by it keys expire
  std::int64_t since_ms = 0;    ///< final runs that ended before then go, and events whose runs are all gone
  std::uint64_t max_bytes = 0;  ///< above: the oldest go first, whatever their age; 0 = no limit
  /// Also looks for expired keys and unused flow versions now, and gives back all free space; otherwise the
  /// first two happen a few times a day and some space is kept for what comes.
  bool thorough = false;
};

struct Swept {
  std::uint64_t events = 0, runs = 0, keys = 0, flow_versions = 0;
  std::uint64_t freed_bytes = 0;     ///< by which the database became shorter
  std::uint64_t database_bytes = 0;  ///< its size afterwards
  std::uint64_t used_bytes = 0;      ///< of them not free for reuse
  bool anything() const { return events + runs + keys + flow_versions + freed_bytes > 0; }
};

struct BackedUp {
  std::string file;
  std::uint64_t bytes = 0;
};

}  // namespace waggle::store
