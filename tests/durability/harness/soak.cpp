#include "tests/durability/harness/soak.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <memory>
#include <ostream>
#include <thread>

#include "core/store/store.hpp"
#include "tests/durability/harness/process.hpp"
#include "tests/durability/harness/project.hpp"
#include "tests/durability/harness/sender.hpp"
#include "tests/durability/harness/stored.hpp"

namespace waggle::durability {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds kLook{200};
/// The receiver is away or slow for nearly half of the time, and left alone for thirty seconds after an
/// outage: what gathers meanwhile must be worked off in the rest.
constexpr double kShareOfCeiling = 0.3;
constexpr Seconds kMeasured{5};
constexpr double kAsFastAsItGoes = 1e6;

enum class Beside { nothing, reader };
constexpr const char* reader_phase = "long reader";

struct Phase {
  const char* name;
  double share;  ///< of a cycle
  Mood mood;
  Beside beside;
};

const std::vector<Phase>& phases() {
  static const std::vector<Phase> all = {
      {"calm", 0.25, {}, Beside::nothing},
      {"answers 503", 0.10, {503, {}, false}, Beside::nothing},
      {"recovers", 0.10, {}, Beside::nothing},
      {"never answers", 0.10, {200, {}, true}, Beside::nothing},
      {"slow (200 ms)", 0.20, {200, std::chrono::milliseconds(200), false}, Beside::nothing},
      {reader_phase, 0.25, {}, Beside::reader},
  };
  return all;
}

/// Somebody who looks at the database for long, as a report would: one snapshot, held.
class LongReader {
 public:
  explicit LongReader(const std::string& database) {
    sqlite3_open_v2(database.c_str(), &handle_, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_exec(handle_, "BEGIN; SELECT count(*) FROM run_counts", nullptr, nullptr, nullptr);
  }
  ~LongReader() { sqlite3_close_v2(handle_); }
  LongReader(const LongReader&) = delete;

 private:
  sqlite3* handle_ = nullptr;
};

std::uint64_t size_of(const std::string& file) {
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(file, missing);
  return missing ? 0 : bytes;
}

/// Least squares: bytes an hour over the rows' times.
double slope(const std::vector<SoakRow>& rows) {
  if (rows.size() < 3) return 0;
  double n = static_cast<double>(rows.size()), x = 0, y = 0, xx = 0, xy = 0;
  for (const SoakRow& row : rows) {
    const double hours = static_cast<double>(row.at.count()) / 3600;
    const double bytes = static_cast<double>(row.resident_bytes);
    x += hours, y += bytes, xx += hours * hours, xy += hours * bytes;
  }
  const double spread = n * xx - x * x;
  return spread == 0 ? 0 : (n * xy - x * y) / spread;
}

class Soak {
 public:
  Soak(const SoakOptions& options, const std::string& dir)
      : options_(options), dir_(dir), data_(dir + "/data"), sink_(dir + "/record") {}

  Result<SoakReport> run() {
    write_project({dir_, sink_.url(), "data", "action_timeout: 5s\n" + options_.settings});
    WAGGLE_TRY_VOID(check_project(options_.program, dir_));
    server_ = std::make_unique<Process>(options_.program, dir_, free_port());
    sender_ = std::make_unique<Sender>(SenderOptions{server_->url(""), dir_ + "/ledger", options_.seed, 16,
                                                     options_.rate > 0 ? options_.rate : kAsFastAsItGoes});
    WAGGLE_TRY_VOID(start());
    sender_->start();
    if (options_.rate == 0) measure_ceiling();
    report_.rate = rate_ > 0 ? rate_ : options_.rate;
    began_ = Clock::now();
    const auto cycles = std::max<std::int64_t>(1, options_.length / options_.cycle);
    for (std::int64_t cycle = 0; cycle < cycles; ++cycle) {
      for (const Phase& phase : phases()) {
        live(phase);
        if (server_->ended()) return failed("the server ended by itself; see " + dir_ + "/waggle.log");
      }
      if (cycle < cycles / 2) WAGGLE_TRY_VOID(kill());
    }
    WAGGLE_TRY_VOID(drain());
    return finish();
  }

 private:
  Result<void> start() {
    server_->start();
    if (server_->ready_within(std::chrono::minutes(3))) return {};
    return failed("the server did not become ready; see " + dir_ + "/waggle.log");
  }

  /// What is acknowledged and delivered at once, a backlog left out.
  void measure_ceiling() {
    std::this_thread::sleep_for(kMeasured);
    const auto delivered = sink_.recorded(), acked = sender_->acked();
    std::this_thread::sleep_for(kMeasured);
    const auto least = std::min(sink_.recorded() - delivered, sender_->acked() - acked);
    rate_ = kShareOfCeiling * static_cast<double>(least) / kMeasured.count();
    sender_->rate(rate_);
  }

  void live(const Phase& phase) {
    sink_.mood(phase.mood);
    std::unique_ptr<LongReader> reader;
    if (phase.beside == Beside::reader) reader = std::make_unique<LongReader>(data_ + "/waggle.db");
    const Seconds length = phase.share * Seconds(options_.cycle);
    const auto begin = Clock::now();
    const auto acked = sender_->acked(), delivered = sink_.recorded();
    SoakRow row;
    row.phase = phase.name;
    while (Clock::now() - begin < length) {
      std::this_thread::sleep_for(kLook);
      const Usage usage = usage_of(server_->pid());
      row.resident_bytes = std::max(row.resident_bytes, usage.resident_bytes);
      row.open_files = std::max(row.open_files, usage.open_files);
      row.threads = std::max(row.threads, usage.threads);
      row.wal_bytes = std::max(row.wal_bytes, size_of(data_ + "/waggle.db-wal"));
      row.database_bytes = std::max(row.database_bytes, size_of(data_ + "/waggle.db"));
    }
    const double took = Seconds(Clock::now() - begin).count();
    row.at = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began_);
    row.acked_per_s = static_cast<double>(sender_->acked() - acked) / took;
    row.delivered_per_s = static_cast<double>(sink_.recorded() - delivered) / took;
    if (options_.log != nullptr) *options_.log << row << std::flush;
    report_.rows.push_back(std::move(row));
  }

  Result<void> kill() {
    server_->kill();
    ++report_.kills;
    since_kill_ = report_.rows.size();
    sink_.settle();
    WAGGLE_TRY(const auto unknown, in_flight(data_, sink_));
    for (const Place& place : unknown) ++in_flight_[place];
    return start();
  }

  Result<void> drain() {
    sink_.mood({});
    if (!sender_->finish(std::chrono::seconds(60))) return failed("some messages were never answered 2xx");
    for (const auto ends = Clock::now() + std::chrono::minutes(5);;) {
      WAGGLE_TRY(const auto left, unfinished_runs(data_));
      if (left == 0 || Clock::now() > ends) break;
      std::this_thread::sleep_for(kLook);
    }
    if (const int status = server_->stop(); status != 0)
      return failed("SIGTERM: the server ended with " + std::to_string(status));
    sink_.settle();
    return store::check_sqlite(data_);
  }

  Result<SoakReport> finish() {
    std::vector<SoakRow> calm;
    for (std::size_t i = since_kill_; i < report_.rows.size(); ++i)
      if (report_.rows[i].phase == phases().front().name) calm.push_back(report_.rows[i]);
    report_.resident_bytes_per_hour = slope(calm);
    if (!calm.empty()) report_.open_files_grown = calm.back().open_files - calm.front().open_files;
    bool held = false;  // in the phase before
    for (const SoakRow& row : report_.rows) {
      const bool holds = row.phase == reader_phase;
      std::uint64_t& longest = holds || held ? report_.most_held_wal_bytes : report_.most_wal_bytes;
      longest = std::max(longest, row.wal_bytes);
      held = holds;
      report_.most_resident_bytes = std::max(report_.most_resident_bytes, row.resident_bytes);
    }
    // A call that timed out was taken by the sink and never answered: it is not on the sink's record.
    for (const auto& [place, times] : sink_.late()) in_flight_[place] += times;
    WAGGLE_TRY(report_.verdict, judge({dir_ + "/ledger", dir_ + "/record", data_, options_.seed, in_flight_,
                                       !options_.settings.empty()}));
    return report_;
  }

  const SoakOptions& options_;
  const std::string dir_, data_;
  Sink sink_;
  std::unique_ptr<Process> server_;
  std::unique_ptr<Sender> sender_;
  Clock::time_point began_;
  double rate_ = 0;
  std::size_t since_kill_ = 0;
  std::map<Place, int> in_flight_;
  SoakReport report_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const SoakRow& row) {
  const auto mib = [](std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  return out << std::fixed << std::setprecision(0) << std::setw(6) << row.at.count() << " s  " << std::left
             << std::setw(14) << row.phase << std::right << std::setw(7) << row.acked_per_s << std::setw(10)
             << row.delivered_per_s << std::setprecision(1) << std::setw(9) << mib(row.resident_bytes)
             << std::setw(9) << mib(row.wal_bytes) << std::setw(9) << mib(row.database_bytes) << std::setw(7)
             << row.open_files << std::setw(8) << row.threads << "\n";
}

std::ostream& operator<<(std::ostream& out, const SoakReport& report) {
  out << "    at    phase         acked/s delivered/s RSS MiB  log MiB   db MiB  files threads\n";
  for (const SoakRow& row : report.rows) out << row;
  return out << report.kills << " kills at " << report.rate << " events a second; most resident "
             << (report.most_resident_bytes >> 20) << " MiB, longest log " << (report.most_wal_bytes >> 20)
             << " MiB, " << (report.most_held_wal_bytes >> 20)
             << " MiB while a foreign program held a snapshot; since the last kill: memory "
             << report.resident_bytes_per_hour / (1 << 20) << " MiB an hour, open files " << std::showpos
             << report.open_files_grown << std::noshowpos << "\n"
             << report.verdict;
}

Result<SoakReport> soak(const SoakOptions& options) {
  Folder folder("soak");
  auto report = Soak(options, folder.path()).run();
  if (!report.ok()) report.error().message += "; kept for a look: " + folder.path();
  if (!report.ok() || !report->verdict.good()) folder.keep();
  return report;
}

}  // namespace waggle::durability
