// Measures the store alone: how many durable writes per second, in which groups, at what cost in CPU.
//   bench_store DIR arrive|runs [WINDOW] [SECONDS] [BODY_BYTES]
// `arrive`: events with one queued run each.  `runs`: the same, and each run is then finished with one
// effect, one attempt and a trace, as the engine does.  WINDOW writes are always outstanding, as WINDOW
// keep-alive connections would have.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/store/ids.hpp"
#include "core/store/store.hpp"

namespace {

using namespace waggle;
using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Bench {
  std::unique_ptr<store::Store> store;
  bool with_runs = false;
  std::string body;
  std::atomic<bool> stop{false};
  std::atomic<long> outstanding{0}, events{0}, failures{0};
  std::vector<double> ack_ms;  // writer thread only

  store::Arrival arrival() const {
    const std::int64_t now = store::now_ms();
    store::Arrival arrival;
    arrival.event.id = store::new_id(now);
    arrival.event.source = arrival.event.connection = "my-shop";
    arrival.event.connector = "woocommerce";
    arrival.event.trigger = "order_created";
    arrival.event.dedupe_key = "order:" + arrival.event.id.substr(19) + ":2026-11-23T10:00:00";
    arrival.event.delivery_id = arrival.event.id;
    arrival.event.received_ms = now;
    arrival.event.meta.assign(500, 'm');
    arrival.event.body = body;
    store::Run run;
    run.id = store::new_id(now);
    run.event_id = arrival.event.id;
    run.flow = "new-order";
    run.version.assign(64, 'a');
    run.subject = "Order 12345";
    run.created_ms = now;
    run.seed = 0x1234567890abcdefull;
    arrival.runs.push_back({std::move(run), {}, {}, 0});
    return arrival;
  }

  static store::RunUpdate finished(store::Run run) {
    run.state = store::RunState::succeeded;
    run.ended_ms = store::now_ms();
    run.trace.assign(600, 't');
    store::RunUpdate update;
    update.effects.push_back({run.id,
                              "2",
                              store::EffectState::done,
                              "",
                              "http",
                              "post",
                              "",
                              std::string(300, 'i'),
                              std::string(150, 'o'),
                              {},
                              1,
                              0,
                              run.ended_ms});
    update.attempts.push_back({run.id, "2", 1, run.ended_ms, 3, {}, std::string(700, 'x')});
    update.run = std::move(run);
    return update;
  }

  void next() {
    if (stop) {
      --outstanding;
      return;
    }
    store::Arrival arrived = arrival();
    store::Run run = arrived.runs[0].run;
    std::vector<store::Arrival> request;
    request.push_back(std::move(arrived));
    const auto begun = Clock::now();
    store->arrive(std::move(request), [this, begun, run = std::move(run)](auto result) mutable {
      if (!result.ok()) ++failures;
      ack_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
      if (!with_runs) {
        ++events;
        return next();
      }
      store->update_run(finished(std::move(run)), [this](auto updated) {
        if (!updated.ok()) ++failures;
        ++events;
        next();
      });
    });
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_store DIR arrive|runs [WINDOW=64] [SECONDS=5] [BODY_BYTES=3600]\n");
    return 2;
  }
  Bench bench;
  bench.with_runs = std::string(argv[2]) == "runs";
  const int window = argc > 3 ? std::atoi(argv[3]) : 64;
  const double seconds = argc > 4 ? std::atof(argv[4]) : 5;
  bench.body.assign(argc > 5 ? static_cast<std::size_t>(std::atol(argv[5])) : 3600, 'b');
  store::StoreOptions options;
  options.data_dir = argv[1];
  const auto opening = Clock::now();
  auto opened = store::open_sqlite(options);
  if (!opened.ok()) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return 1;
  }
  bench.store = std::move(*opened);
  std::printf("opened in %.1f ms\n",
              std::chrono::duration<double, std::milli>(Clock::now() - opening).count());

  bench.outstanding = window;
  const double cpu = cpu_seconds();
  const auto begun = Clock::now();
  for (int i = 0; i < window; ++i) bench.next();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  bench.stop = true;
  while (bench.outstanding > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const double took = std::chrono::duration<double>(Clock::now() - begun).count();
  const double used = cpu_seconds() - cpu;
  const auto stats = bench.store->stats();
  bench.store->close();

  std::sort(bench.ack_ms.begin(), bench.ack_ms.end());
  const auto at = [&](double p) {
    return bench.ack_ms[static_cast<std::size_t>(p * static_cast<double>(bench.ack_ms.size() - 1))];
  };
  const auto events = static_cast<double>(bench.events);
  std::printf(
      "%.0f events/s, %.1f us CPU per event, %.1f writes per commit, %.0f commits/s, %llu checkpoints\n",
      events / took, used / events * 1e6,
      static_cast<double>(stats.writes) / static_cast<double>(stats.commits),
      static_cast<double>(stats.commits) / took, static_cast<unsigned long long>(stats.checkpoints));
  std::printf("ack ms: p50 %.2f  p99 %.2f  max %.2f;  failures %ld\n", at(0.5), at(0.99), at(1.0),
              bench.failures.load());
  return bench.failures == 0 ? 0 : 1;
}
