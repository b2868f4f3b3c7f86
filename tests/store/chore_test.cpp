// Chores that find the disk too full: tried again in ever smaller slices, and not for ever.
#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/store/sqlite/chore.hpp"
#include "core/store/sqlite/database.hpp"

namespace waggle::store::sqlite {
namespace {

Error full() { return retry("the disk is full", {}, std::string(disk_full_code)); }

/// What happened to a chore; outlives it.
struct Seen {
  std::vector<Chore::Clock::duration> slices;  ///< how much time each was given
  int finished = 0;
  std::optional<Error> failure;
};

/// Needs so many slices, of which the first ones fail.
class Needs final : public Chore {
 public:
  Needs(Seen& seen, int failing, Error failure, int slices)
      : seen_(seen), failing_(failing), failure_(std::move(failure)), slices_(slices) {}
  Result<bool> slice(Clock::time_point until) override {
    seen_.slices.push_back(until - Clock::now());
    if (failing_-- > 0) return failure_;
    return --slices_ == 0;
  }
  void finish(const Error* failure) override {
    ++seen_.finished;
    if (failure) seen_.failure = *failure;
  }

 private:
  Seen& seen_;
  int failing_;
  const Error failure_;
  int slices_;
};

/// From that slice on; each may have waited for the processor before it looked at the clock.
Chore::Clock::duration largest(const Seen& seen, std::ptrdiff_t from) {
  return *std::max_element(seen.slices.begin() + from, seen.slices.end());
}

class ChoresOnAFullDisk : public testing::Test {
 protected:
  /// Until the queue is empty; what the callback heard.
  int work(std::unique_ptr<Chore> chore) {
    EXPECT_TRUE(chores_.push(chore));
    int heard = 0;
    while (const auto next = chores_.next()) {
      std::this_thread::sleep_until(*next);
      const auto worked = chores_.work(true, [&heard](const Error&) {
        ++heard;
        return Result<void>();
      });
      EXPECT_TRUE(worked.ok());
    }
    return heard;
  }
  Chores chores_;
  Seen seen_;
};

TEST_F(ChoresOnAFullDisk, TakeSmallerStepsUntilThereIsRoom) {
  EXPECT_EQ(work(std::make_unique<Needs>(seen_, 4, full(), 20)), 4);
  EXPECT_EQ(seen_.finished, 1);
  EXPECT_FALSE(seen_.failure);
  ASSERT_EQ(seen_.slices.size(), 24u);
  EXPECT_LT(seen_.slices[4], std::chrono::microseconds(100)) << "after four failures";
  EXPECT_GT(largest(seen_, 18), std::chrono::milliseconds(1)) << "and as large as ever in the end";
}

TEST_F(ChoresOnAFullDisk, AreTriedFortyTimesInASecond) {
  const auto begun = Chore::Clock::now();
  EXPECT_EQ(work(std::make_unique<Needs>(seen_, 39, full(), 1)), 39);
  EXPECT_GE(Chore::Clock::now() - begun, std::chrono::milliseconds(39 * 25));
  EXPECT_EQ(seen_.finished, 1);
  EXPECT_FALSE(seen_.failure);
}

TEST_F(ChoresOnAFullDisk, EndThen) {
  EXPECT_EQ(work(std::make_unique<Needs>(seen_, 40, full(), 1)), 40);
  EXPECT_EQ(seen_.slices.size(), 40u);
  EXPECT_EQ(seen_.finished, 1);
  ASSERT_TRUE(seen_.failure);
  EXPECT_EQ(seen_.failure->code, disk_full_code);

  // The next one begins with the usual slices and its own second.
  Seen next;
  work(std::make_unique<Needs>(next, 39, full(), 1));
  EXPECT_FALSE(next.failure);
  Seen last;
  work(std::make_unique<Needs>(last, 0, full(), 5));
  EXPECT_GT(largest(last, 0), std::chrono::milliseconds(1));
}

TEST_F(ChoresOnAFullDisk, OtherErrorsEndThemAtOnce) {
  EXPECT_EQ(work(std::make_unique<Needs>(seen_, 1, failed("a table is missing"), 1)), 1);
  EXPECT_EQ(seen_.slices.size(), 1u);
  ASSERT_TRUE(seen_.failure);
  EXPECT_EQ(seen_.failure->message, "a table is missing");
}

TEST_F(ChoresOnAFullDisk, WhatEndsTheProcessIsPassedOn) {
  std::unique_ptr<Chore> chore = std::make_unique<Needs>(seen_, 1, full(), 1);
  ASSERT_TRUE(chores_.push(chore));
  const auto worked = chores_.work(true, [](const Error&) -> Result<void> { return failed("fsync failed"); });
  ASSERT_FALSE(worked.ok());
  EXPECT_EQ(worked.error().message, "fsync failed");
  EXPECT_EQ(seen_.finished, 1) << "nobody waits for it any more";
}

}  // namespace
}  // namespace waggle::store::sqlite
