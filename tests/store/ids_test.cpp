#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/store/ids.hpp"

namespace waggle::store {

TEST(Ids, AreUuidsOfVersionSevenThatCarryTheTime) {
  const std::int64_t at_ms = now_ms() + 3'600'000;  // beyond all ids made before in this process
  const std::string id = new_id(at_ms);
  ASSERT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
  EXPECT_EQ(std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16), at_ms);
}

TEST(Ids, GrowAlsoWithinOneMillisecondAndWhenTheClockStepsBack) {
  std::string before = new_id(1'900'000'000'000);
  for (int i = 0; i < 20'000; ++i) {
    const std::string id = new_id(i < 10'000 ? 1'900'000'000'000 : 1'800'000'000'000);
    ASSERT_LT(before, id);
    before = id;
  }
}

TEST(Ids, OfManyThreadsAreAllDifferent) {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& ids : made)
    threads.emplace_back([&ids] {
      for (int i = 0; i < 5'000; ++i) ids.push_back(new_id(now_ms()));
    });
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(Ids, BytesAndTextAreTheSameId) {
  const std::string id = new_id(now_ms());
  ASSERT_TRUE(id_bytes(id));
  EXPECT_EQ(id_text(*id_bytes(id)), id);
  EXPECT_EQ(id_bytes("018F2C5E-0000-7000-8000-0123456789AB"),
            id_bytes("018f2c5e-0000-7000-8000-0123456789ab"));
  for (const char* wrong :
       {"", "7", "018f2c5e-0000-7000-8000-0123456789a", "018f2c5e-0000-7000-8000-0123456789abc",
        "018f2c5e00000-7000-8000-0123456789ab", "018f2c5e-0000-7000-8000-0123456789xy"})
    EXPECT_FALSE(id_bytes(wrong)) << wrong;
}

}  // namespace waggle::store
