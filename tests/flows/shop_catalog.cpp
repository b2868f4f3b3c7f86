#include "tests/flows/shop_catalog.hpp"

namespace waggle::flows::testing {
namespace {

Field field(std::string name, FieldType type, bool required = false) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.required = required;
  return made;
}

Field choice(std::string name, std::vector<std::string> choices, Json fallback = {}) {
  Field made = field(std::move(name), FieldType::choice);
  made.choices = std::move(choices);
  made.fallback = std::move(fallback);
  return made;
}

Field with_fields(Field made, std::vector<Field> fields) {
  made.fields = std::move(fields);
  return made;
}

ConnectorSpec make(std::string id, std::vector<Field> settings) {
  ConnectorSpec connector;
  connector.id = connector.title = std::move(id);
  connector.settings = std::move(settings);
  return connector;
}

ActionSpec action(std::string id, std::vector<Field> inputs) {
  ActionSpec made;
  made.id = std::move(id);
  made.inputs = std::move(inputs);
  return made;
}

TriggerSpec trigger(std::string id, Delivery delivery, std::vector<Field> settings = {}) {
  TriggerSpec made;
  made.id = std::move(id);
  made.delivery = delivery;
  made.settings = std::move(settings);
  return made;
}

ConnectorSpec woocommerce() {
  ConnectorSpec made = make("woocommerce", {field("secret", FieldType::secret, true)});
  made.triggers = {trigger("order_created", Delivery::hook), trigger("order_updated", Delivery::hook)};
  return made;
}

ConnectorSpec slack() {
  ConnectorSpec made = make("slack", {field("bot_token", FieldType::secret, true)});
  made.triggers = {trigger("message", Delivery::hook)};
  made.actions = {
      action("post_message", {field("channel", FieldType::text, true), field("text", FieldType::text, true),
                              field("thread", FieldType::text), field("unfurl", FieldType::boolean)})};
  return made;
}

ConnectorSpec books() {
  ConnectorSpec made = make("books", {field("file", FieldType::text, true)});
  Field posting = with_fields(field("posting", FieldType::object),
                              {field("account", FieldType::text, true), field("amount", FieldType::decimal),
                               field("currency", FieldType::text)});
  made.actions = {
      action("add_entry", {field("date", FieldType::datetime, true), field("narration", FieldType::text),
                           with_fields(field("postings", FieldType::list, true), {posting}),
                           choice("status", {"pending", "cleared"}, "cleared")})};
  return made;
}

ConnectorSpec paypal() {
  ConnectorSpec made = make("paypal", {field("client_id", FieldType::text, true)});
  made.actions = {action("get_order", {field("id", FieldType::text, true)})};
  return made;
}

ConnectorSpec http() {
  ConnectorSpec made = make("http", {field("token", FieldType::secret)});
  made.connection_optional = true;
  ActionSpec post =
      action("post", {field("url", FieldType::url, true), field("json", FieldType::any),
                      field("retries", FieldType::integer), field("wait", FieldType::duration)});
  ActionSpec call = action("default", {field("url", FieldType::url, true)});
  call.open_inputs = true;
  Field kind = choice("kind", {"cursor", "page"}), start = field("start", FieldType::integer);
  kind.required = true;
  start.fallback = 1;
  const Field paging = with_fields(field("paging", FieldType::object), {kind, start});
  ActionSpec get = action("get", {field("url", FieldType::url, true), paging,
                                  with_fields(field("more", FieldType::list),
                                              {with_fields(field("", FieldType::object), {kind, start})})});
  made.actions = {post, get, call};
  return made;
}

ConnectorSpec webhook() {
  ConnectorSpec made = make("webhook", {});
  Field verify = with_fields(field("verify", FieldType::any), {});
  made.triggers = {
      trigger("default", Delivery::path,
              {field("path", FieldType::text, true), field("methods", FieldType::list),
               field("accept", FieldType::list), verify, choice("reply", {"now", "after_run"})})};
  return made;
}

}  // namespace

ShopCatalog::ShopCatalog() {
  for (ConnectorSpec& made :
       std::vector<ConnectorSpec>{woocommerce(), slack(), books(), paypal(), http(), webhook()})
    connectors_.emplace(made.id, made);
  connections = {{"my-shop", "woocommerce"}, {"team", "slack"}, {"ledger", "books"}, {"pay", "paypal"}};
}

const ConnectorSpec* ShopCatalog::connector(std::string_view id) const {
  auto found = connectors_.find(id);
  return found == connectors_.end() ? nullptr : &found->second;
}

std::vector<std::string> ShopCatalog::connector_ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, connector] : connectors_) ids.push_back(id);
  return ids;
}

std::string ShopCatalog::connection_connector(std::string_view connection) const {
  auto found = connections.find(connection);
  return found == connections.end() ? std::string() : found->second;
}

std::vector<std::string> ShopCatalog::connections_of(std::string_view connector) const {
  std::vector<std::string> names;
  for (const auto& [name, owner] : connections)
    if (owner == connector) names.push_back(name);
  return names;
}

std::optional<std::string> ShopCatalog::flow_text(std::string_view id) const {
  auto found = flows.find(id);
  return found == flows.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> ShopCatalog::flow_ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, text] : flows) ids.push_back(id);
  return ids;
}

}  // namespace waggle::flows::testing
