#include <gtest/gtest.h>

#include <waggle/fields.hpp>
#include <waggle/spec.hpp>

namespace waggle {
namespace {

TEST(Spec, SurvivesTheWayThroughJson) {
  ConnectorSpec spec;
  spec.id = "shop";
  spec.title = "Shop";
  spec.version = "1.2";
  spec.settings = {secret("key").describe("From the settings page.").required(),
                   choice("region", {"eu", "us"}).fallback("eu")};
  spec.checks = true;
  spec.triggers = {{.id = "order_created",
                    .help = "New order.",
                    .delivery = Delivery::hook,
                    .payload = {decimal("line_items[].total")},
                    .samples = {"a.json"}},
                   {.id = "form", .delivery = Delivery::path, .settings = {text("path").required()}}};
  spec.actions = {{.id = "add",
                   .inputs = {list("postings", object("", {text("account"), decimal("amount")})),
                              integer("n").example(7)},
                   .outputs = {any("x")},
                   .idempotency = Idempotency::lookup,
                   .open_inputs = true}};
  const auto back = ConnectorSpec::from_json(*Json::parse(spec.to_json().dump()));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back->to_json().dump(), spec.to_json().dump());
  EXPECT_EQ(back->action("add")->inputs[0].fields[0].fields[1].type, FieldType::decimal);
  EXPECT_EQ(back->trigger("form")->delivery, Delivery::path);
  EXPECT_EQ(back->trigger("nothing"), nullptr);
}

TEST(Spec, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* json;
    const char* message;
  } cases[] = {
      {"[]", "must be a JSON object"},
      {R"({"id":"My-Shop"})", "the id \"My-Shop\" must be lower-case"},
      {R"({"id":"a","actions":{}})", "connector \"a\": actions must be a list"},
      {R"({"id":"a","actions":[{"id":"b"},{"id":"b"}]})", "two actions are called \"b\""},
      {R"({"id":"a","actions":[{"id":"b","inputs":[{"name":"x","type":"texte"}]}]})",
       "action \"b\", inputs \"x\": there is no type \"texte\""},
      {R"({"id":"a","settings":[{"name":"x","type":"choice"}]})", "a choice must list its choices"},
      {R"({"id":"a","settings":[{"name":"x","type":"text"},{"name":"x","type":"text"}]})",
       "has two fields \"x\""},
      {R"({"id":"a","settings":[{"type":"text"}]})", "has no name"},
      {R"({"id":"a","settings":[{"name":"x","type":"text","required":"yes"}]})",
       "required must be true or false"},
      {R"({"id":"a","triggers":[{"id":"t","delivery":"pigeon"}]})", "there is no delivery \"pigeon\""},
      {R"({"id":"a","settings":[{"name":"x","type":"text","fields":[{"name":"y","type":"text"}]}]})",
       "only an object or a list has fields"},
  };
  for (const auto& [json, message] : cases) {
    const auto spec = ConnectorSpec::from_json(*Json::parse(json));
    ASSERT_FALSE(spec.ok()) << json;
    EXPECT_NE(spec.error().message.find(message), std::string::npos) << spec.error().message;
  }
}

TEST(Spec, PassesOverWhatANewerSdkMayAdd) {
  EXPECT_TRUE(ConnectorSpec::from_json(
                  *Json::parse(R"({"id":"a","novelty":{"x":1},"actions":[{"id":"b","also":[1]}]})"))
                  .ok());
}

TEST(Spec, EveryTypeHasAWord) {
  for (int i = 1; i <= static_cast<int>(FieldType::any); ++i) {
    const auto type = static_cast<FieldType>(i);
    EXPECT_EQ(field_type_from(to_string(type)), type);
    EXPECT_NE(to_string(type), "unset");
  }
  EXPECT_EQ(field_type_from("nonsense"), FieldType::unset);
}

}  // namespace
}  // namespace waggle
