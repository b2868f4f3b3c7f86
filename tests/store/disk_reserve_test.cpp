// The reserve on a file system of 64 MiB: when it is made, enlarged, given up, and comes back.
#include "core/store/sqlite/disk_reserve.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/store/samples.hpp"
#include "tests/store/small_disk.hpp"

namespace waggle::store::sqlite {
namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t whole = 8 * mib;  // an eighth of the disk

class Reserve : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = disk_.mount_at(folder_.path()); !why.empty())
      GTEST_SKIP() << "NOT TESTED HERE: the reserve; " << why;
  }
  std::uint64_t reserved() const {
    struct stat there {};
    return stat(folder_.path("reserve").c_str(), &there) == 0
               ? static_cast<std::uint64_t>(there.st_blocks) * 512
               : 0;
  }
  /// Takes room away, or gives it back, until so much is free.
  void leave_free(std::uint64_t bytes) const {
    unlink(folder_.path("others").c_str());
    disk_.take("others", disk_.free_bytes() - bytes);
  }
  const testing::TempFolder folder_;
  testing::SmallDisk disk_;
};

TEST_F(Reserve, IsMadeAtTheSecondLook) {
  DiskReserve reserve(folder_.path());
  EXPECT_FALSE(reserve.look(0));
  EXPECT_EQ(reserved(), 0u);
  EXPECT_FALSE(reserve.look(0));
  EXPECT_EQ(reserved(), whole);
  EXPECT_FALSE(reserve.low());
}

TEST_F(Reserve, GrowsWhenItIsSmallerThanItShouldBe) {
  disk_.take("reserve", 2 * mib);
  DiskReserve reserve(folder_.path());
  reserve.look(0);
  leave_free(12 * mib);
  reserve.look(0);
  EXPECT_EQ(reserved(), 2 * mib) << "it would leave hardly anything to others";
  leave_free(20 * mib);
  reserve.look(0);
  EXPECT_EQ(reserved(), whole);
  EXPECT_FALSE(reserve.low());
}

TEST_F(Reserve, GivenUpItComesBackBeforeAnythingIsTaken) {
  disk_.take("reserve", whole);
  DiskReserve reserve(folder_.path());
  EXPECT_FALSE(reserve.look(0)) << "at the start there is room";
  EXPECT_FALSE(reserve.low());
  leave_free(mib);
  reserve.give_up();
  EXPECT_EQ(reserved(), 0u);
  EXPECT_TRUE(reserve.low());
  EXPECT_FALSE(reserve.look(0));
  EXPECT_TRUE(reserve.low()) << "the 9 MiB that are free are mostly the reserve's";
  EXPECT_EQ(reserved(), 0u);
  leave_free(20 * mib);
  EXPECT_TRUE(reserve.look(0));
  EXPECT_FALSE(reserve.low());
  EXPECT_EQ(reserved(), whole);
}

TEST_F(Reserve, IsLowWhenLessThanATwentiethAndWhatIsOwedIsFree) {
  DiskReserve reserve(folder_.path());
  reserve.look(0);
  reserve.look(0);
  leave_free(4 * mib);
  EXPECT_FALSE(reserve.look(0));
  EXPECT_TRUE(reserve.look(mib));
  EXPECT_TRUE(reserve.low());
}

}  // namespace
}  // namespace waggle::store::sqlite
