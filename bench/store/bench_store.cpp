// Measures the store alone: how many durable writes per second, in which groups, at what cost in CPU.
//   bench_store DIR arrive|runs [WINDOW] [SECONDS] [BODY_BYTES] [random]
//   bench_store DIR due
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

#include "core/clock.hpp"
#include "core/store/ids.hpp"
#include "core/store/store.hpp"

namespace {

using namespace waggle;
using Clock = std::chrono::steady_clock;

struct Cpu {
  double user = 0, system = 0;
};

Cpu cpu_now() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return {seconds(used.ru_utime), seconds(used.ru_stime)};
}

struct Bench {
  std::unique_ptr<store::Store> store;
  bool with_runs = false, random_keys = false;
  std::string body;
  std::atomic<bool> stop{false};
  std::atomic<long> outstanding{0}, events{0}, failures{0};
  std::vector<double> ack_ms;  // writer thread only

  store::Arrival arrival() const {
    const std::int64_t now = waggle::now_ms();
    store::Arrival arrival;
    arrival.event.id = store::new_id(now);
    arrival.event.source = arrival.event.connection = "my-shop";
    arrival.event.connector = "woocommerce";
    arrival.event.trigger = "order_created";
    // An app's ids grow; a delivery id (UUIDv4) does not.
    arrival.event.dedupe_key =
        "order:" + (random_keys ? arrival.event.id.substr(19) : arrival.event.id) + ":2026-11-23";
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
    run.ended_ms = waggle::now_ms();
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

  void failed(const Error& error) {
    if (++failures == 1) std::fprintf(stderr, "first failure: %s\n", error.message.c_str());
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
      if (!result.ok()) failed(result.error());
      ack_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
      if (!with_runs) {
        ++events;
        return next();
      }
      store->update_run(finished(std::move(run)), [this](auto updated) {
        if (!updated.ok()) failed(updated.error());
        ++events;
        next();
      });
    });
  }
};

}  // namespace

static int measure_due(const std::string& folder) {
  const auto begun = Clock::now();
  const auto ms = [&] { return std::chrono::duration<double, std::milli>(Clock::now() - begun).count(); };
  auto reader = store::open_sqlite_reader(folder);
  if (!reader.ok()) return std::fprintf(stderr, "%s\n", reader.error().message.c_str()), 1;
  std::size_t runs = 0;
  double first_ms = 0;
  for (std::string after;;) {
    auto page = (*reader)->queued_runs(after, 1000);
    if (!page.ok()) return std::fprintf(stderr, "%s\n", page.error().message.c_str()), 1;
    for (const std::string& id : *page)
      if (auto run = (*reader)->run(id); !run.ok())
        return std::fprintf(stderr, "%s\n", run.error().message.c_str()), 1;
    if (runs == 0) first_ms = ms();
    if (page->empty()) break;
    runs += page->size();
    after = page->back();
  }
  std::printf("%zu queued runs; the first 1000 after %.1f ms, all after %.1f ms\n", runs, first_ms, ms());
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_store DIR arrive|runs [WINDOW=64] [SECONDS=5] [BODY_BYTES=3600]\n");
    return 2;
  }
  if (std::string(argv[2]) == "due") return measure_due(argv[1]);
  Bench bench;
  bench.random_keys = argc > 6;
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
  const Cpu before = cpu_now();
  const auto begun = Clock::now();
  for (int i = 0; i < window; ++i) bench.next();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  bench.stop = true;
  while (bench.outstanding > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const double took = std::chrono::duration<double>(Clock::now() - begun).count();
  const Cpu after = cpu_now();
  const auto stats = bench.store->stats();
  bench.store->close();

  std::sort(bench.ack_ms.begin(), bench.ack_ms.end());
  const auto at = [&](double p) {
    return bench.ack_ms[static_cast<std::size_t>(p * static_cast<double>(bench.ack_ms.size() - 1))];
  };
  const auto events = static_cast<double>(bench.events);
  std::printf(
      "%.0f events/s; CPU us per event: %.1f user + %.1f system; %.1f writes per commit, %.0f commits/s, "
      "%llu checkpoints\n",
      events / took, (after.user - before.user) / events * 1e6, (after.system - before.system) / events * 1e6,
      static_cast<double>(stats.writes) / static_cast<double>(stats.commits),
      static_cast<double>(stats.commits) / took, static_cast<unsigned long long>(stats.checkpoints));
  std::printf("ack ms: p50 %.2f  p99 %.2f  max %.2f;  failures %ld\n", at(0.5), at(0.99), at(1.0),
              bench.failures.load());
  return bench.failures == 0 ? 0 : 1;
}
