#include <gtest/gtest.h>

#include <waggle/xml.hpp>

#include "tests/sdk/shared_data.hpp"

namespace waggle {
namespace {

TEST(Xml, AcceptsAndRefusesWhatTheCollectionSays) {
  const auto inputs = test_data::inputs("xml");
  if (inputs.empty()) GTEST_SKIP() << "the shared collection of inputs is not here";
  for (const auto& input : inputs) {
    const auto json = parse_xml(input.text);
    if (input.expected == "reject") {
      EXPECT_FALSE(json.ok()) << input.path;
    }
    if (input.expected == "accept" || input.expected == "inert") {
      EXPECT_TRUE(json.ok()) << input.path << ": " << json.error().message;
    }
  }
}

TEST(Xml, BecomesNestedObjects) {
  const struct {
    const char* xml;
    const char* json;
  } cases[] = {
      {"<a/>", R"({"a":""})"},
      {"<a> x </a>", R"({"a":" x "})"},
      {"<order id='7'><item>a</item><item>b</item><note/></order>",
       R"({"order":{"@id":"7","item":["a","b"],"note":""}})"},
      {"<p><i>1</i><j/><i>2</i><i>3</i></p>", R"({"p":{"i":["1","2","3"],"j":""}})"},
      {"<a>\n  <b>1</b>\n</a>", R"({"a":{"b":"1"}})"},
      {"<a>x<b/>y</a>", R"({"a":{"b":"","#text":"xy"}})"},
      {"<a k='v'>t</a>", R"({"a":{"@k":"v","#text":"t"}})"},
      {"<a>&lt;&amp;&gt;&quot;&apos;&#233;&#x1F600;</a>", R"({"a":"<&>\"'é😀"})"},
      {"<a><![CDATA[<b>]]></a>", R"({"a":"<b>"})"},
      {"<s:E xmlns:s='u'><s:B>1</s:B></s:E>", R"({"s:E":{"@xmlns:s":"u","s:B":"1"}})"},
      {"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>", R"({"a":"é"})"},
  };
  for (const auto& [xml, json] : cases) {
    const auto got = parse_xml(xml);
    ASSERT_TRUE(got.ok()) << xml << ": " << got.error().message;
    EXPECT_EQ(got->dump(), json) << xml;
  }
}

TEST(Xml, RefusesADoctypeAndUndeclaredPrefixesAndSaysWhere) {
  const struct {
    const char* xml;
    const char* message;
  } cases[] = {
      {"<!DOCTYPE a><a/>", "a DOCTYPE is not allowed"},
      {"<a>\n<x:b/></a>", "2:1: the prefix of x:b is not declared"},
      {"<a><b xmlns:x='u'/><x:c/></a>", "the prefix of x:c is not declared"},
      {"<a x:k='v'/>", "the prefix of x:k is not declared"},
      {"<a>&nbsp;</a>", "undefined entity"},
      {"<a>", "no element found"},
  };
  for (const auto& [xml, message] : cases) {
    const auto got = parse_xml(xml);
    ASSERT_FALSE(got.ok()) << xml;
    EXPECT_NE(got.error().message.find(message), std::string::npos) << got.error().message;
  }
}

TEST(Xml, NestsToTheLimitAndNotFurther) {
  const auto nested = [](int depth) {
    std::string out;
    for (int i = 0; i < depth; ++i) out += "<a>";
    for (int i = 0; i < depth; ++i) out += "</a>";
    return out;
  };
  EXPECT_TRUE(parse_xml(nested(xml_depth_limit)).ok());
  EXPECT_FALSE(parse_xml(nested(xml_depth_limit + 1)).ok());
}

TEST(Xml, AtTheLimitIsStillJsonThatIsRead) {
  // The worst there is: a brother for each element, so an array at each level, and an attribute at the
  // bottom.
  std::string text = "<a>", end = "</a>";
  for (int i = 1; i < xml_depth_limit - 1; ++i) {
    text += "<b/><b>";
    end = "</b>" + end;
  }
  const auto got = parse_xml(text + "<b/><b k='v'/>" + end);
  ASSERT_TRUE(got.ok()) << got.error().message;
  const auto again = Json::parse(got->dump());
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, *got);
}

TEST(Xml, TakesAttributesToTheLimitAndNotMore) {
  const auto element = [](int attributes) {
    std::string out = "<a";
    for (int i = 0; i < attributes; ++i) out += " k" + std::to_string(i) + "='v'";
    return out + "/>";
  };
  EXPECT_TRUE(parse_xml(element(xml_attribute_limit)).ok());
  EXPECT_FALSE(parse_xml(element(xml_attribute_limit + 1)).ok());
}

}  // namespace
}  // namespace waggle
