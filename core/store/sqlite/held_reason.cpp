#include "core/store/sqlite/held_reason.hpp"

namespace waggle::store::sqlite {

HeldReason::HeldReason(Connection& connection)
    : before_it_(
          connection,
          "SELECT other.run, runs.state FROM lane_runs it JOIN lane_runs other ON other.lane = it.lane AND "
          "other.stage = 'begun' JOIN runs ON runs.id = other.run WHERE it.run = ?1 ORDER BY other.place "
          "LIMIT 1"),
      rule_(connection,
            "SELECT lanes.rule, substr(lanes.key, 2), lanes.debounce_ms, it.ready_ms FROM lane_runs it JOIN "
            "lanes "
            "ON lanes.id = it.lane WHERE it.run = ?1") {}

Result<std::string> HeldReason::of(const std::string& run_id, std::int64_t due_ms) {
  const auto id = id_bytes(run_id);
  if (!id) return std::string();
  ResetAtEnd reset(rule_);
  WAGGLE_TRY_VOID(rule_.start(*id));
  WAGGLE_TRY(const bool found, rule_.next());
  if (!found) return std::string();
  const std::string rule = rule_.text(0), key = rule_.text(1);
  if (due_ms > 0)
    return std::string(rule_.number(3) == due_ms ? "waits until nothing more comes"
                                                 : "waits because the flow's limit is used up") +
           (key.empty() ? "" : ", for " + key);
  ResetAtEnd reset_other(before_it_);
  WAGGLE_TRY_VOID(before_it_.start(*id));
  WAGGLE_TRY(const bool behind, before_it_.next());
  std::string text = "waits its turn";
  if (behind) text = "waits for run " + before_it_.id(0) + ", which is " + before_it_.text(1);
  text += key.empty() ? " (" + rule + ")" : " (" + rule + ", for " + key + ")";
  if (behind && before_it_.view(1) == "parked") text += "; retry or discard that one";
  return text;
}

}  // namespace waggle::store::sqlite
