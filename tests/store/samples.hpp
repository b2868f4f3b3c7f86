// What the store tests share: a folder that goes away, sample records, and waiting for a completion.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "core/store/ids.hpp"
#include "core/store/store.hpp"

namespace waggle::store::testing {

/// A new folder under the system's temporary folder, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string name = std::filesystem::temp_directory_path() / "waggle-store-XXXXXX";
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  std::string path(const std::string& below = {}) const {
    return below.empty() ? path_ : path_ + "/" + below;
  }

 private:
  std::string path_;
};

/// Calls `start` with a completion and waits for it. Longer than this is a hang, not slowness.
template <class T, class Start>
Result<T> wait_for(Start start) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto future = promise->get_future();
  start(Done<T>([promise](Result<T> result) { promise->set_value(std::move(result)); }));
  if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
    return bug("the completion was not called within 60 s");
  return future.get();
}

inline constexpr std::int64_t kNoon = 1'795'000'000'000;  // some day of 2026, UTC

inline Event sample_event(std::string dedupe_key = {}, std::int64_t at_ms = kNoon) {
  Event event;
  event.id = new_id(at_ms);
  event.source = "my-shop";
  event.connector = "woocommerce";
  event.trigger = "order_created";
  event.connection = "my-shop";
  event.dedupe_key = std::move(dedupe_key);
  event.delivery_id = "delivery-1";
  event.received_ms = at_ms;
  event.meta = R"({"headers":{"x-wc-webhook-topic":"order.created"}})";
  event.body = R"({"id":7,"total":"29.35"})";
  return event;
}

inline Run sample_run(const Event& event, std::string flow = "new-order") {
  Run run;
  run.id = new_id(event.received_ms);
  run.event_id = event.id;
  run.flow = std::move(flow);
  run.version = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  run.subject = "Order 7";
  run.created_ms = event.received_ms;
  run.seed = 0xfedcba9876543210u;
  return run;
}

/// One event and one queued run.
inline Arrival sample_arrival(std::string dedupe_key = {}, std::int64_t at_ms = kNoon) {
  Arrival arrival;
  arrival.event = sample_event(std::move(dedupe_key), at_ms);
  arrival.runs.push_back({sample_run(arrival.event), {}, {}, 0});
  return arrival;
}

inline Result<std::vector<Arrived>> arrive(Store& store, std::vector<Arrival> arrivals) {
  return wait_for<std::vector<Arrived>>(
      [&](auto done) { store.arrive(std::move(arrivals), std::move(done)); });
}
inline Result<std::vector<Arrived>> arrive(Store& store, const Arrival& arrival) {
  return arrive(store, std::vector<Arrival>{arrival});
}
inline Result<void> update(Store& store, const RunUpdate& change) {
  return wait_for<void>([&](auto done) { store.update_run(change, std::move(done)); });
}

}  // namespace waggle::store::testing
