// The long runs, by hand: scripts/durability. Exit code 0 when every promise held, 1 when not, 2 when the
// command is not understood.
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "tests/durability/harness/crash_loop.hpp"
#include "tests/durability/harness/neighbours.hpp"
#include "tests/durability/harness/soak.hpp"

namespace waggle::durability {
namespace {

constexpr const char* kHelp =
    "usage: scripts/durability WHAT [NUMBER]\n"
    "  kill [ROUNDS]          kill -9 at all kinds of moments (200)\n"
    "  care [ROUNDS]          kill -9 during backups and while old events are deleted (50)\n"
    "  cut [ROUNDS]           power cuts; needs root and loop devices (100)\n"
    "  soak [MINUTES]         outages, slowness, long readers and kills under load (10)\n"
    "  dead-apps              a healthy app beside ten that never answer\n"
    "  held [CONNECTIONS]     a good client beside connections that idle or dawdle (10000)\n"
    "  waiting [ACTIONS]      threads and memory while actions wait (5000)\n"
    "WAGGLE_SEED=n repeats a run; WAGGLE_PROGRAM=path takes another program.\n";

/// Bars of the promise; shown beside the figures, and part of the exit code.
constexpr double kLeastDeadAppsRatio = 0.9, kMostHeldRatio = 2.0;
constexpr std::int64_t kMostWaitingBytes = 100ll << 20;
constexpr std::chrono::milliseconds kReadyWithin{2000};
constexpr std::uint64_t kMostLogBytes = 64ull << 20;
constexpr std::uint64_t kMostSoakedBytes = 200ull << 20;

template <class T>
int broken(const Result<T>& result) {
  std::cout << "failed: " << result.error().message << "\n";
  return 1;
}

int verdict(bool good) {
  std::cout << (good ? "held\n" : "NOT HELD\n");
  return good ? 0 : 1;
}

int crash(const std::string& what, CrashOptions options) {
  options.log = &std::cout;
  options.drain_limit = std::chrono::minutes(10);
  options.ready_limit = std::chrono::minutes(3);  // a disk that stalls is not a loss; the bar says it
  if (what == "care") options.blows = {Blow::backup, Blow::prune, Blow::prune};
  if (what == "cut") {
    options.blows = {Blow::power_cut};
    options.rate = 300;
    options.shortest_life = std::chrono::milliseconds(50);
    options.longest_life = std::chrono::milliseconds(1500);
    options.disk_bytes = 2ull << 30;
  }
  const auto report = crash_loop(options);
  if (!report.ok()) return broken(report);
  std::cout << *report;
  if (report->slowest_start > kReadyWithin)
    std::cout << "  a start took longer than " << kReadyWithin.count() << " ms\n";
  return verdict(report->good() && report->slowest_start <= kReadyWithin);
}

int long_soak(const CrashOptions& like, int minutes) {
  SoakOptions options;
  options.program = like.program;
  options.seed = like.seed;
  options.length = std::chrono::minutes(minutes);
  options.settings = "retention: { events: 1m }\n";  // the database must stop growing
  options.log = &std::cout;
  const auto report = soak(options);
  if (!report.ok()) return broken(report);
  std::cout << *report;
  const auto bar = [](const char* what, std::uint64_t bytes, std::uint64_t most) {
    if (bytes >= most)
      std::cout << "  " << what << ": " << (bytes >> 20) << " MiB, bar " << (most >> 20) << "\n";
    return bytes < most;
  };
  bool held = report->verdict.good();
  held &= bar("memory", report->most_resident_bytes, kMostSoakedBytes);
  held &= bar("log", report->most_wal_bytes, kMostLogBytes);
  // On purpose, so it does not count: docs/decisions.md says why.
  bar("log beside a foreign snapshot", report->most_held_wal_bytes, kMostLogBytes);
  return verdict(held);
}

int company(const std::string& what, const CrashOptions& like, int number) {
  NeighbourOptions options;
  options.program = like.program;
  options.seed = like.seed;
  if (what == "dead-apps") {
    options.measured = std::chrono::seconds(15);
    const auto figures = dead_apps(options);
    if (!figures.ok()) return broken(figures);
    std::cout << "healthy app: " << figures->alone << " deliveries a second alone, " << figures->beside
              << " beside ten dead apps with " << figures->waiting << " events; ratio " << figures->ratio()
              << " (bar: >= " << kLeastDeadAppsRatio << ")\n";
    return verdict(figures->ratio() >= kLeastDeadAppsRatio);
  }
  if (what == "held") {
    const auto figures = held_connections(options, number);
    if (!figures.ok()) return broken(figures);
    std::cout << "good client's p99: " << figures->quiet_ms << " ms quiet, " << figures->beside_ms
              << " ms beside " << figures->held << " held connections; ratio " << figures->ratio()
              << " (bar: <= " << kMostHeldRatio << ")\n";
    return verdict(figures->ratio() <= kMostHeldRatio && figures->held >= number * 9 / 10);
  }
  const auto figures = waiting_actions(options, number);
  if (!figures.ok()) return broken(figures);
  std::cout << number << " actions wait (" << figures->in_hand << " requests at the receiver): threads "
            << figures->threads_before << " -> " << figures->threads << ", "
            << figures->more_resident_bytes / (1 << 20)
            << " MiB more (bar: no more threads, <= " << (kMostWaitingBytes >> 20) << " MiB)\n";
  return verdict(figures->threads <= figures->threads_before &&
                 figures->more_resident_bytes <= kMostWaitingBytes);
}

int main_of(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const int number = argc > 2 ? std::atoi(argv[2]) : 0;
  const auto given = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  CrashOptions options;
  options.program =
      given("WAGGLE_PROGRAM").empty() ? WAGGLE_BUILD_DIR "/bin/waggle" : given("WAGGLE_PROGRAM");
  options.seed = given("WAGGLE_SEED").empty() ? std::random_device{}() : std::stoull(given("WAGGLE_SEED"));
  std::cout << "WAGGLE_SEED=" << options.seed << "\n";
  options.rounds = number > 0 ? number : what == "kill" ? 200 : what == "cut" ? 100 : 50;
  if (what == "kill" || what == "care" || what == "cut") return crash(what, options);
  if (what == "soak") return long_soak(options, number > 0 ? number : 10);
  if (what == "dead-apps" || what == "held" || what == "waiting")
    return company(what, options, number > 0 ? number : what == "held" ? 10'000 : 5'000);
  std::cerr << kHelp;
  return 2;
}

}  // namespace
}  // namespace waggle::durability

int main(int argc, char** argv) { return waggle::durability::main_of(argc, argv); }
