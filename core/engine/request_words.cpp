#include "core/engine/request_words.hpp"

#include <algorithm>
#include <array>

#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <waggle/json.hpp>
#include <waggle/time.hpp>

#include "core/engine/intake.hpp"
#include "core/engine/json_text.hpp"
#include "core/engine/valid_utf8.hpp"

namespace waggle::engine {
namespace {

/// Credentials of the sender: verified by the connector, of no use to a flow, and never stored.
constexpr std::array<std::string_view, 4> withheld_headers = {"authorization", "cookie",
                                                              "proxy-authorization", "x-api-key"};

/// Room for what is in every head besides what its sender wrote.
constexpr std::size_t head_bytes = 512;

std::size_t size_of(const http::Headers& headers) {
  constexpr std::size_t around_each = 6;  // quotes, comma, brackets
  std::size_t size = 0;
  for (const auto& [name, value] : headers) size += name.size() + value.size() + around_each;
  return size;
}

/// A member whose value came from outside. A known secret in it, such as the token of a webhook that wants it
/// in a header of its own, is not stored.
void append_sent(std::string& out, std::string_view key, std::string_view value,
                 const secrets::Redactor& secrets) {
  if (secrets.finds(value)) return append_member(out, key, secrets.mask(value));
  append_member(out, key, value);
}

void append_params(std::string& out, const Params& params, const secrets::Redactor& secrets = {}) {
  out += '{';
  for (const auto& [name, value] : params) append_sent(out, name, value, secrets);
  out += '}';
}

/// Headers as an object. RFC 9110, 5.3: repeated fields are one list.
void append_fields(std::string& out, const http::Headers& headers, const secrets::Redactor& secrets) {
  out += '{';
  for (auto field = headers.begin(); field != headers.end(); ++field) {
    const std::string& name = field->first;
    const auto same = [&](const auto& other) { return other.first == name; };
    if (std::find(withheld_headers.begin(), withheld_headers.end(), name) != withheld_headers.end()) continue;
    if (std::any_of(headers.begin(), field, same)) continue;  // stands where it came first
    std::string value = field->second;
    for (auto more = std::find_if(field + 1, headers.end(), same); more != headers.end();
         more = std::find_if(more + 1, headers.end(), same))
      value += ", " + more->second;
    append_sent(out, name, value, secrets);
  }
  out += '}';
}

}  // namespace

std::string receive_head(const http::Request& request, const Params& params, const HookTarget& target,
                         const std::string& connection_json, std::int64_t now_ms) {
  std::string head;
  head.reserve(head_bytes + connection_json.size() + target.settings_json.size() + request.path.size() +
               request.query.size() + size_of(request.headers));
  head += R"({"operation":"receive","now_ms":)" + std::to_string(now_ms);
  if (!target.connection.empty()) {
    append_member(head, "connection_name", target.connection);
    append_key(head, "connection");
    head += connection_json;
  }
  if (!target.trigger.empty()) {
    append_member(head, "trigger", target.trigger);
    append_key(head, "settings");
    head += target.settings_json;
  }
  append_key(head, "request");
  head += '{';
  append_member(head, "method", request.method);
  append_member(head, "path", request.path);
  append_member(head, "query", request.query);
  append_pairs(head, "headers", request.headers);
  append_key(head, "params");
  append_params(head, params);
  append_member(head, "remote", request.remote);
  return head += "}}";
}

std::string meta_json(const store::Event& event, const http::Request& request, const Params& params,
                      const secrets::Redactor& secrets) {
  std::string meta;
  meta.reserve(head_bytes + size_of(request.headers));
  meta += '{';
  append_member(meta, "id", event.id);
  append_member(meta, "trigger",
                event.trigger.empty() ? event.connector : event.connector + "." + event.trigger);
  append_member(meta, "received_at", to_rfc3339(from_unix_ms(event.received_ms)));
  append_member(meta, "connection", event.connection);
  append_member(meta, "delivery_id", event.delivery_id);
  append_member(meta, "method", request.method);
  append_key(meta, "headers");
  append_fields(meta, request.headers, secrets);
  append_key(meta, "query");
  query_json(request.query, secrets).append_to(meta);
  append_key(meta, "path");
  append_params(meta, params, secrets);
  return meta += '}';
}

Json query_json(std::string_view query, const secrets::Redactor& secrets) {
  Json json = Json::object();
  if (query.empty()) return json;
  try {
    Poco::URI uri;
    uri.setRawQuery(std::string(query));
    for (const auto& [raw_name, raw_value] : uri.getQueryParameters()) {
      const std::string name = valid_utf8(raw_name);
      std::string value = valid_utf8(raw_value);
      if (secrets.finds(value)) value = secrets.mask(value);
      const Json* first = json.find(name);
      if (!first) {
        json.set(name, value);
      } else if (first->is_array()) {
        json.set(name, Json(*first)).push(value);
      } else {
        json.set(name, Json::array({*first, Json(value)}));
      }
    }
  } catch (const Poco::Exception&) {  // a bad escape: the raw text is in the connector's hands, meta.query
                                      // stays as far as it got
  }
  return json;
}

http::Reply problem(int status, std::string_view code, std::string_view message) {
  Json error = {{"error", Json{{"code", code}, {"message", message}}}};
  return http::Reply::json(status, error.dump() + "\n");
}

http::Reply try_again(std::string_view why) {
  http::Reply reply = problem(503, "try_again", std::string(why) + "; send it again in a moment");
  reply.headers.emplace_back("retry-after", "1");
  return reply;
}

http::Reply reply_from(std::string_view reply_json) {
  http::Reply reply;
  const auto wanted = Json::parse(reply_json);
  if (!wanted.ok()) return reply;
  reply.status = static_cast<int>(wanted->at("status").as_int(200));
  for (const auto& [name, value] : wanted->at("headers").members())
    reply.headers.emplace_back(name, value.to_text());
  const Json& body = wanted->at("body");
  const bool typed = !http::header(reply.headers, "content-type").empty();
  if (!typed && !body.is_null())
    reply.headers.emplace_back("content-type",
                               body.is_string() ? "text/plain; charset=utf-8" : "application/json");
  reply.body = body.to_text();
  return reply;
}

http::Reply reply_of_ended(const store::Run& run) {
  Json body = {{"run", run.id}, {"state", store::to_string(run.state)}};
  if (run.error) body.set("error", run.error->message);
  const int status = run.state == store::RunState::failed ? 500 : store::is_final(run.state) ? 200 : 202;
  return http::Reply::json(status, body.dump());
}

Result<std::optional<http::Reply>> first_reply(store::Reader& reader, const std::string& event_id) {
  store::RunFilter of_event;
  of_event.event_id = event_id;
  WAGGLE_TRY(const auto runs, reader.runs(of_event));
  std::optional<http::Reply> ended;
  for (const store::Run& listed : runs) {
    WAGGLE_TRY(const auto detail, reader.run(listed.id));
    if (!detail) continue;
    if (!detail->run.reply.empty()) return std::optional(reply_from(detail->run.reply));
    if (detail->run.state != store::RunState::queued) ended = reply_of_ended(detail->run);
  }
  return ended;
}

std::uint64_t seed_of(std::string_view run_id) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a, 64 bits: fixed for ever, unlike std::hash
  for (const char byte : run_id) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  return hash & 0x7fffffffffffffffu;  // the store keeps signed 64 bits
}

flows::Run begin_run(const std::shared_ptr<const flows::Flow>& flow, const store::Run& row,
                     std::shared_ptr<const flows::ParsedJson> event,
                     std::shared_ptr<const flows::ParsedJson> meta, std::shared_ptr<const flows::Vars> vars) {
  flows::RunInput input;
  input.run_id = row.id;
  input.event = std::move(event);
  input.meta = std::move(meta);
  input.vars = std::move(vars);
  input.started_ms = row.created_ms;
  input.seed = row.seed;
  return flows::Run::begin(flow, std::move(input));
}

http::Respond late_answer(http::Loop& loop, http::Respond respond) {
  if (!respond) return {};
  auto shared = std::make_shared<http::Respond>(std::move(respond));
  const auto cancel = loop.after(reply_deadline, [shared] {
    if (*shared)
      std::exchange(*shared, {})(problem(202, "still_running", "the event is stored; its run goes on"));
  });
  return [shared, cancel](http::Reply reply) {
    cancel();
    if (*shared) std::exchange(*shared, {})(std::move(reply));
  };
}

}  // namespace waggle::engine
