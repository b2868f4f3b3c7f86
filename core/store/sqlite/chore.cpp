#include "core/store/sqlite/chore.hpp"

#include <algorithm>

#include "core/store/sqlite/database.hpp"

namespace waggle::store::sqlite {
namespace {

/// Meanwhile nothing commits. An fsync comes on top.
constexpr std::chrono::milliseconds slice_time{3};
constexpr std::chrono::milliseconds urgent_slice_time{8};
/// While others write, a slice is followed by a rest of so many times what it took: chores take a quarter of
/// the writer's time, or half of it when they fall behind.
constexpr int rest_factor = 3;
constexpr int urgent_rest_factor = 1;
/// A slice that found the disk too full is tried so many times, with such rests at least: what it needs is
/// the space of the log, and a reader may be keeping the log from beginning anew in it. Each time it does a
/// quarter of the work, down to a single step; one that succeeded lets the next do twice as much.
constexpr int full_tries = 40;
constexpr std::chrono::milliseconds full_rest{25};
constexpr int most_halved = 14;

}  // namespace

bool Chores::push(std::unique_ptr<Chore>& chore) {
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  queue_.push_back(std::move(chore));
  return true;
}

std::optional<Chores::Clock::time_point> Chores::next() const {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return std::nullopt;
  return rest_until_;
}

Result<bool> Chores::work(bool quiet, const std::function<Result<void>(const Error&)>& failed) {
  Chore* chore = nullptr;
  const auto begun = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty() || begun < rest_until_) return false;
    chore = queue_.front().get();
  }
  const bool urgent = chore->urgent();
  const Clock::duration longest = urgent ? urgent_slice_time : slice_time;
  const auto worked = chore->slice(begun + longest / (1 << halved_));
  const bool full = !worked.ok() && worked.error().code == disk_full_code;
  const auto heard = worked.ok() ? Result<void>() : failed(worked.error());
  found_full_ = full ? found_full_ + 1 : 0;
  halved_ = full ? std::min(halved_ + 2, most_halved) : std::max(halved_ - 1, 0);
  const bool again = full && heard.ok() && found_full_ < full_tries;
  const auto now = Clock::now();
  std::unique_ptr<Chore> ended;
  {
    const std::lock_guard lock(mutex_);
    rest_until_ = quiet ? now : now + (now - begun) * (urgent ? urgent_rest_factor : rest_factor);
    if (full) rest_until_ = std::max(rest_until_, now + full_rest);
    if (!again && (!worked.ok() || *worked)) {
      ended = std::move(queue_.front());
      queue_.pop_front();
      found_full_ = halved_ = 0;
    }
  }
  if (ended) ended->finish(worked.ok() ? nullptr : &worked.error());
  if (!heard.ok()) return heard.error();
  return worked.ok();
}

void Chores::end(const Error& why) {
  std::deque<std::unique_ptr<Chore>> left;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    left.swap(queue_);
  }
  for (auto& chore : left) chore->finish(&why);
}

}  // namespace waggle::store::sqlite
