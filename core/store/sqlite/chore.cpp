#include "core/store/sqlite/chore.hpp"

#include "core/store/sqlite/database.hpp"

namespace waggle::store::sqlite {
namespace {

/// Meanwhile nothing commits. An fsync comes on top.
constexpr std::chrono::milliseconds kSlice{3};
constexpr std::chrono::milliseconds kUrgentSlice{8};
/// A slice is followed by a rest of so many times what it took: chores take a quarter of the writer's time,
/// or half of it when they fall behind.
constexpr int kRest = 3;
constexpr int kUrgentRest = 1;

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

Result<bool> Chores::work(const std::function<bool(const Error&)>& failed) {
  Chore* chore = nullptr;
  const auto begun = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty() || begun < rest_until_) return false;
    chore = queue_.front().get();
  }
  const bool urgent = chore->urgent();
  const auto worked = chore->slice(begun + (urgent ? kUrgentSlice : kSlice));
  const bool again = !worked.ok() && failed(worked.error());
  const auto now = Clock::now();
  std::unique_ptr<Chore> ended;
  {
    const std::lock_guard lock(mutex_);
    rest_until_ = now + (now - begun) * (urgent ? kUrgentRest : kRest);
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
