// The reading side of the store: runs, events and what waits, over a read-only connection of one's own.
// Readers block, and are made for one thread each: the blocking pool or the CLI.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/store/records.hpp"

namespace waggle::store {

struct RunFilter {
  std::string flow;  ///< empty = all, as below
  std::string event_id;
  std::vector<RunState> states;
  std::string before_id;  ///< paging: ids are time-ordered, newest first
  int limit = 50;
};

struct EventFilter {
  std::string source;
  std::string before_id;
  int limit = 50;
};

/// A run with all that is needed to go on with it or to show it.
struct RunDetail {
  Run run;
  Event event;
  std::vector<Effect> effects;
  std::vector<Attempt> attempts;
};

class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<std::vector<Run>> runs(const RunFilter& filter) = 0;        ///< without trace
  virtual Result<std::vector<Event>> events(const EventFilter& filter) = 0;  ///< without body and payload
  virtual Result<std::optional<Event>> event(std::string_view id) = 0;
  virtual Result<std::optional<RunDetail>> run(std::string_view id) = 0;
  /// Queued runs, oldest first, ids > after_id. From the index alone, as the next two, so that runs that are
  /// in memory already cost nothing.
  virtual Result<std::vector<std::string>> queued_runs(std::string_view after_id, int limit) = 0;
  /// A waiting run's place in the order of waking.
  struct Waiting {
    std::int64_t due_ms = 0;
    std::string id;
  };
  /// Waiting runs with due_ms <= now_ms, in the order of waking, later than `after`.
  virtual Result<std::vector<Waiting>> woken_runs(std::int64_t now_ms, const Waiting& after, int limit) = 0;
  /// The earliest due_ms of a waiting run that is later than now_ms; nullopt when there is none.
  virtual Result<std::optional<std::int64_t>> next_due_ms(std::int64_t now_ms) = 0;
  virtual Result<std::optional<std::string>> flow_bundle(std::string_view version) = 0;
  /// When the schedule `name` last fired (its planned time); nullopt = never.
  virtual Result<std::optional<std::int64_t>> schedule_cursor(std::string_view name) = 0;
  struct ConnectionState {
    std::string name, reason;
    std::int64_t since_ms = 0;
  };
  virtual Result<std::vector<ConnectionState>> broken_connections() = 0;
  virtual Result<std::vector<std::pair<RunState, std::int64_t>>> run_counts() = 0;
};

}  // namespace waggle::store
