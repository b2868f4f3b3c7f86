#include "core/schedule/schedule.hpp"

#include <algorithm>

#include "flows/duration.hpp"
#include "flows/suggest.hpp"

namespace waggle::schedule {
namespace {

using std::chrono::milliseconds;

/// Rounds down, also below zero.
std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// The first instant (Unix seconds) after `after` at which the rule holds.
std::optional<std::int64_t> next_cron(const Cron& cron, const Zone& zone, std::int64_t after) {
  // Clocks change a few times a year at most, and every rule has a tick within max_years_ahead years.
  constexpr int max_stretches = 400;
  Zone::Stretch stretch = zone.at(after);
  std::int64_t from = after + 1;
  for (int i = 0; i < max_stretches; ++i) {
    std::int64_t local = from + stretch.offset;
    if (!cron.every_hour() && stretch.begin > 0) {
      // Clocks may have been set back at its begin: what they show again has happened already.
      std::int64_t before = zone.offset_at(stretch.begin - 1);
      local = std::max(local, stretch.begin + before);
    }
    auto minute = cron.first_from(floor_div(local + 59, 60));
    if (!minute) return std::nullopt;
    std::int64_t instant = *minute * 60 - stretch.offset;
    if (instant < stretch.end) return instant;

    // Nothing before clocks change. If they are set forward, what they skip happens at the jump.
    std::int64_t jump = zone.offset_at(stretch.end) - stretch.offset;
    if (!cron.every_hour() && instant < stretch.end + jump) return stretch.end;
    from = stretch.end;
    stretch = zone.at(from);
  }
  return std::nullopt;
}

Result<Missed> missed_from(const Json& word) {
  if (word.is_null()) return Missed::once;
  if (word.to_text() == "once") return Missed::once;
  if (word.to_text() == "skip") return Missed::skip;
  if (word.to_text() == "all") return Missed::all;
  return invalid("`missed: " + word.to_text() + "` is not known; write once, skip or all", "bad_schedule");
}

Result<milliseconds> every_from(const Json& value) {
  auto every = value.is_string() ? flows::parse_duration(value.as_string()) : std::nullopt;
  if (!every)
    return invalid("`every: " + value.to_text() + "` is no duration; write one like 10m, 2h or 1d",
                   "bad_schedule");
  if (*every < min_every || *every > max_every)
    return invalid("`every: " + value.to_text() + "` is out of range; it may be 1s to 366d", "bad_schedule");
  return *every;
}

/// All ticks after `from` up to `to`.
std::vector<std::int64_t> ticks_between(const Schedule& schedule, std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> ticks;
  for (auto tick = next_after(schedule, from); tick && *tick <= to; tick = next_after(schedule, *tick))
    ticks.push_back(*tick);
  return ticks;
}

}  // namespace

Result<Schedule> schedule_from(const Json& settings) {
  const std::vector<std::string> known = {"cron", "every", "timezone", "missed"};
  for (const auto& [key, value] : settings.members())
    if (std::find(known.begin(), known.end(), key) == known.end())
      return invalid("`schedule` has no setting `" + key + "`; " + flows::did_you_mean(key, known),
                     "unknown_key");
  const Json& cron = settings.at("cron");
  const Json& every = settings.at("every");
  if (cron.is_null() == every.is_null())
    return invalid(
        "`schedule` needs either `cron` or `every`, like { cron: \"0 6 * * *\", timezone: Europe/Berlin } or "
        "{ every: 10m }",
        "bad_schedule");
  Schedule out;
  WAGGLE_TRY(out.missed, missed_from(settings.at("missed")));
  if (!every.is_null()) {
    if (settings.contains("timezone"))
      return invalid(
          "`every` counts in UTC and has no time zone; leave `timezone` out, or use `cron` for a time of day",
          "bad_schedule");
    WAGGLE_TRY(milliseconds pause, every_from(every));
    out.rule = pause;
    out.zone = Zone::utc();
    out.text = "every " + flows::to_text(pause);
    return out;
  }
  if (!cron.is_string())
    return invalid("`cron` is a text of five fields, like \"0 6 * * *\"; put it into quotes", "bad_schedule");
  WAGGLE_TRY(Cron rule, Cron::parse(cron.as_string()));
  out.rule = rule;
  const Json& zone = settings.at("timezone");
  WAGGLE_TRY(out.zone, Zone::load(zone.is_null() ? "UTC" : zone.to_text()));
  out.text = "cron " + cron.as_string() + " " + out.zone->name();
  return out;
}

std::optional<std::int64_t> next_after(const Schedule& schedule, std::int64_t after_ms) {
  if (const auto* every = std::get_if<milliseconds>(&schedule.rule))
    return (floor_div(after_ms, every->count()) + 1) * every->count();
  const auto* cron = std::get_if<Cron>(&schedule.rule);
  if (cron == nullptr) return std::nullopt;
  auto seconds = next_cron(*cron, *schedule.zone, floor_div(after_ms, 1000));
  if (!seconds) return std::nullopt;
  return *seconds * 1000;
}

Due due_between(const Schedule& schedule, std::int64_t cursor_ms, std::int64_t now_ms) {
  Due due;
  due.cursor_ms = std::max(cursor_ms, now_ms);
  auto first = next_after(schedule, cursor_ms);
  if (!first || *first > now_ms) {
    due.cursor_ms = cursor_ms;
    return due;
  }
  // Look back from now, twice as far each time: cheap however long nobody was there.
  const std::size_t wanted = schedule.missed == Missed::all ? max_missed_ticks + 1 : 1;
  std::vector<std::int64_t> ticks;
  for (std::int64_t back = 60'000;; back *= 2) {
    std::int64_t from = std::max(cursor_ms, now_ms - back);
    ticks = ticks_between(schedule, from, now_ms);
    if (ticks.size() >= wanted || from == cursor_ms) break;
  }
  switch (schedule.missed) {
    case Missed::all:
      due.dropped = ticks.size() > max_missed_ticks;
      due.fire.assign(ticks.end() - static_cast<std::ptrdiff_t>(std::min(ticks.size(), max_missed_ticks)),
                      ticks.end());
      break;
    case Missed::skip:
      if (ticks.back() >= now_ms - on_time.count()) due.fire = {ticks.back()};
      break;
    default:
      due.fire = {ticks.back()};
      break;
  }
  return due;
}

}  // namespace waggle::schedule
