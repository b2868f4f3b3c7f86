// Schedule: when something is to happen: a cron rule in a time zone, or every so long. Pure: the time is an
// argument. Made by core/project when a flow is loaded; used by Clockwork and by `waggle check`; immutable,
// any thread. Times are Unix milliseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>
#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "core/schedule/cron.hpp"
#include "core/schedule/zone.hpp"

namespace waggle::schedule {

/// What becomes of ticks that passed while nobody was there to fire them.
enum class Missed {
  unset,
  once,  ///< one firing, for the latest of them
  skip,  ///< none, unless the latest is no older than on_time
  all,   ///< each, at most max_missed_ticks of the latest
};

/// A day of a minutely schedule is 1,440 ticks; more would bury the machine that has just come back.
constexpr std::size_t max_missed_ticks = 1000;
/// A tick this old counts as on time: the engine may be restarting, or busy.
constexpr std::chrono::milliseconds on_time = std::chrono::seconds(30);
/// More often is no schedule but a load.
constexpr std::chrono::milliseconds min_every = std::chrono::seconds(1);
constexpr std::chrono::milliseconds max_every = std::chrono::hours(24 * 366);

struct Schedule {
  /// `every` counts from 1970-01-01 00:00 UTC, not from the start of the engine: 10m is at :00, :10, :20 ...,
  /// also after a restart.
  std::variant<std::monostate, Cron, std::chrono::milliseconds> rule;
  std::shared_ptr<const Zone> zone;  ///< of cron
  Missed missed = Missed::once;
  /// The same rule has the same text: part of the cursor's name, so that a changed rule starts anew.
  std::string text;
};

/// From a flow's `schedule: { cron | every, timezone, missed }`. Errors: invalid (which setting, and what to
/// write).
Result<Schedule> schedule_from(const Json& settings);

/// The first tick after `after_ms`; nullopt: never again. A local time that clocks skip happens once, when
/// they have jumped; one that comes twice happens the first time. Rules for every hour follow the hours as
/// they pass (see Cron::every_hour).
std::optional<std::int64_t> next_after(const Schedule& schedule, std::int64_t after_ms);

/// The ticks to fire now, oldest first, by the missed-tick policy: those after `cursor_ms` and not after
/// `now_ms`.
struct Due {
  std::vector<std::int64_t> fire;
  std::int64_t cursor_ms = 0;  ///< where the cursor stands when nothing is to be fired
  bool dropped = false;        ///< `all` had more than max_missed_ticks
};
Due due_between(const Schedule& schedule, std::int64_t cursor_ms, std::int64_t now_ms);

}  // namespace waggle::schedule
