#include "core/store/sqlite/chore.hpp"

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

Result<bool> Chores::work(bool quiet, const std::function<bool(const Error&)>& failed) {
  Chore* chore = nullptr;
  const auto begun = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty() || begun < rest_until_) return false;
    chore = queue_.front().get();
  }
  const bool urgent = chore->urgent();
  const auto worked = chore->slice(begun + (urgent ? urgent_slice_time : slice_time));
  const bool again = !worked.ok() && failed(worked.error());
  const auto now = Clock::now();
  std::unique_ptr<Chore> ended;
  {
    const std::lock_guard lock(mutex_);
    rest_until_ = quiet ? now : now + (now - begun) * (urgent ? urgent_rest_factor : rest_factor);
    if (!again && (!worked.ok() || *worked)) {
      ended = std::move(queue_.front());
      queue_.pop_front();
    }
  }
  if (ended) ended->finish(worked.ok() ? nullptr : &worked.error());
  if (!worked.ok() && is_fatal(worked.error())) return worked.error();
  return true;
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
