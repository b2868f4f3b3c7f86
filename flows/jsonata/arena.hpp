// Arena: memory that is taken in one direction and given back all at once. One per Document and one per
// Evaluation; not thread-safe. There are no destructors: only plain data lives here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace waggle::jsonata {

class Arena {
 public:
  /// A position to return to; everything taken later is forgotten.
  struct Mark {
    std::size_t block = 0;
    char* next = nullptr;
  };

  /// Thrown by take() beyond the limit; caught inside this room (Evaluation and Document), never seen
  /// outside.
  struct Full {};

  explicit Arena(std::size_t limit_bytes = SIZE_MAX) : limit_(limit_bytes) {}
  Arena(Arena&& other) noexcept { *this = std::move(other); }
  Arena& operator=(Arena&& other) noexcept;

  void* take(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    if (bytes <= static_cast<std::size_t>(end_ - next_)) {
      char* p = next_;
      next_ += bytes;
      return p;
    }
    return take_slowly(bytes);
  }
  template <class T>
  T* take_array(std::size_t count) {
    return static_cast<T*>(take(count * sizeof(T)));
  }
  template <class T, class... Args>
  T* make(Args&&... args) {
    return new (take(sizeof(T))) T{std::forward<Args>(args)...};
  }
  std::string_view copy(std::string_view text) {
    char* p = static_cast<char*>(take(text.size()));
    if (!text.empty()) std::memcpy(p, text.data(), text.size());
    return {p, text.size()};
  }

  /// Makes the first block at least so large; only before anything was taken.
  void expect(std::size_t bytes) { expected_ = bytes; }

  Mark mark() const { return {current_, next_}; }
  void release(Mark mark);
  /// Forgets everything; keeps the first blocks for the next use.
  void reset();
  std::size_t used() const;
  void set_limit(std::size_t bytes) { limit_ = bytes; }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  void* take_slowly(std::size_t bytes);

  std::vector<Block> blocks_;
  std::size_t current_ = 0;  ///< index of the block in use
  char* next_ = nullptr;
  char* end_ = nullptr;
  std::size_t before_ = 0;  ///< bytes in the blocks before the current one
  std::size_t limit_ = SIZE_MAX;
  std::size_t expected_ = 16 * 1024;  ///< bytes the first block shall hold: the results of a usual expression
};

}  // namespace waggle::jsonata
