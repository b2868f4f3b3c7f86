// Drives a built connector, NAME.so, through the C boundary alone, as any host does: requests in, actions
// with canned answers. Used by the tests of connectors; one thread.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <waggle/abi.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <waggle/encoding.hpp>
#include <waggle/json.hpp>
#include <waggle/spec.hpp>

namespace waggle::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline Json parse(const std::string& text) {
  auto json = Json::parse(text);
  if (!json) ADD_FAILURE() << json.error().message << " in " << text.substr(0, 200);
  return json ? std::move(json).value() : Json();
}

inline Json read_json(const std::filesystem::path& path) { return parse(read_file(path)); }

inline std::filesystem::path source() { return WAGGLE_SOURCE_DIR; }
inline std::filesystem::path shared() {
  const char* const given = std::getenv("WAGGLE_SHARED");
  return given ? std::filesystem::path(given) : source() / "../shared";
}

inline Json sample(const std::string& connector, const std::string& name) {
  return read_json(source() / "connectors" / connector / "samples" / (name + ".json"));
}

/// A request as a connector sees it; names of headers are made lower case, as the front door does.
struct Request {
  std::string method = "POST";
  std::string path = "/hooks/test";
  std::string query = {};
  Pairs headers = {};
  std::string body = {};
};

struct Answer {
  std::uint32_t status = 0;  // waggle_status
  Json head;
  std::string body;

  bool done() const { return status == WAGGLE_DONE; }
  /// What the sender gets to see.
  int http_status() const {
    if (done()) return static_cast<int>(head.at("reply").at("status").as_int(200));
    if (head.contains("status")) return static_cast<int>(head.at("status").as_int());
    const std::string next = head.text("next");
    return next == "invalid" ? 400 : next == "denied" ? 401 : 503;
  }
  const Json& events() const { return head.at("events"); }
  const Json& event() const { return events().at(std::size_t{0}); }
  const Json& output() const { return head.at("output"); }
  std::string next() const { return head.text("next"); }
  std::string message() const { return head.text("message"); }
};

/// A request that a connector made, and what it is answered.
struct Outgoing {
  std::string method = {}, url = {}, body = {};
  Pairs headers = {};
  std::string header(const std::string& name) const {
    for (const auto& [key, value] : headers)
      if (same_name(key, name)) return value;
    return {};
  }
  std::string url_without_query() const { return url.substr(0, url.find('?')); }
  Pairs query() const {
    return url.find('?') == std::string::npos ? Pairs() : parse_form(url.substr(url.find('?') + 1));
  }
};
struct Canned {
  int status = 200;
  std::string body = {};
  Pairs headers = {{"content-type", "application/json"}};
};

class Driver {
 public:
  explicit Driver(const std::string& name) {
    const std::string file = std::string(WAGGLE_PLUGIN_DIR) + "/" + name + ".so";
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      ADD_FAILURE() << ::dlerror();
      std::abort();
    }
    plugin_ = reinterpret_cast<waggle_plugin_entry_fn>(::dlsym(library, "waggle_plugin_entry"))();
    const auto text = plugin_->describe();
    auto read = ConnectorSpec::from_json(parse(std::string(text.data, text.size)));
    if (!read) ADD_FAILURE() << name << ": " << read.error().message;
    if (read) spec_ = std::move(read).value();
  }

  const ConnectorSpec& spec() const { return spec_; }

  std::int64_t now_ms = 1'795'420'800'000;  ///< 2026-11-23T08:00:00Z
  Json connection = Json::object();
  std::vector<Outgoing> sent;                    ///< by the last act or check
  std::function<Canned(const Outgoing&)> world;  ///< answers requests; none = the test expects no request
  std::vector<Canned> script;                    ///< or: answers in order
  std::string idempotency_key = "run-1/step-1";
  int attempt = 1;
  std::int64_t run_began_ms = 0;  ///< 0: not told

  Answer receive(const Request& request, const std::string& trigger = {},
                 const Json& settings = Json::object()) {
    Json headers = Json::array();
    for (const auto& [name, value] : request.headers) {
      std::string low = name;
      for (char& c : low) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      headers.push(Json::array({low, value}));
    }
    Json head = base("receive");
    head.set("request", Json{{"method", request.method},
                             {"path", request.path},
                             {"query", request.query},
                             {"headers", headers},
                             {"params", Json::object()},
                             {"remote", "192.0.2.1"}});
    if (!trigger.empty()) {
      head.set("trigger", trigger);
      head.set("settings", settings);
    }
    return run(head, request.body);
  }

  Answer act(const std::string& action, const Json& input) {
    Json head = base("act");
    head.set("action", action);
    head.set("input", input);
    head.set("idempotency_key", idempotency_key);
    head.set("attempt", attempt);
    if (run_began_ms > 0) head.set("run_began_ms", run_began_ms);
    return run(head, "");
  }
  Answer check() { return run(base("check"), ""); }

  /// The delivery that the connector itself signs for this payload.
  Request signed_sample(const std::string& trigger, const std::string& payload,
                        const Json& settings = Json::object()) {
    Json head = base("sample");
    head.set("trigger", trigger);
    head.set("settings", settings);
    const Answer answer = run(head, payload);
    EXPECT_TRUE(answer.done()) << trigger << ": " << answer.message();
    Request out{
        .method = answer.head.text("method"), .query = answer.head.text("query"), .body = answer.body};
    for (const Json& pair : answer.head.at("headers").items())
      out.headers.emplace_back(pair.at(std::size_t{0}).to_text(), pair.at(std::size_t{1}).to_text());
    return out;
  }

 private:
  Json base(const char* operation) const {
    Json head{{"operation", operation}, {"now_ms", now_ms}};
    if (connection.size() > 0) {
      head.set("connection", connection);
      head.set("connection_name", "test");
    }
    return head;
  }

  static Json head_of(const waggle_message& said) {
    auto head = waggle::detail::parse_head({said.head.data, said.head.size});
    if (!head) ADD_FAILURE() << head.error().message;
    return head ? std::move(*head) : Json();
  }

  static waggle_bytes bytes(const std::string& text) { return {text.data(), text.size()}; }

  Answer run(const Json& head, const std::string& body) {
    sent.clear();
    const std::string text = head.dump();
    waggle_operation* operation = nullptr;
    waggle_message out{};
    std::uint32_t status = plugin_->start({bytes(text), bytes(body)}, &operation, &out);
    while (status == WAGGLE_EFFECT) {
      const Json effect = head_of(out);
      const std::string effect_body(out.body.data ? out.body.data : "", out.body.size);
      std::string outcome = "{}", outcome_body;
      if (effect.text("effect") == "http") {
        const Canned answer = perform(effect, effect_body);
        Json pairs = Json::array();
        for (const auto& [name, value] : answer.headers) pairs.push(Json::array({name, value}));
        outcome = Json{{"status", answer.status}, {"headers", pairs}}.dump();
        outcome_body = answer.body;
        if (answer.status == 0)
          outcome = R"({"error":{"next":"retry","message":"no answer","code":"network"}})";
      }
      status = plugin_->step(operation, {bytes(outcome), bytes(outcome_body)}, &out);
    }
    Answer answer{status, head_of(out), std::string(out.body.data ? out.body.data : "", out.body.size)};
    plugin_->drop(operation);
    return answer;
  }

  Canned perform(const Json& effect, const std::string& body) {
    Outgoing request{effect.text("method"), effect.text("url"), body, {}};
    for (const Json& pair : effect.at("headers").items())
      request.headers.emplace_back(pair.at(std::size_t{0}).to_text(), pair.at(std::size_t{1}).to_text());
    sent.push_back(request);
    if (world) return world(request);
    if (sent.size() <= script.size()) return script[sent.size() - 1];
    ADD_FAILURE() << "nothing was prepared for " << request.method << " " << request.url;
    return {.status = 500};
  }

  const waggle_plugin* plugin_ = nullptr;
  ConnectorSpec spec_;
};

}  // namespace waggle::test
