// What counts as an event's JSON: deliveries are read strictly, what was stored is read again as it was.
#include "flows/parsed_json.hpp"

#include <gtest/gtest.h>

#include <waggle/json.hpp>

#include "flows/jsonata/document.hpp"

namespace waggle::flows {
namespace {

TEST(ParsedJson, RefusesInADeliveryWhatTheConnectorsReaderRefuses) {
  const char* hostile[] = {"",
                           "{",
                           "{}x",
                           R"({"a":1,"a":2})",
                           R"({"a":1,"\u0061":2})",
                           R"("\ud800")",
                           R"("\uDC00")",
                           R"("\ud800x")",
                           "\"\xff\"",
                           "[1,]",
                           "\xef\xbb\xbf{}"};
  for (const char* text : hostile) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(Json::parse(text).ok());
    auto parsed = ParsedJson::strict(text);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().next, Next::invalid);
    EXPECT_EQ(parsed.error().code, "bad_json");
  }
}

TEST(ParsedJson, TakesWholeSurrogatePairsAndKeepsTheText) {
  const std::string text = R"({ "bee": "\ud83d\udc1d", "id": 1234567890123456789 })";
  auto parsed = ParsedJson::strict(text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ((*parsed)->text(), text);
  EXPECT_EQ(jsonata::to_json((*parsed)->root()), R"({"bee":"🐝","id":1234567890123456789})");
}

TEST(ParsedJson, ReadsWhatWasStoredLeniently) {
  EXPECT_TRUE(ParsedJson::stored(R"({"a":1,"a":2})").ok());
  auto parsed = ParsedJson::stored("{");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, "bad_json");
}

}  // namespace
}  // namespace waggle::flows
