// The plugin's side of the C boundary: bytes to Call and Incoming, coroutines to effects, exceptions to
// errors. Included by connector.hpp alone. Nothing thrown leaves a function that the host calls.
#pragma once

#include <exception>
#include <memory>
#include <new>
#include <variant>

#include <waggle/connector.hpp>
#include <waggle/detail/message.ipp>

namespace waggle::detail {

inline std::string_view view(waggle_bytes bytes) {
  return bytes.data ? std::string_view(bytes.data, bytes.size) : std::string_view();
}
inline waggle_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

inline const Connector& declared() {
  static const Connector connector = waggle::connector();
  return connector;
}

// Declaration.

inline ConnectorSpec spec_of(const Connector& connector) {
  ConnectorSpec out{.id = connector.id,
                    .title = connector.title,
                    .version = connector.version,
                    .help = connector.help,
                    .settings = connector.settings,
                    .connection_optional = connector.connection_optional,
                    .checks = connector.check != nullptr};
  for (const Trigger& one : connector.triggers)
    out.triggers.push_back({one.id, one.help, one.delivery, one.settings, one.payload, one.samples});
  for (const Action& one : connector.actions)
    out.actions.push_back(
        {one.id, one.help, one.inputs, one.outputs, one.idempotency, one.open_inputs, one.samples});
  return out;
}

/// The function that answers requests for hook triggers: `receive`, or what the triggers agree on.
inline Accept hook_function(const Connector& connector) {
  if (connector.receive) return connector.receive;
  for (const Trigger& trigger : connector.triggers)
    if (trigger.delivery == Delivery::hook && trigger.accept) return trigger.accept;
  return {};
}

inline void check_functions(const Connector& connector) {
  const Accept hook = hook_function(connector);
  for (const Trigger& trigger : connector.triggers) {
    if (trigger.delivery == Delivery::path && !trigger.accept)
      throw bug("trigger " + trigger.id + " is at a path, but has no accept function");
    if (trigger.delivery != Delivery::hook) continue;
    if (!hook) throw bug("trigger " + trigger.id + " has no accept function, and the connector no receive");
    if (!connector.receive && trigger.accept && !(trigger.accept == hook))
      throw bug(
          "hook triggers have different accept functions; give the connector one receive that tells them "
          "apart");
  }
  for (const Action& action : connector.actions)
    if (!action.run) throw bug("action " + action.id + " has no function");
}

inline std::string describe_text() {
  try {
    const Connector& connector = declared();
    const Json json = spec_of(connector).to_json();
    if (auto spec = ConnectorSpec::from_json(json); !spec.ok()) throw spec.error();
    check_functions(connector);
    return json.dump();
  } catch (const Error& error) {
    return Json{{"error", error_to_json(error)}}.dump();
  } catch (const std::exception& problem) {
    return Json{{"error", error_to_json(bug(problem.what()))}}.dump();
  } catch (...) {
    return R"({"error":{"next":"bug","message":"connector() threw something that is no exception"}})";
  }
}

inline waggle_bytes describe() noexcept {
  static const std::string text = describe_text();
  return bytes(text);
}

// Results.

struct Reply {
  Json head;
  std::string body = {};
};

inline Reply reply_of(Json output) { return {Json{{"output", std::move(output)}}}; }
inline Reply reply_of(std::string account) {
  return {account.empty() ? Json::object() : Json{{"account", std::move(account)}}};
}
inline Reply reply_of(Received received) {
  Json reply{{"status", received.status}};
  if (!received.headers.empty()) reply.set("headers", pairs_to_json(received.headers));
  Json events = Json::array();
  for (Event& event : received.events) {
    Json& one = events.push(Json{{"trigger", std::move(event.trigger)}});
    if (event.payload)
      one.set("payload", std::move(*event.payload));
    else
      one.set("payload_from", "body");
    if (!event.dedupe_key.empty()) one.set("dedupe_key", std::move(event.dedupe_key));
    if (!event.delivery_id.empty()) one.set("delivery_id", std::move(event.delivery_id));
    if (event.occurred_at) one.set("occurred_at", to_rfc3339(*event.occurred_at));
  }
  return {Json{{"reply", std::move(reply)}, {"events", std::move(events)}}, std::move(received.body)};
}

inline Reply reply_of(SampleDelivery sample) {
  Json head{{"method", std::move(sample.method)}, {"headers", pairs_to_json(sample.headers)}};
  if (!sample.query.empty()) head.set("query", std::move(sample.query));
  return {std::move(head), std::move(sample.body)};
}

inline Json head_of_thrown(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const Error& error) {
    Json head = error_to_json(error);
    if (error.next == Next::unset) head.set("next", to_string(Next::bug));
    return head;
  } catch (const Refusal& refusal) {
    Json head = error_to_json(refusal.error);
    if (refusal.error.next == Next::unset) head.set("next", to_string(Next::invalid));
    head.set("status", refusal.status);
    if (refusal.without_body) head.set("without_body", true);
    return head;
  } catch (const std::exception& problem) {
    return error_to_json(bug(problem.what(), "exception"));
  } catch (...) {
    return error_to_json(bug("the connector threw something that is no exception", "exception"));
  }
}

/// The coroutine of an operation, by the kind of its result.
using Running = std::variant<std::monostate, Operation<Json>, Operation<std::string>, Operation<Received>,
                             Operation<SampleDelivery>>;

/// Begins what the head asks for.
inline Running begin(std::shared_ptr<const Json> head, std::string_view body) {
  const Connector& connector = declared();
  const std::string operation = head->text("operation");
  if (operation == "act") {
    const std::string id = head->text("action");
    const Action* const action = by_id(connector.actions, id);
    if (!action) throw invalid("there is no action " + connector.id + "." + id, "unknown_action");
    return action->run(Call(std::move(head)));
  }
  if (operation == "check") {
    if (!connector.check) throw bug(connector.id + " has no check of connections", "no_check");
    return connector.check(Call(std::move(head)));
  }
  if (operation == "receive" || operation == "sample") {
    const std::string id = head->text("trigger");
    const Trigger* const trigger = by_id(connector.triggers, id);
    if (!id.empty() && !trigger)
      throw invalid("there is no trigger " + connector.id + "." + id, "unknown_trigger");
    const auto bytes = std::make_shared<const std::string>(body);
    if (operation == "sample") {
      if (!connector.sample) throw invalid(connector.id + " makes no sample deliveries", "no_sample");
      return [](auto make, Incoming from) -> Operation<SampleDelivery> { co_return make(from); }(
                                              connector.sample, Incoming(std::move(head), bytes));
    }
    const Accept accept = trigger && trigger->accept ? trigger->accept : hook_function(connector);
    if (!accept) throw invalid(connector.id + " takes no requests", "no_triggers");
    return accept(Incoming(std::move(head), bytes));
  }
  throw bug("this plugin does not know the operation \"" + operation + "\"", "unknown_operation");
}

/// An operation in progress, and the memory of its last message.
class Task {
 public:
  uint32_t start(waggle_message input, waggle_message* out) noexcept {
    return guarded(out, [&] {
      auto head = std::make_shared<const Json>(parse(view(input.head)));
      session_.now = from_unix_ms(head->at("now_ms").as_int());
      running_ = begin(std::move(head), view(input.body));
      visit([&](auto& operation) { operation.begin(session_); });
    });
  }

  uint32_t step(waggle_message outcome, waggle_message* out) noexcept {
    return guarded(out, [&] {
      if (!session_.waiting) throw bug("step was called on an operation that waits for nothing", "bad_step");
      session_.head = parse(view(outcome.head));
      session_.body = view(outcome.body);
      std::exchange(session_.waiting, {}).resume();
    });
  }

 private:
  static Json parse(std::string_view text) {
    auto json = parse_head(text);
    if (!json.ok()) throw bug("the host sent a message that is " + json.error().message, "bad_message");
    return std::move(json).value();
  }

  template <class F>
  void visit(F use) {
    std::visit(
        [&](auto& operation) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(operation)>, std::monostate>) use(operation);
        },
        running_);
  }

  template <class F>
  uint32_t guarded(waggle_message* out, F run) noexcept {
    try {
      run();
      return speak(out);
    } catch (...) {
      return give_up(out);
    }
  }

  /// After the coroutine stopped: at an effect, or at its end.
  uint32_t speak(waggle_message* out) {
    if (session_.waiting) {
      head_ = session_.head.dump();
      body_ = std::move(session_.body);
      return say(WAGGLE_EFFECT, out);
    }
    Reply reply;
    visit([&](auto& operation) { reply = reply_of(operation.take()); });
    head_ = reply.head.dump();
    body_ = std::move(reply.body);
    return say(WAGGLE_DONE, out);
  }

  uint32_t give_up(waggle_message* out) noexcept {
    body_.clear();
    try {
      head_ = head_of_thrown(std::current_exception()).dump();
    } catch (...) {
      *out = {bytes(R"({"next":"retry","message":"out of memory"})"), {nullptr, 0}};
      return WAGGLE_ERROR;
    }
    return say(WAGGLE_ERROR, out);
  }

  uint32_t say(uint32_t status, waggle_message* out) noexcept {
    *out = {bytes(head_), bytes(body_)};
    return status;
  }

  Session session_;
  Running running_;
  std::string head_;
  std::string body_;
};

}  // namespace waggle::detail

struct waggle_operation {
  waggle::detail::Task task;
};

namespace waggle::detail {

/// Stands for an operation for which there was no memory.
inline waggle_operation* no_operation() noexcept {
  static char place;
  return reinterpret_cast<waggle_operation*>(&place);
}

inline uint32_t start(waggle_message input, waggle_operation** operation, waggle_message* out) noexcept {
  *operation = new (std::nothrow) waggle_operation;
  if (*operation) return (*operation)->task.start(input, out);
  *operation = no_operation();
  *out = {bytes(R"({"next":"retry","message":"out of memory"})"), {nullptr, 0}};
  return WAGGLE_ERROR;
}

inline uint32_t step(waggle_operation* operation, waggle_message outcome, waggle_message* out) noexcept {
  return operation->task.step(outcome, out);
}

inline void drop(waggle_operation* operation) noexcept {
  if (operation != no_operation()) delete operation;
}

inline constexpr waggle_plugin plugin{WAGGLE_ABI_MAGIC,
                                      WAGGLE_ABI_MAJOR,
                                      WAGGLE_ABI_MINOR,
                                      sizeof(waggle_plugin),
                                      &describe,
                                      &start,
                                      &step,
                                      &drop};

}  // namespace waggle::detail

namespace waggle {

inline Operation<Received> Accept::operator()(Incoming incoming) const {
  if (operation_) return operation_(std::move(incoming));
  return [](Function function, Incoming given) -> Operation<Received> { co_return function(given); }(
                                                   function_, std::move(incoming));
}

}  // namespace waggle
