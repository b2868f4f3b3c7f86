#include "flows/jsonata/arena.hpp"

#include <algorithm>
#include <utility>

namespace waggle::jsonata {

namespace {
constexpr std::size_t kept_bytes = 1u << 20;               // stays warm between evaluations
constexpr std::size_t largest_block_bytes = 4u << 20;      // growth stops doubling here
constexpr std::size_t least_expected_bytes = 256;          // smaller blocks are not worth their making
constexpr std::size_t largest_expected_bytes = 16u << 20;  // somebody's guess is not to take more at once
}  // namespace

Arena& Arena::operator=(Arena&& other) noexcept {
  blocks_ = std::move(other.blocks_);
  current_ = std::exchange(other.current_, 0);
  next_ = std::exchange(other.next_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  before_ = std::exchange(other.before_, 0);
  limit_ = other.limit_;
  expected_ = other.expected_;
  other.blocks_.clear();
  return *this;
}

void* Arena::take_slowly(std::size_t bytes) {
  if (!blocks_.empty()) before_ += blocks_[current_].size;
  if (bytes > limit_ || before_ > limit_ - bytes) {
    if (!blocks_.empty()) before_ -= blocks_[current_].size;
    throw Full{};
  }
  std::size_t next_index = blocks_.empty() ? 0 : current_ + 1;
  if (next_index < blocks_.size() && blocks_[next_index].size < bytes) blocks_.resize(next_index);
  if (next_index == blocks_.size()) {
    std::size_t size = blocks_.empty() ? std::clamp(expected_, least_expected_bytes, largest_expected_bytes)
                                       : std::min(blocks_.back().size * 2, largest_block_bytes);
    size = std::max(std::min(size, limit_ - before_), bytes);
    blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
  }
  current_ = next_index;
  next_ = blocks_[current_].bytes.get() + bytes;
  end_ = blocks_[current_].bytes.get() + blocks_[current_].size;
  return next_ - bytes;
}

void Arena::release(Mark mark) {
  if (blocks_.empty()) return;
  while (current_ > mark.block) before_ -= blocks_[--current_].size;
  next_ = mark.next ? mark.next : blocks_[0].bytes.get();
  end_ = blocks_[current_].bytes.get() + blocks_[current_].size;
}

void Arena::reset() {
  release({});
  std::size_t kept = 0, bytes = 0;
  while (kept < blocks_.size() && (kept == 0 || bytes + blocks_[kept].size <= kept_bytes))
    bytes += blocks_[kept++].size;
  blocks_.resize(kept);
}

std::size_t Arena::used() const {
  return blocks_.empty() ? 0 : before_ + static_cast<std::size_t>(next_ - blocks_[current_].bytes.get());
}

}  // namespace waggle::jsonata
