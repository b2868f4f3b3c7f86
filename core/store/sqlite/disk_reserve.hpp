// Room on the disk that others cannot take. A file `reserve` in the data folder is given up when the disk is
// full, so that progress of runs, deletes and the move of the log still work; and arrivals are refused before
// it comes to that. Looked after by the writer's thread; `low` from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace waggle::store::sqlite {

class DiskReserve {
 public:
  explicit DiskReserve(const std::string& folder);
  DiskReserve(const DiskReserve&) = delete;

  /// Looks how much is free, and makes the reserve, or enlarges it, when there is room for it - not at the
  /// first look, which is part of a start. `owed`: bytes that are in the log and that the database may have
  /// to grow by. True when `low` changed.
  bool look(std::uint64_t owed);
  /// The disk is full: frees the reserve.
  void give_up();

  /// Too little is free to take anything new.
  bool low() const { return low_.load(std::memory_order_relaxed); }
  std::uint64_t free_bytes() const { return free_.load(std::memory_order_relaxed); }

 private:
  bool make(std::uint64_t bytes);

  const std::string folder_, file_;
  std::uint64_t made_bytes_ = 0;
  bool looked_ = false;
  std::atomic<bool> low_{false};
  std::atomic<std::uint64_t> free_{0};
};

}  // namespace waggle::store::sqlite
