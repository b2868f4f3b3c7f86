// Metrics: what /metrics shows, in Prometheus' text format. Counters are looked up once per flow or
// connection (a lock and a map) and then kept: adding to one is an atomic operation. Made once at start; any
// thread. Handles live as long as the Metrics.
//
//   Counter received = metrics.events_received("my-shop");   // when the project is loaded
//   received.add();                                          // per event
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace waggle::observe {

class Counter {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  void add(double amount = 1) const;

 private:
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void set(double value) const;
  void add(double amount) const;

 private:
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  void observe(std::chrono::nanoseconds took) const;

 private:
  prometheus::Histogram* histogram_;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();

  Counter events_received(std::string_view source);   ///< waggle_events_received_total: without repeats
  Counter events_duplicate(std::string_view source);  ///< waggle_events_duplicate_total
  Counter runs(std::string_view flow,
               std::string_view state);  ///< waggle_runs_total; `state` is a final state's word, or parked
  /// waggle_effects_total; `outcome` is `done`, or the error's next action.
  Counter effects(std::string_view connector, std::string_view action, std::string_view outcome);
  Histogram ack_time();                               ///< waggle_ack_seconds: delivery read until stored
  Histogram effect_time(std::string_view connector);  ///< waggle_effect_seconds: one attempt
  /// waggle_destination_open: 1 while calls to it are held back by its circuit breaker.
  Gauge destination_open(std::string_view destination);
  Counter calls_held(std::string_view destination);  ///< waggle_calls_held_total
  /// Drops a destination's two series. Its handles are gone then: not while anybody may use one.
  void forget_destination(std::string_view destination);
  Gauge runs_in_memory();                     ///< waggle_runs_in_memory
  Counter deleted(std::string_view what);     ///< waggle_deleted_total{what}: by retention and prune
  Gauge store_bytes(std::string_view which);  ///< waggle_store_bytes{which}: database, used, log, disk_free
  Gauge store_queued_bytes();             ///< waggle_store_queued_bytes: of writes that wait for their commit
  Gauge build(std::string_view version);  ///< waggle_build_info{version}: always 1

  /// The text of /metrics; its content type is `content_type`.
  std::string text() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace waggle::observe
