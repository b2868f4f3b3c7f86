#include <gtest/gtest.h>

#include <waggle/fields.hpp>

#include "plugins/host/normalise.hpp"

namespace waggle::host {
namespace {

const std::vector<Field> fields = {decimal("total"),
                                   integer("count"),
                                   boolean("paid"),
                                   datetime("date_gmt"),
                                   datetime("at"),
                                   date("day"),
                                   text("number"),
                                   decimal("line_items[].total"),
                                   text("billing.email"),
                                   boolean("billing.address.checked"),
                                   list("prices", decimal("")),
                                   list("refunds", object("", {decimal("amount"), datetime("made_utc")})),
                                   object("shipping", {decimal("cost")}),
                                   decimal("matrix[][]"),
                                   decimal("ké\"y")};

TEST(NormalisePayload, RewritesTypedFieldsAndNothingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"total":"29.35"})", R"({"total":29.35})"},
      {R"({ "id" : 7,  "total" : "100.00" , "x":"1.0"})", R"({ "id" : 7,  "total" : 100.00 , "x":"1.0"})"},
      {R"({"total":29.350})", R"({"total":29.350})"},
      {R"({"total":"-.5"})", R"({"total":-0.5})"},
      {R"({"total":"+3"})", R"({"total":3})"},
      {R"({"total":" 007.10 "})", R"({"total":7.10})"},
      {R"({"total":"12345678901234567890.123456789"})", R"({"total":12345678901234567890.123456789})"},
      {R"({"total":""})", R"({"total":null})"},
      {R"({"total":null})", R"({"total":null})"},
      {R"({"total":"1,234.50"})", R"({"total":"1,234.50"})"},
      {R"({"total":"NaN"})", R"({"total":"NaN"})"},
      {R"({"total":["1"]})", R"({"total":["1"]})"},
      {R"({"total":{"total":"1"}})", R"({"total":{"total":"1"}})"},
      {R"({"count":"12"})", R"({"count":12})"},
      {R"({"count":"12.5"})", R"({"count":"12.5"})"},
      {R"({"paid":"yes"})", R"({"paid":true})"},
      {R"({"paid":0})", R"({"paid":false})"},
      {R"({"paid":"True"})", R"({"paid":true})"},
      {R"({"paid":"maybe"})", R"({"paid":"maybe"})"},
      {R"({"date_gmt":"2026-11-23T10:40:34"})", R"({"date_gmt":"2026-11-23T10:40:34Z"})"},
      {R"({"date_gmt":"2026-11-23 10:40:34"})", R"({"date_gmt":"2026-11-23T10:40:34Z"})"},
      {R"({"at":"2026-11-23T10:40:34"})", R"({"at":"2026-11-23T10:40:34"})"},
      {R"({"at":"2026-11-23T10:40:34.123456+02:00"})", R"({"at":"2026-11-23T10:40:34.123456+02:00"})"},
      {R"({"at":"Mon, 23 Nov 2026 10:40:34 GMT"})", R"({"at":"2026-11-23T10:40:34Z"})"},
      {R"({"at":1795420849})", R"({"at":"2026-11-23T08:00:49Z"})"},
      {R"({"at":1795420849123})", R"({"at":"2026-11-23T08:00:49.123Z"})"},
      {R"({"at":""})", R"({"at":null})"},
      {R"({"day":"20261123"})", R"({"day":"2026-11-23"})"},
      {R"({"day":"2026-11-23T10:40:34Z"})", R"({"day":"2026-11-23"})"},
      {R"({"day":"23.11.2026"})", R"({"day":"23.11.2026"})"},
      {R"({"number":"007"})", R"({"number":"007"})"},
      {R"({"line_items":[{"total":"1.50","price":"2"},{"total":"0.10"}]})",
       R"({"line_items":[{"total":1.50,"price":"2"},{"total":0.10}]})"},
      {R"({"line_items":{"total":"1"}})", R"({"line_items":{"total":"1"}})"},
      {R"({"billing":{"email":"1","address":{"checked":"1"}}})",
       R"({"billing":{"email":"1","address":{"checked":true}}})"},
      {R"({"prices":["1.0","x",2]})", R"({"prices":[1.0,"x",2]})"},
      {R"({"refunds":[{"amount":"1","made_utc":"2026-11-23"}]})",
       R"({"refunds":[{"amount":1,"made_utc":"2026-11-23T00:00:00Z"}]})"},
      {R"({"shipping":{"cost":"3.00"}})", R"({"shipping":{"cost":3.00}})"},
      {R"({"matrix":[["1","2"],[]]})", R"({"matrix":[[1,2],[]]})"},
      {R"({"k\u00e9\"y":"1"})", R"({"k\u00e9\"y":1})"},
      {R"({"x":{"deep":[{"total":"1"},"]}\""]},"total":"2"})",
       R"({"x":{"deep":[{"total":"1"},"]}\""]},"total":2})"},
      {R"([{"total":"1"}])", R"([{"total":"1"}])"},
      {"7", "7"},
      {"", ""},
      {"{\"total\":\"1\"", "{\"total\":\"1\""},
      {"{\"total\":\"1\"} x", "{\"total\":\"1\"} x"},
      {"{\"total\":\"1\",}", "{\"total\":\"1\",}"},
      {"Customer=john", "Customer=john"},
  };
  for (const auto& [before, after] : cases) EXPECT_EQ(normalise_payload(before, fields), after) << before;
}

TEST(NormalisePayload, IsDoneOnce) {
  const std::string once =
      normalise_payload(R"({"total":"29.35","at":1795420849,"paid":"1","day":"20261123"})", fields);
  EXPECT_EQ(normalise_payload(once, fields), once);
}

TEST(NormalisePayload, WalksDeepTextsWithoutRecursion) {
  const std::string deep =
      R"({"x":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + R"(,"total":"1"})";
  const std::string out = normalise_payload(deep, fields);
  EXPECT_EQ(out.substr(out.size() - 12), R"(],"total":1})");
}

TEST(NormalisePayload, WithoutFieldsCopies) {
  EXPECT_EQ(normalise_payload(R"({"total":"1"})", {}), R"({"total":"1"})");
}

}  // namespace
}  // namespace waggle::host
