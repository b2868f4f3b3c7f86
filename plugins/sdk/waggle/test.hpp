// Tests of connectors without a network: a Script plays the host. It runs an operation of a plugin through
// the C boundary and answers its effects in order: what was expected, with the canned answer. For test
// programs; one thread.
//
//   test::Script script(plugin);                               // what waggle_plugin_entry() returned
//   script.connection({{"bot_token", "xoxb-1"}});
//   script.expect("POST", "https://slack.com/api/chat.postMessage").answer(200, {{"ok", true}, {"ts",
//   "1.2"}}); test::Outcome got = script.act("post_message", {{"channel", "#a"}, {"text", "hi"}}); got.ok;
//   got.output.text("ts"); got.requests[0].json().text("channel");
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/abi.h>
#include <waggle/encoding.hpp>
#include <waggle/json.hpp>
#include <waggle/result.hpp>
#include <waggle/time.hpp>

namespace waggle::test {

/// A request that the operation made.
struct Sent {
  std::string method;
  std::string url;
  Pairs headers;
  std::string body;

  std::string header(std::string_view name) const;  ///< whatever its letters' case; empty when there is none
  Json json() const;                                ///< null when the body is not JSON
};

/// How an operation ended.
struct Outcome {
  bool ok = false;
  Error error;             ///< when not ok; a departure from the script is a `bug` with the code "script"
  int refusal_status = 0;  ///< of a refused request, when the connector chose one
  Json head;               ///< the whole result, as docs/plugin-abi.md has it
  std::string body;        ///< of the reply, or of the sample
  Json output;             ///< of an action
  std::vector<Sent> requests;
  std::vector<std::chrono::milliseconds> sleeps;
  int blocking = 0;  ///< how often it asked for the blocking pool

  const Json& event(std::size_t index = 0) const { return head.at("events").at(index); }
};

/// An expected request and its answer; 200 with an empty body unless told.
class Exchange {
 public:
  Exchange(std::string method, std::string url) : method_(std::move(method)), url_(std::move(url)) {}

  Exchange& answer(int status, const Json& body, Pairs headers = {});  ///< as application/json
  Exchange& answer_text(int status, std::string body, Pairs headers = {});
  Exchange& break_with(Error error);  ///< no answer came: as the host says it (usually retry)

 private:
  friend class Script;
  std::string method_;
  std::string url_;
  Json head_{{"status", 200}, {"headers", Json::array()}};
  std::string body_;
};

class Script {
 public:
  explicit Script(const waggle_plugin* plugin) : plugin_(plugin) {}

  Script& connection(Json settings, std::string name = "test");
  Script& now(Time now) { return now_ = now, *this; }
  Script& attempt(int number) { return attempt_ = number, *this; }
  Script& idempotency_key(std::string key) { return key_ = std::move(key), *this; }
  /// The next request must be this one. The reference is good until the next call of expect.
  Exchange& expect(std::string method, std::string url) {
    return exchanges_.emplace_back(std::move(method), std::move(url));
  }

  Outcome act(std::string action, Json input = Json::object());
  Outcome check();
  /// `request`: {"method","path","query","headers","params","remote"}; what is missing is empty.
  Outcome receive(Json request, std::string body, std::string trigger = {}, Json settings = Json::object());
  Outcome sample(std::string trigger, std::string payload, Json settings = Json::object());

 private:
  Json head(std::string_view operation) const;
  Outcome run(const Json& head, std::string_view body);
  /// The outcome of one effect; the error says how it departs from the script.
  Result<std::pair<std::string, std::string>> perform(const Json& effect, std::string body, Outcome& out);

  const waggle_plugin* plugin_;
  Json connection_;
  std::string connection_name_;
  Time now_ = from_unix_seconds(1795420800);  // 2026-11-23
  int attempt_ = 1;
  std::string key_ = "test-key";
  std::deque<Exchange> exchanges_;
};

}  // namespace waggle::test

#include <waggle/detail/test.ipp>
