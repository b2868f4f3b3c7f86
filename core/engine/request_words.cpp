#include "core/engine/request_words.hpp"

#include <algorithm>
#include <array>

#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <waggle/json.hpp>
#include <waggle/time.hpp>

#include "core/engine/intake.hpp"
#include "core/engine/valid_utf8.hpp"

namespace waggle::engine {
namespace {

/// Credentials of the sender: verified by the connector, of no use to a flow, and never stored.
constexpr std::array<std::string_view, 4> withheld_headers = {"authorization", "cookie",
                                                              "proxy-authorization", "x-api-key"};

Json params_json(const Params& params) {
  Json json = Json::object();
  for (const auto& [name, value] : params) json.set(name, value);
  return json;
}

}  // namespace

std::string receive_head(const http::Request& request, const Params& params, const HookTarget& target,
                         const std::string& connection_json, std::int64_t now_ms) {
  std::string head = R"({"operation":"receive","now_ms":)" + std::to_string(now_ms);
  if (!target.connection.empty()) {
    head += ",\"connection_name\":";
    Json(target.connection).append_to(head);
    head += ",\"connection\":" + connection_json;
  }
  if (!target.trigger.empty()) {
    head += ",\"trigger\":";
    Json(target.trigger).append_to(head);
    head += ",\"settings\":" + target.settings_json;
  }
  Json::Array headers;
  for (const auto& [name, value] : request.headers)
    headers.push_back(Json::array({Json(name), Json(valid_utf8(value))}));
  head += ",\"request\":";
  Json{{"method", request.method},           {"path", request.path},
       {"query", valid_utf8(request.query)}, {"headers", Json::array(std::move(headers))},
       {"params", params_json(params)},      {"remote", request.remote}}
      .append_to(head);
  return head += '}';
}

std::string meta_json(const store::Event& event, const http::Request& request, const Params& params) {
  Json headers = Json::object();
  for (const auto& [name, value] : request.headers) {
    if (std::find(withheld_headers.begin(), withheld_headers.end(), name) != withheld_headers.end()) continue;
    if (const Json* first = headers.find(name))
      headers.set(
          name, first->to_text() + ", " + valid_utf8(value));  // RFC 9110, 5.3: repeated fields are one list
    else
      headers.set(name, valid_utf8(value));
  }
  Json meta = {{"id", event.id},
               {"trigger", event.connector + "." + event.trigger},
               {"received_at", to_rfc3339(from_unix_ms(event.received_ms))},
               {"connection", event.connection},
               {"delivery_id", event.delivery_id},
               {"method", request.method},
               {"headers", std::move(headers)},
               {"query", query_json(request.query)},
               {"path", params_json(params)}};
  return meta.dump();
}

Json query_json(std::string_view query) {
  Json json = Json::object();
  try {
    Poco::URI uri;
    uri.setRawQuery(std::string(query));
    for (const auto& [raw_name, raw_value] : uri.getQueryParameters()) {
      const std::string name = valid_utf8(raw_name);
      const std::string value = valid_utf8(raw_value);
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

std::uint64_t seed_of(std::string_view run_id) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a, 64 bits: fixed for ever, unlike std::hash
  for (const char byte : run_id) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  return hash & 0x7fffffffffffffffu;  // the store keeps signed 64 bits
}

flows::Run begin_run(const std::shared_ptr<const flows::Flow>& flow, const store::Run& row,
                     std::shared_ptr<const flows::ParsedJson> event,
                     std::shared_ptr<const flows::ParsedJson> meta,
                     std::shared_ptr<const flows::ParsedJson> vars) {
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
