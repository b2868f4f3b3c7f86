// Reads through a connection of its own that never writes and never checkpoints. One thread each.
#pragma once

#include <unordered_map>

#include "core/store/sqlite/held_reason.hpp"
#include "core/store/sqlite/query.hpp"
#include "core/store/store.hpp"

namespace waggle::store::sqlite {

class SqliteReader final : public Reader {
 public:
  explicit SqliteReader(Connection connection);

  Result<std::vector<Run>> runs(const RunFilter& filter) override;
  Result<std::vector<Event>> events(const EventFilter& filter) override;
  Result<std::optional<Event>> event(std::string_view id) override;
  Result<std::optional<RunDetail>> run(std::string_view id) override;
  Result<std::vector<std::string>> queued_runs(std::string_view after_id, int limit) override;
  Result<std::vector<Waiting>> woken_runs(std::int64_t now_ms, const Waiting& after, int limit) override;
  Result<std::optional<std::int64_t>> next_due_ms(std::int64_t now_ms) override;
  Result<std::optional<std::string>> flow_bundle(std::string_view version) override;
  Result<std::optional<std::int64_t>> schedule_cursor(std::string_view name) override;
  Result<std::vector<ConnectionState>> broken_connections() override;
  Result<std::vector<std::pair<RunState, std::int64_t>>> run_counts() override;

 private:
  /// The name behind a number of table `names`; they never change, so they are kept.
  Result<std::string> name(std::int64_t number);
  Result<Run> read_run(const Query& row);
  Result<Event> read_event(const Query& row, bool with_body);
  Result<std::optional<Event>> find_event(const IdBytes& id);
  Result<std::optional<RunDetail>> find_run(const IdBytes& id);
  Result<std::vector<Effect>> effects_of(const IdBytes& run_id, const std::string& run);
  Result<std::vector<Attempt>> attempts_of(const IdBytes& run_id, const std::string& run);

  Connection connection_;  // before the queries: they end first
  Query name_, event_, run_, effects_, attempts_, queued_, woken_, next_due_;
  HeldReason held_reason_;
  std::unordered_map<std::int64_t, std::string> names_;
};

}  // namespace waggle::store::sqlite
