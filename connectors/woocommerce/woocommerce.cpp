// WooCommerce: hears what happens in a shop, and changes its orders, products, customers and coupons.
// API: https://woocommerce.github.io/woocommerce-rest-api-docs/ (read 2026-11)
#include <waggle/connector.hpp>
#include <waggle/crypto.hpp>

#include "api.hpp"
#include "payload.hpp"
#include "receive.hpp"

using namespace waggle;
using namespace waggle::woocommerce;

namespace {

/// WooCommerce knows no idempotency key; what we create carries ours in this metadata, and is looked for
/// before it is created.
constexpr const char* mark = "_waggle_id";
/// Pages of 100 looked through for a mark at a retry, however old what is on them: a shop's clock may be
/// wrong.
constexpr int least_pages = 10;
/// And at most: 100000 orders. A shop that sells more while one run waits is asked for by a person.
constexpr int most_pages = 1000;
/// How far the clocks of shop and host may differ for a page to count as older than the run.
constexpr std::chrono::hours clock_slack{48};
/// Items of a list action, at most: what a flow can reasonably hold.
constexpr std::int64_t most_items = 10000;

std::string id_of(const Call& call, const char* name = "id") {
  const std::string id = call.input(name).to_text();
  if (id.empty() || id.find_first_not_of("0123456789") != std::string::npos)
    throw invalid(std::string(name) + " must be a number, and is \"" + id + "\"", "bad_id");
  return id;
}

/// All inputs but `without` (which is in the path), money as text.
Json body_of(const Call& call, std::string_view without = {}) {
  Json body = call.inputs();
  if (!body.is_object()) body = Json::object();
  body.erase(without);
  money_as_text(body);
  return body;
}

void add_mark(Json& body, const Call& call) {
  Json& metadata =
      body.set("meta_data", body.at("meta_data").is_array() ? body.at("meta_data") : Json::array());
  metadata.push(Json{{"key", mark}, {"value", call.idempotency_key()}});
}

bool has_mark(const Json& resource, const std::string& key) {
  for (const Json& one : resource.at("meta_data").items())
    if (one.text("key") == mark && one.text("value") == key) return true;
  return false;
}

// Lists in braces are made outside coroutines: GCC 12 gives up on them next to a co_await ("array used as
// initializer").
Pairs pair(std::string name, std::string value) { return {{std::move(name), std::move(value)}}; }

Operation<Json> get(Call call, std::string path) {
  Shop shop(call);
  Response reply = co_await shop.ask("GET", path, {}, nullptr);
  co_return reply.json();
}

Operation<Json> get_order(Call call) { co_return co_await get(call, "orders/" + id_of(call)); }
Operation<Json> get_product(Call call) { co_return co_await get(call, "products/" + id_of(call)); }
Operation<Json> get_customer(Call call) { co_return co_await get(call, "customers/" + id_of(call)); }

/// Page by page until `limit` or the end. Inputs other than `limit` become the query.
Operation<Json> list_all(Call call, std::string path) {
  Shop shop(call);
  Pairs query;
  for (const auto& [name, value] : call.inputs().members())
    if (name != "limit" && !value.is_null()) query.emplace_back(name, value.to_text());
  const std::int64_t limit = std::clamp<std::int64_t>(call.input("limit").as_int(page_size), 1, most_items);
  Json items = Json::array();
  std::int64_t total = 0;
  for (int page = 1;; ++page) {
    Pairs asked = query;
    asked.emplace_back("per_page", std::to_string(std::min<std::int64_t>(page_size, limit)));
    asked.emplace_back("page", std::to_string(page));
    Response reply = co_await shop.ask("GET", path, asked, nullptr);
    const Json& found = reply.json();
    if (!found.is_array()) throw error_of(reply);
    total = Json::number(reply.header("x-wp-total")).as_int();
    for (const Json& one : found.items())
      if (static_cast<std::int64_t>(items.size()) < limit) items.push(one);
    const bool last = page >= Json::number(reply.header("x-wp-totalpages")).as_int();
    if (last || found.size() == 0 || static_cast<std::int64_t>(items.size()) >= limit) break;
  }
  co_return Json{{"items", std::move(items)}, {"total", total}};
}

Operation<Json> list_orders(Call call) { co_return co_await list_all(call, "orders"); }
Operation<Json> list_products(Call call) { co_return co_await list_all(call, "products"); }
Operation<Json> list_customers(Call call) { co_return co_await list_all(call, "customers"); }

/// Newest first, by id: dates can be edited.
Pairs latest(int page) {
  return {{"orderby", "id"},
          {"order", "desc"},
          {"status", "any"},
          {"per_page", std::to_string(page_size)},
          {"page", std::to_string(page)},
          {"_fields", "id,date_created_gmt,meta_data"}};
}

/// Whether all of a page was there before this run began. Never true when nobody says when it did.
bool is_older_than_the_run(const Json& page, const Call& call) {
  const auto began = call.run_began();
  if (!began) return false;
  for (const Json& one : page.items()) {
    const auto created = parse_utc(one.text("date_created_gmt"));
    if (!created || *created > *began - clock_slack) return false;
  }
  return true;
}

/// What an earlier attempt of this step created under `path`, or null when there certainly is nothing. REST
/// cannot search metadata, so the latest are looked through: one page at the first attempt, which by the
/// host's word has none before it; at a retry all, down to those that are older than the run, however long
/// that waited.
Operation<Json> find_marked(Call call, std::string path) {
  Shop shop(call);
  const bool retried = call.attempt() > 1;
  for (int page = 1; retried ? page <= most_pages : page == 1; ++page) {
    const Pairs query = latest(page);
    Response reply = co_await shop.ask("GET", path, query, nullptr);
    const Json& found = reply.json();
    if (!found.is_array()) throw error_of(reply);
    for (const Json& one : found.items()) {
      if (!has_mark(one, call.idempotency_key())) continue;
      Response whole = co_await shop.ask("GET", path + "/" + one.text("id"), {}, nullptr);
      co_return whole.json();
    }
    if (found.size() < static_cast<std::size_t>(page_size)) co_return Json();
    if (page >= least_pages && is_older_than_the_run(found, call)) co_return Json();
  }
  if (!retried) co_return Json();
  throw failed("an earlier attempt may have created this, and it is not among the latest " +
                   std::to_string(most_pages * page_size) + " " + path +
                   " of the shop; look there whether it exists before you create it by hand",
               "too_many_to_look_through");
}

Operation<Json> create_order(Call call) {
  Json existing = co_await find_marked(call, "orders");
  if (!existing.is_null()) co_return existing;
  Shop shop(call);
  Json body = body_of(call);
  add_mark(body, call);
  Response reply = co_await shop.ask("POST", "orders", {}, body);
  co_return reply.json();
}

Operation<Json> update(Call call, std::string path) {
  Shop shop(call);
  Response reply = co_await shop.ask("PUT", path, {}, body_of(call, "id"));
  co_return reply.json();
}

Operation<Json> update_order(Call call) { co_return co_await update(call, "orders/" + id_of(call)); }
Operation<Json> update_product(Call call) { co_return co_await update(call, "products/" + id_of(call)); }

Operation<Json> add_order_note(Call call) {
  Shop shop(call);
  const Json body{{"note", call.input("note")}, {"customer_note", call.input("customer_note").as_bool()}};
  Response reply = co_await shop.ask("POST", "orders/" + id_of(call, "order_id") + "/notes", {}, body);
  co_return reply.json();
}

Operation<Json> create_refund(Call call) {
  Shop shop(call);
  const std::string path = "orders/" + id_of(call, "order_id") + "/refunds";
  const Pairs whole_page = pair("per_page", std::to_string(page_size));
  Response had = co_await shop.ask("GET", path, whole_page, nullptr);
  for (const Json& refund : had.json().items())
    if (has_mark(refund, call.idempotency_key())) co_return refund;
  if (had.json().size() >= static_cast<std::size_t>(page_size))
    throw failed("the order has 100 refunds or more; whether this one is among them cannot be told",
                 "too_many_to_look_through");
  Json body = body_of(call, "order_id");
  // Money is returned at the payment service only when the flow says so.
  if (!body.contains("api_refund")) body.set("api_refund", false);
  add_mark(body, call);
  Response reply = co_await shop.ask("POST", path, {}, body);
  co_return reply.json();
}

/// Coupons and products have a field of their own that is unique (`code`, `sku`), by which an earlier
/// attempt's is found at once. A product may go without: then the latest are looked through.
Operation<Json> create_unique(Call call, std::string path, std::string unique) {
  Shop shop(call);
  const std::string value = call.input(unique).to_text();
  if (!value.empty()) {
    const Pairs same = pair(unique, value);
    Response had = co_await shop.ask("GET", path, same, nullptr);
    for (const Json& one : had.json().items())
      if (has_mark(one, call.idempotency_key())) co_return one;
  } else {
    Json existing = co_await find_marked(call, path);
    if (!existing.is_null()) co_return existing;
  }
  Json body = body_of(call);
  add_mark(body, call);
  Response reply = co_await shop.ask("POST", path, {}, body);
  co_return reply.json();
}

Operation<Json> create_coupon(Call call) { co_return co_await create_unique(call, "coupons", "code"); }
Operation<Json> create_product(Call call) { co_return co_await create_unique(call, "products", "sku"); }

/// A GET that needs a valid key and costs the shop next to nothing.
Operation<std::string> check(Call call) {
  Shop shop(call);
  Pairs query = pair("per_page", "1");
  query.emplace_back("_fields", "id");
  Response reply = co_await shop.ask("GET", "orders", query, nullptr);
  co_return call.setting("url").to_text();
}

SampleDelivery make_sample(const Incoming& from) {
  std::string topic = from.trigger();
  if (const auto bar = topic.rfind('_'); bar != std::string::npos) topic[bar] = '.';
  if (topic == "action") topic = "action.woocommerce_order_status_changed";
  const std::string secret = decode_entities(from.secret("webhook_secret").reveal());
  SampleDelivery out{.method = "POST", .body = from.body()};
  out.headers = {{"content-type", "application/json"},
                 {"user-agent", "WooCommerce/11.0.1 Hookshot (WordPress/6.9)"},
                 {"x-wc-webhook-topic", topic},
                 {"x-wc-webhook-resource", topic.substr(0, topic.find('.'))},
                 {"x-wc-webhook-event", topic.substr(topic.find('.') + 1)},
                 {"x-wc-webhook-signature", to_base64(hmac_sha256(secret, from.body()))},
                 {"x-wc-webhook-id", "1"},
                 {"x-wc-webhook-delivery-id", to_hex(sha256(from.body())).substr(0, 32)}};
  return out;
}

#include "declaration.ipp"

}  // namespace

Connector waggle::connector() { return declaration(); }
WAGGLE_PLUGIN_ENTRY();
