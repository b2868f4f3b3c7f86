// What a connector's functions are given: Call (an action or a check) and Incoming (a request to one of our
// addresses), and what the latter answer: Received. Cheap to copy; references stay valid as long as one copy
// of the Call or Incoming lives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/encoding.hpp>
#include <waggle/json.hpp>
#include <waggle/result.hpp>
#include <waggle/secret.hpp>
#include <waggle/time.hpp>

namespace waggle {

/// What both kinds of call have: the connection, and the host's clock when the operation began.
class Context {
 public:
  explicit Context(std::shared_ptr<const Json> head) : head_(std::move(head)) {}

  /// A secret of the connection. Throws `denied` when it is missing or empty: nothing is ever checked against
  /// nothing.
  Secret secret(std::string_view name) const;
  /// A setting of the connection; null when it is not set. Secrets are not given this way.
  const Json& setting(std::string_view name) const { return head_->at("connection").at(name); }
  bool has(std::string_view name) const { return !head_->at("connection").text(name).empty(); }
  /// The connection's name; empty when there is none.
  const std::string& connection() const { return head_->at("connection_name").as_string(); }
  Time now() const { return from_unix_ms(head_->at("now_ms").as_int()); }

 protected:
  const Json& head() const { return *head_; }

 private:
  std::shared_ptr<const Json> head_;
};

/// An action, or a check of a connection. The host has checked the inputs against the declaration.
class Call : public Context {
 public:
  using Context::Context;

  const Json& input(std::string_view name) const { return inputs().at(name); }  ///< null when it is not given
  const Json& inputs() const { return head().at("input"); }
  /// The same for every attempt at this step of this run. Hand it to the app wherever the app understands
  /// such a key.
  const std::string& idempotency_key() const { return head().at("idempotency_key").as_string(); }
  int attempt() const { return static_cast<int>(head().at("attempt").as_int(1)); }
  /// When this step's run began, by the host's clock: nothing that a try of it made is older. Not always
  /// told.
  std::optional<Time> run_began() const {
    const std::int64_t ms = head().at("run_began_ms").as_int(0);
    return ms > 0 ? std::optional(from_unix_ms(ms)) : std::nullopt;
  }
};

/// A request that came to an address of ours.
class Incoming : public Context {
 public:
  Incoming(std::shared_ptr<const Json> head, std::shared_ptr<const std::string> body);

  const std::string& method() const { return request().at("method").as_string(); }
  const std::string& path() const { return request().at("path").as_string(); }
  const std::string& raw_query() const { return request().at("query").as_string(); }
  Pairs query() const { return parse_form(raw_query()); }
  const std::string& remote() const { return request().at("remote").as_string(); }  ///< the sender's address
  /// The first header of that name, whatever its letters' case; empty when there is none.
  const std::string& header(std::string_view name) const;
  std::vector<std::string> headers(std::string_view name) const;
  const Json& headers() const { return request().at("headers"); }  ///< [[name, value], ...]
  const Json& param(std::string_view name) const {
    return request().at("params").at(name);
  }  ///< of the path's pattern
  const Json& params() const { return request().at("params"); }

  const std::string& body() const { return *body_; }  ///< byte for byte as it came
  const Json& json() const;                           ///< the body; throws `invalid` when it is not JSON
  Pairs form() const { return parse_form(*body_); }

  /// For a trigger at a path: which one it is, and what its flow set under `when`.
  const std::string& trigger() const { return head().at("trigger").as_string(); }
  const Json& when(std::string_view name) const { return head().at("settings").at(name); }
  const Json& when() const { return head().at("settings"); }

 private:
  const Json& request() const { return head().at("request"); }

  std::shared_ptr<const std::string> body_;
  mutable std::shared_ptr<const Result<Json>> json_;  // parsed when first asked for
};

/// One thing that happened.
struct Event {
  std::string trigger = {};          ///< which of the connector's triggers it is
  std::optional<Json> payload = {};  ///< absent: the request's body, which is JSON, byte for byte
  std::string dedupe_key = {};       ///< the same for repeats of the same thing; empty = none known
  std::string delivery_id = {};      ///< the sender's name for this delivery
  std::optional<Time> occurred_at = {};
};

/// The answer to a request: what goes back to the sender, and what happened (often one event; none for a
/// handshake).
struct Received {
  int status = 200;
  Pairs headers = {};
  std::string body = {};
  std::vector<Event> events = {};
};

/// A delivery as the app itself would send it: `waggle send` and tests make it from a payload.
struct SampleDelivery {
  std::string method = "POST";
  std::string query = {};
  Pairs headers = {};
  std::string body = {};
};

/// Throw this to refuse a request with a status of your choice (an Error thrown: invalid 400, denied 401,
/// else 503).
struct Refusal {
  int status = 400;
  Error error = {};
  bool without_body = false;  ///< some senders take nothing but an empty answer; else the error is told
};

}  // namespace waggle

#include <waggle/detail/call.ipp>
