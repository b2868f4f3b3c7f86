// The SDK: a connector is one .cpp that includes this, defines waggle::connector() and ends with
// WAGGLE_PLUGIN_ENTRY(). Its functions run on any thread, different operations at once; so they keep no state
// between calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <waggle/abi.h>
#include <waggle/call.hpp>
#include <waggle/fields.hpp>
#include <waggle/http.hpp>
#include <waggle/operation.hpp>
#include <waggle/spec.hpp>

namespace waggle {

/// Answers a request to one of our addresses: a function, or an Operation when it must ask the app first.
class Accept {
 public:
  using Function = Received (*)(const Incoming&);
  using Asynchronous = Operation<Received> (*)(Incoming);

  Accept() = default;
  Accept(Function function) : function_(function) {}         // NOLINT: implicit on purpose
  Accept(Asynchronous operation) : operation_(operation) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return function_ || operation_; }
  bool operator==(const Accept&) const = default;
  Operation<Received> operator()(Incoming incoming) const;

 private:
  Function function_ = nullptr;
  Asynchronous operation_ = nullptr;
};

struct Trigger {
  std::string id = {};
  std::string help = {};
  Accept accept =
      {};  ///< for hook triggers either this on one of them (or the same on all), or Connector::receive
  Delivery delivery = Delivery::hook;
  std::vector<Field> settings = {};
  std::vector<Field> payload = {};
  std::vector<std::string> samples = {};
};

struct Action {
  std::string id = {};
  std::string help = {};
  std::vector<Field> inputs = {};
  Operation<Json> (*run)(Call) = nullptr;
  std::vector<Field> outputs = {};
  Idempotency idempotency = Idempotency::unset;
  bool open_inputs = false;  ///< also takes inputs that are not listed
  std::vector<std::string> samples = {};
};

/// The declaration. See waggle/spec.hpp for what each fact means.
struct Connector {
  std::string id = {};
  std::string title = {};
  std::string version = {};
  std::string help = {};
  std::vector<Field> settings = {};
  bool connection_optional = false;
  /// Is this connection alive? Returns a word that tells a person which account it is; throws denied or
  /// retry.
  Operation<std::string> (*check)(Call) = nullptr;
  Accept receive = {};  ///< all hook triggers' requests; tells by the request which trigger each event is of
  /// Signs a test delivery: given trigger(), when(), secret() and the payload as body().
  SampleDelivery (*sample)(const Incoming&) = nullptr;
  std::vector<Trigger> triggers = {};
  std::vector<Action> actions = {};
};

/// Defined by the plugin.
Connector connector();

}  // namespace waggle

#include <waggle/detail/entry.ipp>

/// Once per plugin, at the end of its .cpp: the one exported function.
#define WAGGLE_PLUGIN_ENTRY()                                                                 \
  extern "C" __attribute__((visibility("default"))) const waggle_plugin* waggle_plugin_entry( \
      void) noexcept {                                                                        \
    return &::waggle::detail::plugin;                                                         \
  }                                                                                           \
  static_assert(true)
