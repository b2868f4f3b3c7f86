// The bytes of request bodies that are in memory at one moment, over all connections of a server: while they
// are read, and until their request is answered. So many senders with large bodies cannot use up the memory,
// however many there are. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace waggle::http {

class BodyBudget {
 public:
  explicit BodyBudget(std::size_t most) : most_(most) {}

 private:
  friend class BodyShare;
  // Relaxed: a number alone, nothing else is read by it. For a moment it may be too high by what is refused.
  std::atomic<std::size_t> used_ = 0;
  const std::size_t most_;
};

/// What one body takes of the budget; given back with the share. One thread at a time.
class BodyShare {
 public:
  BodyShare() = default;
  BodyShare(BodyShare&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyShare& operator=(BodyShare&&) = delete;
  ~BodyShare() { give_back(); }

  /// The body is now so long. False: there is no room; the share stays as it was.
  bool grow_to(std::size_t bytes, const std::shared_ptr<BodyBudget>& budget) {
    if (bytes <= bytes_) return true;
    const std::size_t more = bytes - bytes_;
    if (budget->used_.fetch_add(more, std::memory_order_relaxed) + more > budget->most_) {
      budget->used_.fetch_sub(more, std::memory_order_relaxed);
      return false;
    }
    if (!budget_) budget_ = budget;
    bytes_ = bytes;
    return true;
  }
  void give_back() {
    if (bytes_ != 0) budget_->used_.fetch_sub(std::exchange(bytes_, 0), std::memory_order_relaxed);
  }

 private:
  std::shared_ptr<BodyBudget> budget_;
  std::size_t bytes_ = 0;
};

}  // namespace waggle::http
