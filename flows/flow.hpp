// A flow: one YAML file, loaded, checked and compiled. Immutable, shared by all runs that began with this
// version; any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/json.hpp>
#include <waggle/spec.hpp>

#include "flows/problem.hpp"
#include "flows/rate.hpp"

namespace waggle::flows {

struct Body;  // the compiled steps; flows/ only

/// When to try a failed effect again. delays[i] is the pause before try i + 2; so tries = delays.size() + 1.
struct RetryPlan {
  std::vector<std::chrono::milliseconds> delays;
  double jitter = 0.2;  ///< each delay +-20 %, so that a thousand runs do not come back at once

  bool operator==(const RetryPlan&) const = default;
};

/// `none | quick | normal | patient`; nullopt for an unknown word. Design: normal = 0, 5 s, 30 s, 5 m, 30 m,
/// 2 h, 5 h, 10 h, 24 h, 24 h.
std::optional<RetryPlan> named_retry_plan(std::string_view name);

struct Trigger {
  std::string connector;   ///< `woocommerce`, `webhook`; `schedule` and `manual` are the engine's own
  std::string id;          ///< `order_created`, `default`; empty for schedule and manual
  std::string connection;  ///< empty: the only connection of the connector, or none needed
  Json settings;           ///< checked against the declaration; ${env...} not resolved here
  Position at;
};

struct Dedupe {
  std::chrono::seconds keep = std::chrono::hours(24 * 7);
};

enum class RunOrder {
  unset,
  parallel,       ///< each run begins at once
  one_at_a_time,  ///< in the order of acceptance, each when the one before it has ended
  latest_only,    ///< one at a time, and of those that wait only the newest
};
std::string_view to_string(RunOrder order);  // the words of the flow file; frozen: they are stored
RunOrder run_order_from(std::string_view word);

/// When a flow's runs may begin. A flow without `runs`, `limit` and `debounce` has none of it.
struct Pacing {
  RunOrder runs = RunOrder::parallel;
  std::optional<Rate> limit;
  std::chrono::milliseconds debounce{0};  ///< a run begins when nothing has come for so long; 0 = at once

  bool operator==(const Pacing&) const = default;
};

/// What a flow may refer to. Implemented by the project (core) and by tests.
class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual const ConnectorSpec* connector(std::string_view id) const = 0;
  virtual std::vector<std::string> connector_ids() const = 0;
  /// The connector of a connection; empty when there is no such connection.
  virtual std::string connection_connector(std::string_view connection) const = 0;
  virtual std::vector<std::string> connections_of(std::string_view connector) const = 0;
  /// YAML text of another flow, for `call`; nullopt when there is none.
  virtual std::optional<std::string> flow_text(std::string_view id) const = 0;
  virtual std::vector<std::string> flow_ids() const = 0;
};

class Flow {
 public:
  Flow(std::string id, std::shared_ptr<const Body> body);

  const std::string& id() const;
  const std::string& description() const;
  /// SHA-256 hex over the bundle: the same text is the same version.
  const std::string& version() const;
  /// {"flow id": "yaml text", ...}: this flow and every flow it calls; what the store keeps, and
  /// `load_bundle` reads.
  const std::string& bundle() const;
  const std::vector<Trigger>& triggers() const;
  const std::optional<Dedupe>& dedupe() const;  ///< the key itself: Run::dedupe_key
  /// nullopt: every run begins at once. The key of `per`: Run::pace_key
  const std::optional<Pacing>& pacing() const;
  /// No step has steps of its own: computing the flow costs a few expressions, however long a payload's
  /// lists.
  bool brief() const;
  bool enabled() const;  ///< `enabled: false` keeps a flow loaded but starts nothing
  const Body& body() const { return *body_; }

 private:
  std::string id_;
  std::shared_ptr<const Body> body_;
};

struct Loaded {
  std::shared_ptr<const Flow> flow;  ///< null when there are errors
  Problems problems;                 ///< errors and warnings, in order of position
};

/// Loads one flow file. `id` is the file name without `.yaml`; `file` is how problems name it.
Loaded load_flow(std::string_view id, std::string_view file, std::string_view yaml, const Catalog& catalog);

/// Rebuilds a version that the store kept, for a run that began with it. Declarations are looked up in
/// `catalog` as they are now.
Loaded load_bundle(std::string_view id, std::string_view bundle, const Catalog& catalog);

}  // namespace waggle::flows
