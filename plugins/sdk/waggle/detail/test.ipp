// Included by test.hpp alone.
#pragma once

#include <waggle/detail/message.ipp>
#include <waggle/test.hpp>

namespace waggle::test {

inline std::string Sent::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return {};
}

inline Json Sent::json() const {
  auto out = Json::parse(body);
  return out.ok() ? std::move(out).value() : Json();
}

inline Exchange& Exchange::answer(int status, const Json& body, Pairs headers) {
  headers.emplace_back("content-type", "application/json");
  return answer_text(status, body.dump(), std::move(headers));
}

inline Exchange& Exchange::answer_text(int status, std::string body, Pairs headers) {
  head_ = Json{{"status", status}, {"headers", waggle::detail::pairs_to_json(headers)}};
  body_ = std::move(body);
  return *this;
}

inline Exchange& Exchange::break_with(Error error) {
  head_ = Json{{"error", waggle::detail::error_to_json(error)}};
  body_.clear();
  return *this;
}

inline Script& Script::connection(Json settings, std::string name) {
  connection_ = std::move(settings);
  connection_name_ = std::move(name);
  return *this;
}

inline Json Script::head(std::string_view operation) const {
  Json out{{"operation", operation}, {"now_ms", to_unix_ms(now_)}};
  if (!connection_.is_null()) {
    out.set("connection", connection_);
    out.set("connection_name", connection_name_);
  }
  return out;
}

inline Outcome Script::act(std::string action, Json input) {
  Json message = head("act");
  message.set("action", std::move(action));
  message.set("input", std::move(input));
  message.set("idempotency_key", key_);
  message.set("attempt", attempt_);
  return run(message, {});
}

inline Outcome Script::check() { return run(head("check"), {}); }

inline Outcome Script::receive(Json request, std::string body, std::string trigger, Json settings) {
  Json message = head("receive");
  Json full{{"method", "POST"},         {"path", "/hooks/test"},    {"query", ""},
            {"headers", Json::array()}, {"params", Json::object()}, {"remote", "127.0.0.1"}};
  for (auto& [key, value] : request.members()) full.set(key, std::move(value));
  message.set("request", std::move(full));
  if (!trigger.empty()) {
    message.set("trigger", std::move(trigger));
    message.set("settings", std::move(settings));
  }
  return run(message, body);
}

inline Outcome Script::sample(std::string trigger, std::string payload, Json settings) {
  Json message = head("sample");
  message.set("trigger", std::move(trigger));
  message.set("settings", std::move(settings));
  return run(message, payload);
}

inline Result<std::pair<std::string, std::string>> Script::perform(const Json& effect, std::string body,
                                                                   Outcome& out) {
  const std::string kind = effect.text("effect");
  if (kind == "sleep") {
    out.sleeps.emplace_back(effect.at("ms").as_int());
    return std::pair<std::string, std::string>("{}", "");
  }
  if (kind == "blocking") {
    ++out.blocking;
    return std::pair<std::string, std::string>("{}", "");
  }
  if (kind != "http")
    return bug("the connector asked for an effect that there is not: " + effect.dump(), "script");
  const Sent& sent =
      out.requests.emplace_back(Sent{effect.text("method"), effect.text("url"),
                                     waggle::detail::pairs_from_json(effect.at("headers")), std::move(body)});
  const std::string made = sent.method + " " + sent.url;
  if (exchanges_.empty())
    return bug("the connector made a request that the script does not expect: " + made, "script");
  const Exchange next = std::move(exchanges_.front());
  exchanges_.pop_front();
  if (made != next.method_ + " " + next.url_)
    return bug("the script expects " + next.method_ + " " + next.url_ + ", but the connector made " + made,
               "script");
  return std::pair(next.head_.dump(), next.body_);
}

inline Outcome Script::run(const Json& head, std::string_view body) {
  const auto borrow = [](std::string_view text) { return waggle_bytes{text.data(), text.size()}; };
  const auto view = [](waggle_bytes bytes) {
    return bytes.data ? std::string_view(bytes.data, bytes.size) : std::string_view();
  };
  Outcome out;
  const std::string text = head.dump();
  waggle_operation* operation = nullptr;
  waggle_message said{};
  std::uint32_t status = plugin_->start({borrow(text), borrow(body)}, &operation, &said);
  const auto fail = [&](Error error) {
    plugin_->drop(operation);
    out.error = std::move(error);
    return out;
  };
  for (;;) {
    auto answer = waggle::detail::parse_head(view(said.head));
    if (!answer.ok()) return fail(bug("the plugin's answer is " + answer.error().message, "script"));
    if (status != WAGGLE_EFFECT) {
      out.head = std::move(answer).value();
      out.body = view(said.body);
      break;
    }
    auto outcome = perform(*answer, std::string(view(said.body)), out);
    if (!outcome.ok()) return fail(std::move(outcome).error());
    status = plugin_->step(operation, {borrow(outcome->first), borrow(outcome->second)}, &said);
  }
  if (status == WAGGLE_ERROR) {
    out.refusal_status = static_cast<int>(out.head.at("status").as_int());
    return fail(waggle::detail::error_from_json(out.head));
  }
  if (!exchanges_.empty())
    return fail(bug("the script expects " + exchanges_.front().method_ + " " + exchanges_.front().url_ +
                        ", but the connector was done without it",
                    "script"));
  plugin_->drop(operation);
  out.ok = true;
  out.output = out.head.at("output");
  return out;
}

}  // namespace waggle::test
