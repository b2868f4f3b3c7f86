// HTTP: any request to anywhere, with the ways of showing who one is, pages of lists, and an Idempotency-Key.
#include <waggle/connector.hpp>

#include "paging.hpp"
#include "target.hpp"

using namespace waggle;
using namespace waggle::http_connector;

namespace {

/// JSON when its type says so and it is; else text; else (a picture, a PDF) base64.
void put_body(Json& out, const Response& reply) {
  std::string type = reply.header("content-type");
  type = type.substr(0, type.find_first_of("; "));
  const bool says_json = type.ends_with("/json") || type.ends_with("+json");
  if (auto json = says_json ? Json::parse(reply.body()) : Result<Json>(Json()); says_json && json.ok())
    out.set("body", std::move(*json));
  else if (is_utf8(reply.body()))
    out.set("body", reply.body());
  else
    out.set("body_base64", to_base64(reply.body()));
}

Json headers_of(const Response& reply) {
  Json out = Json::object();
  for (const auto& [name, value] : reply.headers()) {
    std::string low = name;
    for (char& c : low)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    out.set(low, out.contains(low) ? out.text(low) + ", " + value : value);  // as RFC 9110 joins them
  }
  return out;
}

void put_content(http::Request& request, const Call& call) {
  const bool has_json = call.inputs().contains("json");
  const bool has_form = call.input("form").is_object(), has_body = call.input("body").is_string();
  if (has_json + has_form + has_body > 1) throw invalid("give only one of json, form and body", "two_bodies");
  if (has_json) request.json(call.input("json"));
  if (has_form) request.form(call.input("form"));
  if (has_body) {
    const std::string type = call.input("content_type").to_text();
    request.body(call.input("body").as_string(), type.empty() ? "text/plain; charset=utf-8" : type);
  }
}

/// The same key for every attempt of this step, for the many services that know this header.
/// Source: draft-ietf-httpapi-idempotency-key-header (read 2026-11)
void put_key(http::Request& request, const Call& call, const std::string& method) {
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") return;
  const Json& wish = call.input("idempotency_key");
  if (wish.is_bool() && !wish.as_bool()) return;
  request.header("idempotency-key", call.idempotency_key());
}

http::Request make_request(const Call& call, const std::string& method, const std::string& url) {
  if (origin_of(url).empty())
    throw invalid("url \"" + url + "\" is no http or https address (and may hold no user name)", "bad_url");
  auto request = http::request(method, url);
  put_content(request, call);
  put_key(request, call, method);
  for (const auto& [name, value] : call.input("headers").members())
    if (!value.is_null()) request.header(name, value.to_text());
  return request;
}

std::string first_url(const Call& call) {
  auto request = http::get(address_of(call, call.input("url").to_text()));
  for (const auto& [name, value] : call.input("query").members()) {
    if (value.is_array())
      for (const Json& one : value.items()) request.query(name, one);
    else
      request.query(name, value);
  }
  return request.url();
}

/// fail_on: 4xx (usual: also 5xx and 3xx), 5xx, never.
void throw_if_unwanted(const Call& call, const Response& reply) {
  const std::string fail_on = call.input("fail_on").to_text();
  if (reply.ok() || fail_on == "never") return;
  if (fail_on == "5xx" && reply.status() < 500 && reply.status() != 429 && reply.status() != 408) return;
  throw error_for_status(reply);
}

Operation<Json> perform(Call call, std::string method) {
  Paging paging(call.input("paging"), call.input("max_pages").as_int(0));
  if (paging.on() && method != "GET") throw invalid("only GET goes through pages", "bad_paging");
  Authority authority(call);
  co_await authority.prepare();
  std::string url = paging.first(first_url(call));
  const std::string origin = origin_of(url);
  Json items = Json::array();
  std::int64_t pages = 0;
  for (;;) {
    auto request = make_request(call, method, url);
    authority.put(request);
    Response reply = co_await request;
    throw_if_unwanted(call, reply);
    ++pages;
    const auto next = paging.on() && reply.ok() ? paging.take(reply, url, items) : std::nullopt;
    if (next) {
      // Headers that the flow gave may hold a key, so the whole walk stays where it began.
      url = resolved(url, *next);
      if (origin_of(url) != origin)
        throw failed("the next page is at another host, " + origin_of(url) + "; it was not asked",
                     "other_origin");
      continue;
    }
    Json out = Json::object();
    out.set("status", reply.status());
    out.set("headers", headers_of(reply));
    if (paging.on() && reply.ok()) {
      out.set("body", std::move(items));
      out.set("pages", pages);
      out.set("more", paging.more());
    } else {
      put_body(out, reply);
    }
    co_return out;
  }
}

Operation<Json> get(Call call) { return perform(std::move(call), "GET"); }
Operation<Json> post(Call call) { return perform(std::move(call), "POST"); }
Operation<Json> put(Call call) { return perform(std::move(call), "PUT"); }
Operation<Json> patch(Call call) { return perform(std::move(call), "PATCH"); }
Operation<Json> del(Call call) { return perform(std::move(call), "DELETE"); }
Operation<Json> request(Call call) {
  std::string method = call.input("method").to_text();
  for (char& c : method)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (method.empty() || method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != std::string::npos ||
      method == "CONNECT" || method == "TRACE")
    throw invalid(
        "method \"" + method + "\" is not possible; write GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS",
        "bad_method");
  return perform(std::move(call), std::move(method));
}

/// Asks check_url (or base_url) as the actions would.
Operation<std::string> check(Call call) {
  Authority authority(call);
  co_await authority.prepare();
  const std::string base = call.setting("base_url").to_text(), path = call.setting("check_url").to_text();
  if (base.empty() && path.empty()) co_return "";
  auto request = http::get(address_of(call, path));
  authority.put(request);
  Response reply = co_await request;
  // Any answer but these shows that the address and the credentials are good enough to try; many have nothing
  // at their root.
  if (!path.empty() || reply.status() == 401 || reply.status() == 403 || reply.status() >= 500)
    throw_for_status(reply);
  co_return origin_of(base.empty() ? path : base);
}

std::vector<Field> settings() {
  return {
      url("base_url")
          .describe("Addresses that begin with / are behind this one. Needed with credentials, which are "
                    "sent nowhere else.")
          .example("https://api.example.com/v1"),
      choice("auth", {"none", "basic", "bearer", "header", "query", "oauth2"})
          .describe("How to show who we are.")
          .fallback("none"),
      text("username").describe("basic: the user name."),
      secret("password").describe("basic: the password."),
      secret("token").describe("bearer, header, query: the token or key."),
      text("name").describe(
          "header, query: the name under which the token is sent. Usually X-Api-Key, and api_key."),
      url("token_url").describe("oauth2: where a token is fetched with the client credentials."),
      text("client_id").describe("oauth2."),
      secret("client_secret").describe("oauth2."),
      text("scope").describe("oauth2: scopes, with spaces between."),
      text("check_url")
          .describe("What the check of this connection asks with GET; without it, base_url must only answer.")
          .example("/me"),
  };
}

std::vector<Field> inputs(bool with_body, bool with_method) {
  std::vector<Field> out{text("url")
                             .describe("The address, or what follows the connection's base_url.")
                             .required()
                             .example("https://api.example.com/orders"),
                         object("query").describe("What goes behind the ?; a list repeats its name."),
                         object("headers").describe("Headers by name."),
                         choice("fail_on", {"4xx", "5xx", "never"})
                             .describe("Which answers are errors. 4xx: all but 2xx. 5xx: only those, 408 and "
                                       "429. never: the flow looks at `status` itself.")
                             .fallback("4xx")};
  if (with_method)
    out.push_back(
        text("method").describe("GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS.").required().example("GET"));
  if (with_body) {
    out.push_back(any("json").describe("The body, sent as JSON."));
    out.push_back(object("form").describe("The body, sent as a form; a list repeats its name."));
    out.push_back(text("body").describe("The body as it is; say its content_type."));
    out.push_back(text("content_type").describe("Of `body`.").example("application/xml"));
    out.push_back(boolean("idempotency_key")
                      .describe("Whether to send the header Idempotency-Key, the same at each attempt.")
                      .fallback(true));
  }
  if (!with_body || with_method) {
    out.push_back(
        object(
            "paging",
            {choice("kind", {"link_header", "cursor", "page"})
                 .describe("How the service names the next page.")
                 .required(),
             text("items").describe(
                 "Where the list stands in an answer, like data.items; without it the answer is the list."),
             text("next").describe(
                 "cursor: where the cursor (or the next address) stands, like meta.next_cursor."),
             text("parameter").describe("cursor, page: the query parameter. Usually cursor, and page."),
             integer("start").describe("page: the first page's number.").fallback(1),
             integer("size").describe(
                 "page: items on a full page; a shorter one is the last. Without it an empty one is.")})
            .describe("Goes through all pages of a list and gives their items as `body`."));
    out.push_back(integer("max_pages")
                      .describe("Stop behind so many pages, up to 1000, with `more` in the output. Without "
                                "it a list of more than 10 pages is an error."));
  }
  return out;
}

}  // namespace

Connector waggle::connector() {
  using enum Idempotency;
  const std::vector<Field> outputs{
      integer("status").describe("The HTTP status."),
      object("headers").describe("By name, in small letters."),
      any("body").describe("JSON when the answer is; else text. With paging: all items."),
      text("body_base64").describe("Instead of body, when it is neither."),
      integer("pages").describe("How many pages were fetched."),
      boolean("more").describe("With paging: the list goes on behind max_pages.")};
  const auto one = [&](const char* id, const char* help, Operation<Json> (*run)(Call), bool with_body,
                       Idempotency idempotency) {
    return Action{.id = id,
                  .help = help,
                  .inputs = inputs(with_body, std::string_view(id) == "request"),
                  .run = run,
                  .outputs = outputs,
                  .idempotency = idempotency,
                  .samples = {std::string(id) + ".json"}};
  };
  // PUT and DELETE twice is once (RFC 9110, 9.2.2, read 2026-11). The others carry our key too, but whether
  // the receiver knows it is known to nobody here.
  return {.id = "http",
          .title = "HTTP",
          .version = "0.1.0",
          .help = "Requests to anything that speaks HTTP.",
          .settings = settings(),
          .connection_optional = true,
          .check = check,
          .actions = {one("get", "Fetch something.", get, false, read),
                      one("post", "Send something.", post, true, unset),
                      one("put", "Put something in a place.", put, true, native),
                      one("patch", "Change a part of something.", patch, true, unset),
                      one("delete", "Delete something.", del, true, native),
                      one("request", "Any method.", request, true, unset)}};
}
WAGGLE_PLUGIN_ENTRY();
