// The JSON parser guesses an object's names from the one that stood at the same place before. Whatever it
// guesses, objects in a list must read as each of them does alone.
#include <gtest/gtest.h>

#include <random>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

constexpr const char* names[] = {R"("id")",
                                 R"("name")",
                                 R"("a")",
                                 R"("a\"")",
                                 R"("a\\")",
                                 R"("a\u0062")",
                                 R"("ab")",
                                 R"("total_tax")",
                                 R"("7")",
                                 R"("10")",
                                 R"("é")",
                                 R"("")",
                                 R"("sixteen_letters_")",
                                 R"("a_name_of_more_than_sixteen")"};

std::string random_object(std::mt19937& random, std::size_t most) {
  std::string out = "{";
  std::size_t start = random() % 3, step = 1 + random() % 7 / 5;
  for (std::size_t i = 0, at = start; i < most; ++i, at += step) {
    if (random() % 6 == 0) continue;
    std::size_t name = random() % 8 == 0 ? random() : at;
    if (out.size() > 1) out += random() % 9 == 0 ? " ,\n" : ",";
    out += names[name % std::size(names)];
    out += ":" + std::to_string(random() % 100);
  }
  return out + "}";
}

TEST(JsonShapes, ObjectsInAListReadAsEachDoesAlone) {
  std::mt19937 random(7);
  std::size_t refused = 0, taken = 0;
  for (int round = 0; round < 3000; ++round) {
    ParseOptions options;
    options.allow_duplicate_keys = round % 2 == 1;
    std::string list = "[", expected = "[";
    bool good = true;
    for (std::size_t i = 0, count = 2 + random() % 5; i < count; ++i) {
      std::string object = random_object(random, 2 + random() % 10);
      auto alone = Document::parse(object, options);
      good = good && alone.ok();
      if (i > 0) list += ",", expected += ",";
      list += object;
      if (alone.ok()) expected += to_json(alone->root());
    }
    auto together = Document::parse(list + "]", options);
    ASSERT_EQ(together.ok(), good) << list;
    ++(good ? taken : refused);
    if (good) {
      ASSERT_EQ(to_json(together->root()), expected + "]") << list;
    }
  }
  EXPECT_GT(taken, 500u);
  EXPECT_GT(refused, 100u) << "names that stand twice are among them";
}

TEST(JsonShapes, MembersAreFoundByName) {
  auto list = Document::parse(R"([{"id":1,"a":2,"name":3},{"id":4,"name":5,"x":6},{"name":7,"id":8}])");
  ASSERT_TRUE(list.ok());
  Value root = list->root();
  EXPECT_EQ(root.item(1).find("name").as_number(), 5);
  EXPECT_EQ(root.item(1).find("x").as_number(), 6);
  EXPECT_TRUE(root.item(1).find("a").is_undefined());
  EXPECT_EQ(root.item(2).find("id").as_number(), 8);
}

}  // namespace
}  // namespace waggle::jsonata
