#include "core/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace waggle::observe {
namespace {

/// Seconds. An acknowledgement is one group commit, half a millisecond to some 10 ms; senders give up at 3 s
/// (Slack) or later.
const prometheus::Histogram::BucketBoundaries ack_buckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                             0.1,    0.25,  0.5,    1,     2.5,  5};
/// Seconds. An attempt is a web request: some ms on the own network up to the 30 s of its time-out.
const prometheus::Histogram::BucketBoundaries effect_buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                                0.5,   1,    2.5,   5,    10,  30};

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;

  prometheus::Family<prometheus::Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<prometheus::Gauge>& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  prometheus::Family<prometheus::Histogram>& histogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  prometheus::Family<prometheus::Counter>& events_received =
      counter("waggle_events_received_total", "Events accepted and stored, repeats not counted");
  prometheus::Family<prometheus::Counter>& events_duplicate =
      counter("waggle_events_duplicate_total",
              "Events recognised as repeats of a stored one; with those received, all that came");
  prometheus::Family<prometheus::Counter>& runs =
      counter("waggle_runs_total", "Runs by the state they reached; not those superseded or discarded");
  prometheus::Family<prometheus::Counter>& effects =
      counter("waggle_effects_total", "Attempts of actions by outcome");
  prometheus::Family<prometheus::Gauge>& destination_open =
      gauge("waggle_destination_open", "1 while an app that fails is left alone");
  prometheus::Family<prometheus::Counter>& calls_held =
      counter("waggle_calls_held_total", "Calls that had to leave memory and wait for their app");
  prometheus::Family<prometheus::Gauge>& in_memory =
      gauge("waggle_runs_in_memory", "Runs that are live in memory");
  prometheus::Family<prometheus::Counter>& deleted =
      counter("waggle_deleted_total", "Records deleted by retention and prune");
  prometheus::Family<prometheus::Gauge>& store_bytes =
      gauge("waggle_store_bytes", "Sizes of the store's files, and what is free on their disk");
  prometheus::Family<prometheus::Gauge>& queued =
      gauge("waggle_store_queued_bytes", "Size of the writes that wait for their commit");
  prometheus::Family<prometheus::Gauge>& build =
      gauge("waggle_build_info", "Always 1; the labels say what runs");
  prometheus::Family<prometheus::Histogram>& ack =
      histogram("waggle_ack_seconds", "From a delivery being read until its events are stored");
  prometheus::Family<prometheus::Histogram>& effect_time =
      histogram("waggle_effect_seconds", "Duration of one attempt of an action");
};

void Counter::add(double amount) const { counter_->Increment(amount); }
void Gauge::set(double value) const { gauge_->Set(value); }
void Gauge::add(double amount) const { gauge_->Increment(amount); }
void Histogram::observe(std::chrono::nanoseconds took) const {
  histogram_->Observe(std::chrono::duration<double>(took).count());
}

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  // Unlabelled ones show a zero from the start; a missing series looks like a broken scrape.
  ack_time(), runs_in_memory(), store_queued_bytes();
}
Metrics::~Metrics() = default;

Counter Metrics::events_received(std::string_view source) {
  return Counter(families_->events_received.Add({{"source", std::string(source)}}));
}
Counter Metrics::events_duplicate(std::string_view source) {
  return Counter(families_->events_duplicate.Add({{"source", std::string(source)}}));
}
Counter Metrics::runs(std::string_view flow, std::string_view state) {
  return Counter(families_->runs.Add({{"flow", std::string(flow)}, {"state", std::string(state)}}));
}
Counter Metrics::effects(std::string_view connector, std::string_view action, std::string_view outcome) {
  return Counter(families_->effects.Add({{"connector", std::string(connector)},
                                         {"action", std::string(action)},
                                         {"outcome", std::string(outcome)}}));
}
Histogram Metrics::ack_time() { return Histogram(families_->ack.Add({}, ack_buckets)); }
Histogram Metrics::effect_time(std::string_view connector) {
  return Histogram(families_->effect_time.Add({{"connector", std::string(connector)}}, effect_buckets));
}
Gauge Metrics::destination_open(std::string_view destination) {
  return Gauge(families_->destination_open.Add({{"destination", std::string(destination)}}));
}
Counter Metrics::calls_held(std::string_view destination) {
  return Counter(families_->calls_held.Add({{"destination", std::string(destination)}}));
}
void Metrics::forget_destination(std::string_view destination) {
  const prometheus::Labels labels{{"destination", std::string(destination)}};
  const auto forget = [&labels](auto& family) {
    if (family.Has(labels)) family.Remove(&family.Add(labels));
  };
  forget(families_->destination_open);
  forget(families_->calls_held);
}
Gauge Metrics::runs_in_memory() { return Gauge(families_->in_memory.Add({})); }
Counter Metrics::deleted(std::string_view what) {
  return Counter(families_->deleted.Add({{"what", std::string(what)}}));
}
Gauge Metrics::store_bytes(std::string_view which) {
  return Gauge(families_->store_bytes.Add({{"which", std::string(which)}}));
}
Gauge Metrics::store_queued_bytes() { return Gauge(families_->queued.Add({})); }
Gauge Metrics::build(std::string_view version) {
  return Gauge(families_->build.Add({{"version", std::string(version)}}));
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace waggle::observe
