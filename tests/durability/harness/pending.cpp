#include "tests/durability/harness/pending.hpp"

#include <future>

#include "core/clock.hpp"
#include "core/store/ids.hpp"
#include "core/store/store.hpp"

namespace waggle::durability {
namespace {

constexpr std::int64_t kInOneCommit = 1000;

Result<store::Arrival> only_one(store::Reader& reader) {
  WAGGLE_TRY(const auto runs, reader.runs({}));
  if (runs.size() != 1) return failed("the folder holds " + std::to_string(runs.size()) + " runs, not one");
  WAGGLE_TRY(const auto detail, reader.run(runs[0].id));
  store::Arrival arrival{detail->event, 0, {}};
  arrival.runs.push_back({detail->run, {}, {}, 0});
  arrival.runs[0].run.state = store::RunState::queued;
  return arrival;
}

}  // namespace

Result<void> add_pending_runs(const std::string& data_dir, std::int64_t count) {
  WAGGLE_TRY(const auto reader, store::open_sqlite_reader(data_dir));
  WAGGLE_TRY(const store::Arrival pattern, only_one(*reader));
  WAGGLE_TRY(const auto store, store::open_sqlite({.data_dir = data_dir}));
  for (std::int64_t number = 0; number < count; number += kInOneCommit) {
    std::vector<store::Arrival> arrivals;
    for (std::int64_t i = number; i < std::min(count, number + kInOneCommit); ++i) {
      store::Arrival arrival = pattern;
      arrival.event.id = store::new_id(waggle::now_ms());
      arrival.event.delivery_id = arrival.event.dedupe_key = "pending-" + std::to_string(i);
      arrival.runs[0].run.id = store::new_id(waggle::now_ms());
      arrival.runs[0].run.event_id = arrival.event.id;
      arrivals.push_back(std::move(arrival));
    }
    std::promise<Result<void>> written;
    store->arrive(std::move(arrivals), [&written](Result<std::vector<store::Arrived>> arrived) {
      written.set_value(arrived.ok() ? Result<void>() : Result<void>(arrived.error()));
    });
    WAGGLE_TRY_VOID(written.get_future().get());
  }
  store->close();
  return {};
}

}  // namespace waggle::durability
