#include "core/store/sqlite/writer_upkeep.hpp"

#include <algorithm>

namespace waggle::store::sqlite {
namespace {

/// With nothing written for this long, the log is moved into the database, and long work takes no rests.
constexpr std::chrono::milliseconds quiet_after{1000};
/// While the disk is full or failing: between two looks, and how long arrivals are refused before one is
/// tried again. Room that came back is noticed within this.
constexpr std::chrono::milliseconds look_again{500};

std::string mib(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

Upkeep::Upkeep(Connection& connection, const StoreOptions& options)
    : connection_(connection),
      on_notice_(options.on_notice),
      checkpoints_(connection),
      disk_(options.data_dir),
      idle_since_(Clock::now()) {
  mind_the_disk();
}

void Upkeep::notice(const std::string& sentence) const {
  if (on_notice_) on_notice_(connection_.file() + ": " + sentence);
}

Result<void> Upkeep::run(bool committed) {
  const auto now = Clock::now();
  if (committed) idle_since_ = now;
  const auto refused = refuse_until_.load(std::memory_order_relaxed);
  if (refused != Clock::duration::zero() && now.time_since_epoch() >= refused)
    refuse_until_.store(Clock::duration::zero(), std::memory_order_relaxed);
  const bool quiet = now - idle_since_ >= quiet_after;
  WAGGLE_TRY(const bool worked, chores_.work(quiet, [this](const Error& error) { return failed(error); }));
  if (committed || worked || now - looked_ >= look_again) mind_the_disk();
  return move_log(!committed && !worked, worked);
}

Result<void> Upkeep::move_log(bool idle, bool worked) {
  const auto now = Clock::now();
  const bool time_to_move = idle && now - idle_since_ >= quiet_after && now - moved_ >= quiet_after;
  // On a full disk the log must not grow: after each slice of deletes it begins anew.
  const bool hurry = disk_.low() && checkpoints_.pending() && (worked || now - moved_ >= look_again);
  const bool all_done = worked && !chores_.next();  // a sweep's space comes back when the log is moved
  if (time_to_move || hurry || all_done) {
    moved_ = now;
    WAGGLE_TRY_VOID(checkpoints_.when_idle());
  } else {
    WAGGLE_TRY_VOID(checkpoints_.after_commit());
  }
  const bool held_up = checkpoints_.held_up();
  if (held_up && !told_held_up_)
    notice("another program keeps a read transaction open, so that the log cannot be emptied (" +
           mib(checkpoints_.wal_bytes()) + "); nothing is lost, but close that program");
  told_held_up_ = held_up;
  return {};
}

void Upkeep::mind_the_disk() {
  looked_ = Clock::now();
  if (!disk_.look(checkpoints_.pending_bytes())) return;
  if (disk_.low()) {
    moved_ = {};  // the log is moved at once: what it holds still has room in the database
    notice("the disk is nearly full (" + mib(disk_.free_bytes()) +
           " free); arrivals are answered 503 until there is room. Free some space, or delete old events: "
           "waggle prune");
  } else {
    notice("there is room on the disk again (" + mib(disk_.free_bytes()) + " free); arrivals are taken");
  }
}

Result<void> Upkeep::failed(const Error& error) {
  if (is_fatal(error)) return error;
  if (error.code == disk_full_code) {
    const bool told = disk_.low();
    disk_.give_up();
    if (!told)
      notice(
          "the disk is full; the reserve is given up so that runs and deletes go on, and arrivals are "
          "answered 503 until there is room. Free some space, or delete old events: waggle prune");
    // A log that is moved begins anew, in the space that it has.
    moved_ = Clock::now();
    WAGGLE_TRY_VOID(checkpoints_.when_idle());
  }
  if (error.code == disk_full_code || error.code == disk_error_code || error.code == busy_code)
    refuse_until_.store((Clock::now() + look_again).time_since_epoch(), std::memory_order_relaxed);
  return {};
}

std::optional<Upkeep::Clock::time_point> Upkeep::next() const {
  auto next = chores_.next();
  const auto also = [&next](Clock::time_point when) { next = next ? std::min(*next, when) : when; };
  if (checkpoints_.pending() || checkpoints_.held_up()) also(std::max(idle_since_, moved_) + quiet_after);
  if (!takes_arrivals()) also(looked_ + look_again);
  return next;
}

std::string Upkeep::refusal() const {
  if (disk_.low()) return "the disk is nearly full";
  if (!takes_arrivals()) return "the disk does not take writes at the moment";
  return {};
}

void Upkeep::fill(Store::Stats& stats) const {
  stats.checkpoints = checkpoints_.done();
  stats.wal_bytes = checkpoints_.wal_bytes();
  stats.disk_free_bytes = disk_.free_bytes();
}

}  // namespace waggle::store::sqlite
