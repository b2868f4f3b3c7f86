#include "core/engine/call_destination.hpp"

#include <algorithm>

namespace waggle::engine {
namespace {

/// Those that come back have a moment each, spread over such a time at the pace that the app keeps: short
/// enough that one which is well again is not kept waiting. After the pause of a breaker, which grows with
/// every failure, it may be shorter.
constexpr std::int64_t spread_ms = 60'000;
constexpr std::int64_t spread_after_pause_ms = 20'000;
/// ... and at a rate that is known, nobody need come back before its turn.
constexpr std::int64_t spread_of_rate_ms = 600'000;
/// Whoever finds no moment within that time comes after it, a thousand a second: were they to share moments,
/// a hundred thousand would come at once, find no room, and leave no time for others. Looking at one costs up
/// to a third of a millisecond.
constexpr double least_spacing_ms = 1;
/// ... but an app that keeps a quicker pace, and has answered a moment ago, has room for nearly every one:
/// its backlog is worked off four times as fast. Moments so close are given for the next seconds only, as the
/// app may die meanwhile.
constexpr double least_spacing_of_moving_ms = 0.25;
constexpr double close_within_ms = 5'000;
constexpr std::int64_t moment_ms = 1'000;
/// Calls that take no time that could be measured.
constexpr double least_pace_ms = 1e-3;
/// How much the newest call counts in the mean.
constexpr double newest_share = 0.1;

}  // namespace

Ticket::~Ticket() {
  if (destination_) destination_->dropped(probe_, began_ms_);
}

void Ticket::ended(const std::optional<Error>& error, std::int64_t now_ms) {
  if (const auto destination = std::exchange(destination_, nullptr))
    destination->ended(began_ms_, probe_, error, now_ms);
}

Destination::Answer Destination::ask(const DestinationLimits& limits, std::int64_t now_ms, Called called) {
  const std::lock_guard lock(mutex_);
  if (closed_) return {};
  limits_ = limits;
  const double pace_ms = mean_took_ms_ / static_cast<double>(std::max<std::size_t>(1, limits.at_once));
  if (const std::int64_t wait = breaker_.ask(now_ms); wait > 0)
    return {nullptr,
            come_back_after(wait, std::max(pace_ms, least_spacing_ms), spread_after_pause_ms, now_ms),
            name_ + " is left alone for a while: " + breaker_.why()};
  const bool probe = breaker_.probing();
  if (!probe && at_work_ >= limits.at_once) {
    const bool moves = answers(now_ms);
    const std::size_t room = moves ? moving_line(limits, pace_ms) : limits.line;
    // With a rate nobody stands in line: a place that comes free says nothing about who may begin.
    if (!limits.rate && line_.size() < room) {
      line_.push_back(std::move(called));
      return {};
    }
    const double least_ms = moves ? least_spacing_of_moving_ms : least_spacing_ms;
    return {nullptr, come_back_after(longest_nap_ms + 1, std::max(pace_ms, least_ms), spread_ms, now_ms),
            name_ + " has " + std::to_string(at_work_) + " calls under way, and others wait before this one"};
  }
  if (limits.rate) {
    if (const std::int64_t wait = rate_wait(*limits.rate, now_ms); wait > 0) {
      if (probe) breaker_.probe_lost();
      return {nullptr,
              come_back_after(wait,
                              std::max(static_cast<double>(limits.rate->span.count()) / limits.rate->count,
                                       least_spacing_ms),
                              spread_of_rate_ms, now_ms),
              "the limit of " + flows::to_text(*limits.rate) + " of " + name_ + " is used up"};
    }
    starts_.push_back(now_ms);
  }
  ++at_work_;
  return {std::make_shared<Ticket>(shared_from_this(), now_ms, probe), 0, {}};
}

std::int64_t Destination::rate_wait(const flows::Rate& rate, std::int64_t now_ms) {
  while (!starts_.empty() && starts_.front() <= now_ms - rate.span.count()) starts_.pop_front();
  if (starts_.size() < static_cast<std::size_t>(rate.count)) return 0;
  return starts_[starts_.size() - static_cast<std::size_t>(rate.count)] + rate.span.count() - now_ms;
}

/// A moment of its own for everyone, so that they do not come back all at once.
std::int64_t Destination::come_back_after(std::int64_t base_ms, double spacing_ms, std::int64_t within_ms,
                                          std::int64_t now_ms) {
  const double first = static_cast<double>(now_ms + base_ms);
  const double mine = std::max(next_return_ms_, first);
  const double ahead_ms = mine - first;
  if (ahead_ms >= static_cast<double>(within_ms))
    next_return_ms_ = mine + least_spacing_ms;
  else if (ahead_ms >= close_within_ms)
    next_return_ms_ = mine + std::max(spacing_ms, least_spacing_ms);
  else
    next_return_ms_ = mine + spacing_ms;
  return static_cast<std::int64_t>(mine) - now_ms;
}

/// As many as are called within the longest nap: who must wait longer leaves memory.
std::size_t Destination::moving_line(const DestinationLimits& limits, double pace_ms) {
  const double called = static_cast<double>(longest_nap_ms) / std::max(pace_ms, least_pace_ms);
  return std::max(limits.line, std::min(limits.moving_line, static_cast<std::size_t>(called)));
}

bool Destination::answers(std::int64_t now_ms) const {
  return answered_ms_ && now_ms - *answered_ms_ < moment_ms;
}

/// Hands a place that came free to the first in line. With the breaker open: calls everybody, without a
/// ticket.
Called Destination::next_in_line(std::shared_ptr<Ticket>& ticket, std::int64_t now_ms) {
  if (line_.empty()) return {};
  if (breaker_.state() != Breaker::State::closed) {
    std::deque<Called> all = std::exchange(line_, {});
    return [all = std::move(all)](const std::shared_ptr<Ticket>&) {
      for (const Called& called : all) called(nullptr);
    };
  }
  if (at_work_ >= limits_.at_once) return {};
  Called first = std::move(line_.front());
  line_.pop_front();
  ++at_work_;
  ticket = std::make_shared<Ticket>(shared_from_this(), now_ms, false);
  return first;
}

void Destination::ended(std::int64_t began_ms, bool probe, const std::optional<Error>& error,
                        std::int64_t now_ms) {
  Breaker::Change change = Breaker::Change::none;
  std::shared_ptr<Ticket> ticket;
  Called next;
  {
    const std::lock_guard lock(mutex_);
    --at_work_;
    const bool failed = error && error->next == Next::retry;
    if (error && error->next == Next::bug) {
      if (probe) breaker_.probe_lost();
    } else {
      change = breaker_.ended(!failed, probe, now_ms);
      if (!failed) answered_ms_ = now_ms;
    }
    mean_took_ms_ += newest_share * (static_cast<double>(now_ms - began_ms) - mean_took_ms_);
    next = next_in_line(ticket, now_ms);
  }
  if (change != Breaker::Change::none && heard_) heard_(*this, change == Breaker::Change::opened);
  if (next) next(std::move(ticket));
}

void Destination::dropped(bool probe, std::int64_t now_ms) {
  std::shared_ptr<Ticket> ticket;
  Called next;
  {
    const std::lock_guard lock(mutex_);
    --at_work_;
    if (probe) breaker_.probe_lost();
    next = next_in_line(ticket, now_ms);
  }
  if (next) next(std::move(ticket));
}

void Destination::close() {
  std::deque<Called> line;  // dropped without the lock: what those in line own may be tickets
  const std::lock_guard lock(mutex_);
  closed_ = true;
  line.swap(line_);
}

Destination::Status Destination::status() const {
  const std::lock_guard lock(mutex_);
  return {breaker_.state(),    at_work_,      line_.size(), breaker_.opens_again_ms(),
          breaker_.pause_ms(), breaker_.why()};
}

bool Destination::idle() const {
  const std::lock_guard lock(mutex_);
  return at_work_ == 0 && line_.empty() && !limits_.rate;
}

}  // namespace waggle::engine
