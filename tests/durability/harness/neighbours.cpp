#include "tests/durability/harness/neighbours.hpp"

#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "tests/durability/harness/crowd.hpp"
#include "tests/durability/harness/process.hpp"
#include "tests/durability/harness/project.hpp"
#include "tests/durability/harness/sender.hpp"
#include "tests/durability/harness/sink.hpp"

namespace waggle::durability {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr int kDeadApps = 10;
/// Events for each dead app before anything is measured, and then so many a second: their own cost stays
/// small.
constexpr int kWaitingForEach = 200;
constexpr double kTrickle = 5;
constexpr double kAsFastAsItGoes = 1e6;
/// Shorter than what is measured: beside calls that hang there are some that time out, breakers, and runs
/// that leave memory and come back.
constexpr const char* kTimeOut = "action_timeout: 3s\n";
constexpr std::chrono::seconds kWarmUp{3};
/// Alone and beside dead apps by turns: a shared machine's speed changes every half minute.
constexpr int kRounds = 3;
/// Of the good client: far from busy, so that a percentile shows what the neighbours cost.
constexpr double kGoodClientRate = 200;

/// A server, its sink and its project, started.
struct Scene {
  Scene(const NeighbourOptions& options, const std::string& what, const std::string& settings = {})
      : program(options.program),
        folder(what),
        sink(folder.path() + "/record"),
        server(options.program, folder.path(), free_port()),
        seed(options.seed) {
    write_project({folder.path(), sink.url(), "data", settings});
  }
  Result<void> start() {
    WAGGLE_TRY_VOID(check_project(program, folder.path()));
    server.start();
    if (server.ready_within(std::chrono::seconds(30))) return {};
    folder.keep();
    return failed("the server did not start; see " + folder.path() + "/waggle.log");
  }
  std::unique_ptr<Sender> sender(const std::string& path, int connections, double rate) {
    const std::string ledger = folder.path() + "/ledger" + std::to_string(++ledgers);
    return std::make_unique<Sender>(SenderOptions{server.url(""), ledger, seed, connections, rate, path});
  }

  std::string program;
  Folder folder;
  Sink sink;
  Process server;
  std::uint64_t seed;
  int ledgers = 0;
};

double deliveries_per_second(const Sink& sink, std::chrono::seconds measured) {
  const auto before = sink.recorded();
  const auto begin = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(measured);
  return static_cast<double>(sink.recorded() - before) /
         Seconds(std::chrono::steady_clock::now() - begin).count();
}

std::string dead_name(int number) { return "dead" + std::to_string(number); }

void write_dead_flows(const std::string& dir, std::uint16_t port) {
  std::ofstream connections(dir + "/connections.yaml", std::ios::app);
  for (int i = 0; i < kDeadApps; ++i) {
    const std::string name = dead_name(i);
    connections << name << ": { connector: http, base_url: \"http://127.0.0.1:" << port << "\" }\n";
    std::ofstream(dir + "/flows/" + name + ".yaml")
        << "waggle: 1\nwhen:\n  webhook: { path: /" << name
        << ", verify: { preset: none }, delivery_id_header: X-Delivery-Id }\nsteps:\n"
        << "  - http.post: { url: /in, json: \"${event}\" }\n    connection: " << name << "\n";
  }
}

/// Of a healthy app, by a fresh server: one that has stored a hundred thousand events is slower by itself
/// than one that begins. `waiting`: beside dead apps, and how many events those got; null: alone.
Result<double> healthy_rate(const NeighbourOptions& options, std::int64_t* waiting) {
  Scene scene(options, "dead-apps", kTimeOut);
  const DeadServer dead;
  write_dead_flows(scene.folder.path(), dead.port());
  WAGGLE_TRY_VOID(scene.start());
  std::vector<std::unique_ptr<Sender>> beside;
  for (int i = 0; i < kDeadApps && waiting != nullptr; ++i) {
    beside.push_back(scene.sender("/" + dead_name(i), 2, kAsFastAsItGoes));
    beside.back()->start();
  }
  for (const auto& sender : beside) {
    while (sender->acked() < kWaitingForEach) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    sender->rate(kTrickle);
  }
  const auto healthy = scene.sender("/plain", 32, kAsFastAsItGoes);
  healthy->start();
  std::this_thread::sleep_for(kWarmUp);
  const double rate = deliveries_per_second(scene.sink, options.measured);
  for (const auto& sender : beside) *waiting += sender->acked();
  return rate;
}

}  // namespace

Result<DeadApps> dead_apps(const NeighbourOptions& options) {
  DeadApps figures;
  for (int round = 0; round < kRounds; ++round) {
    WAGGLE_TRY(const double alone, healthy_rate(options, nullptr));
    WAGGLE_TRY(const double beside, healthy_rate(options, &figures.waiting));
    figures.alone += alone / kRounds;
    figures.beside += beside / kRounds;
  }
  return figures;
}

Result<HeldConnections> held_connections(const NeighbourOptions& options, int connections) {
  Scene scene(options, "held-connections");
  WAGGLE_TRY_VOID(scene.start());
  const auto good = scene.sender("/plain", 4, kGoodClientRate);
  good->start();
  std::this_thread::sleep_for(kWarmUp);
  good->forget_latencies();
  std::this_thread::sleep_for(options.measured);
  HeldConnections figures;
  figures.quiet_ms = good->latency_ms(0.99);

  Crowd crowd(scene.server.port(), connections);
  while (crowd.open() < connections * 99 / 100 && crowd.lives() < std::chrono::seconds(60))
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::this_thread::sleep_for(kWarmUp);
  good->forget_latencies();
  std::this_thread::sleep_for(options.measured);
  figures.beside_ms = good->latency_ms(0.99);
  figures.held = crowd.open();
  return figures;
}

Result<WaitingActions> waiting_actions(const NeighbourOptions& options, int actions) {
  Scene scene(options, "waiting-actions");
  WAGGLE_TRY_VOID(scene.start());
  const auto sender = scene.sender("/plain", 32, 500);
  sender->start();
  std::this_thread::sleep_for(kWarmUp);
  const Usage before = usage_of(scene.server.pid());
  WaitingActions figures;
  figures.threads_before = before.threads;

  scene.sink.mood({200, std::chrono::seconds(25), false});
  const auto begun = sender->acked();
  sender->rate(1500);
  while (sender->acked() - begun < actions) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  sender->rate(1);
  std::this_thread::sleep_for(kWarmUp);
  const Usage now = usage_of(scene.server.pid());
  figures.threads = now.threads;
  figures.more_resident_bytes =
      static_cast<std::int64_t>(now.resident_bytes) - static_cast<std::int64_t>(before.resident_bytes);
  figures.in_hand = scene.sink.in_hand();
  return figures;
}

}  // namespace waggle::durability
