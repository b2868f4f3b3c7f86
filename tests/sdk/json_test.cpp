#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <waggle/detail/plain_bytes.ipp>
#include <waggle/json.hpp>

#include "tests/sdk/shared_data.hpp"

namespace waggle {
namespace {

TEST(Json, AcceptsAndRefusesWhatTheCollectionSays) {
  const auto inputs = test_data::inputs("json");
  if (inputs.empty()) GTEST_SKIP() << "the shared collection of inputs is not here";
  for (const auto& input : inputs) {
    const auto begin = std::chrono::steady_clock::now();
    const auto json = Json::parse(input.text);
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took, std::chrono::seconds(2)) << input.path;
    if (input.expected == "reject") {
      EXPECT_FALSE(json.ok()) << input.path;
    }
    if (input.expected == "accept" || input.expected == "preserve") {
      EXPECT_TRUE(json.ok()) << input.path << ": " << json.error().message;
    }
    if (!json.ok()) {
      EXPECT_EQ(json.error().next, Next::invalid);
      continue;
    }
    const auto again = Json::parse(json->dump());
    ASSERT_TRUE(again.ok()) << input.path << ": what was written cannot be read";
    EXPECT_TRUE(*again == *json) << input.path;
    EXPECT_EQ(again->dump(), json->dump()) << input.path;
  }
}

/// One byte of each kind at every place of texts of every length around what is looked at together. In memory
/// of its own, so that a sanitizer sees a look beyond the end.
TEST(Json, FindsPlainBytesWhereTheyEnd) {
  for (const unsigned char special : {0x00, 0x1f, 0x22, 0x5c, 0x7f, 0x80, 0xff}) {
    for (std::size_t length = 1; length <= 40; ++length) {
      for (std::size_t place = 0; place < length; ++place) {
        std::vector<char> bytes(length, 'a');
        bytes[place] = static_cast<char>(special);
        const std::string_view text(bytes.data(), bytes.size());
        const std::size_t end = special == 0x7f ? length : place;
        EXPECT_EQ(detail::plain_end(text) - text.data(), end)
            << int{special} << " at " << place << " of " << length;
        EXPECT_EQ(detail::skip_plain(text.data(), text.data() + length) - text.data(), end);
      }
    }
  }
}

TEST(Json, ReadsAndWritesStringsOfEveryLength) {
  for (const std::string special : {"a", "\"", "\\", "\n", "\x1f", "\x7f", "\xc3\xa9", "\xf0\x9f\x90\x9d"}) {
    for (std::size_t length = 0; length <= 40; ++length) {
      for (std::size_t place = 0; place <= length; ++place) {
        const std::string text = std::string(place, 'a') + special + std::string(length - place, 'b');
        const Json both = {{text, text}};
        const std::string written = both.dump();
        const auto read = Json::parse(written);
        ASSERT_TRUE(read.ok()) << written;
        EXPECT_EQ(read->at(text).as_string(), text);
        EXPECT_FALSE(Json::parse(std::string_view(written).substr(0, written.size() - 2)).ok())
            << "cut inside it";
      }
    }
  }
}

/// The inputs marked `preserve` hold nothing but numbers, so without white space the text must come out as it
/// went in.
TEST(Json, KeepsEveryDigitOfTheInputsThatDemandIt) {
  const auto inputs = test_data::inputs("json-own/preserve");
  if (inputs.empty()) GTEST_SKIP() << "the shared collection of inputs is not here";
  for (const auto& input : inputs) {
    std::string packed = input.text;
    std::erase_if(packed, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
    EXPECT_EQ(Json::parse(input.text)->dump(), packed) << input.path;
  }
}

TEST(Json, KeepsDigitsAndOrder) {
  const std::string text =
      R"({"z":9007199254740993,"a":100.00,"list":[-0,1E+2,{"deep":[]}],"text":"\"\\\n\u0001é"})";
  EXPECT_EQ(Json::parse(text)->dump(), text);
}

TEST(Json, SaysWhereAndWhy) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"", "1:1: the text ends where a value was expected"},
      {"{\n  \"a\": 01}", "2:9: ',' or '}' was expected here"},
      {"[1, 2", "1:6: ',' or ']' was expected here"},
      {"{\"a\":1,\"a\":2}", "1:14: the key \"a\" stands twice in one object"},
      {"\"\\ud800\"", "half of a surrogate pair stands alone"},
      {"{} x", "1:4: text after the end of the value"},
      {"[1,]", "1:4: a value was expected here"},
      {"\xEF\xBB\xBF{}", "1:1: a value was expected here"},
  };
  for (const auto& [text, message] : cases) {
    const auto json = Json::parse(text);
    ASSERT_FALSE(json.ok()) << text;
    EXPECT_NE(json.error().message.find(message), std::string::npos) << json.error().message;
  }
}

TEST(Json, NestsToTheLimitAndNotFurther) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Json::parse(nested(128)).ok());
  EXPECT_FALSE(Json::parse(nested(129)).ok());
}

TEST(Json, ReadsIntegersInEveryFormAndNothingElse) {
  const struct {
    const char* text;
    std::int64_t value;
  } cases[] = {{"7", 7},
               {"-7", -7},
               {"100.00", 100},
               {"1e3", 1000},
               {"12.5e1", 125},
               {"0.0", 0},
               {"-0", 0},
               {"1.5", -99},
               {"1e-1", -99},
               {"1e99", -99},
               {"1e999999999", -99},
               {"0e999999999", 0},
               {"\"7\"", -99},
               {"null", -99},
               {"9223372036854775807", INT64_MAX},
               {"9223372036854775808", -99},
               {"-9223372036854775808", INT64_MIN}};
  for (const auto& [text, value] : cases) EXPECT_EQ(Json::parse(text)->as_int(-99), value) << text;
}

TEST(Json, ComparesNumbersByValueWithoutDoubles) {
  const auto number = [](const char* text) { return Json::number(text); };
  EXPECT_TRUE(number("100.00") == number("1e2"));
  EXPECT_TRUE(number("-0") == number("0.00"));
  EXPECT_FALSE(number("9007199254740993") == number("9007199254740992"));
  EXPECT_FALSE(number("1") == number("-1"));
}

TEST(Json, ComparesObjectsWithoutRegardToOrder) {
  EXPECT_TRUE(*Json::parse(R"({"a":1,"b":[1,2]})") == *Json::parse(R"({"b":[1,2],"a":1})"));
  EXPECT_FALSE(*Json::parse(R"({"a":1})") == *Json::parse(R"({"b":1})"));
  EXPECT_FALSE(*Json::parse("[1,2]") == *Json::parse("[2,1]"));
}

TEST(Json, IsBuiltFromBraces) {
  const Json object{{"channel", "C1"},
                    {"count", 3},
                    {"ok", true},
                    {"none", nullptr},
                    {"list", Json::array(1, "b", Json{{"c", 2.5}})}};
  EXPECT_EQ(object.dump(), R"({"channel":"C1","count":3,"ok":true,"none":null,"list":[1,"b",{"c":2.5}]})");
  const Json two_texts{{"a", "b"}};
  EXPECT_EQ(two_texts.dump(), R"({"a":"b"})");
}

TEST(Json, WritesValidJsonWhateverItWasGiven) {
  EXPECT_EQ(Json("caf\xE9 \xC3\xA9").dump(), "\"caf\xEF\xBF\xBD \xC3\xA9\"");
  EXPECT_EQ(Json(0.0 / 0.0).dump(), "null");
  EXPECT_EQ(Json::number("0x10").dump(), "\"0x10\"");
  EXPECT_EQ(Json(1e300).dump(), "1e+300");
}

TEST(Json, ReadsWhatIsNotThereAsNothing) {
  const Json json = *Json::parse(R"({"a":{"b":[1]}})");
  EXPECT_TRUE(json.at("x").at("y").at(std::size_t{3}).is_null());
  EXPECT_EQ(json.at("a").at("b").at(std::size_t{0}).as_int(), 1);
  EXPECT_EQ(json.text("x"), "");
  EXPECT_EQ(json.at("a").as_string(), "");
  EXPECT_EQ(json.find("x"), nullptr);
}

TEST(Json, ChangesInPlace) {
  Json json;
  json.set("a", 1);
  json.set("b", Json()).push("x");
  json.set("a", 2);
  EXPECT_EQ(json.dump(), R"({"a":2,"b":["x"]})");
  EXPECT_TRUE(json.erase("a"));
  EXPECT_FALSE(json.erase("a"));
  EXPECT_EQ(json.dump_pretty(), "{\n  \"b\": [\n    \"x\"\n  ]\n}");
}

}  // namespace
}  // namespace waggle
