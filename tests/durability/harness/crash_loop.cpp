#include "tests/durability/harness/crash_loop.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <random>
#include <thread>

#include "core/store/store.hpp"
#include "tests/durability/harness/disk_image.hpp"
#include "tests/durability/harness/process.hpp"
#include "tests/durability/harness/project.hpp"
#include "tests/durability/harness/sender.hpp"
#include "tests/durability/harness/stored.hpp"

namespace waggle::durability {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A database up to this size is proven after every kill, a larger one every tenth time and at the end.
constexpr std::uintmax_t kAlwaysProven = 128ull << 20;

class CrashLoop {
 public:
  CrashLoop(const CrashOptions& options, Folder& folder)
      : options_(options), dir_(folder.path()), random_(options.seed), sink_(dir_ + "/record") {}

  Result<CrashReport> run() {
    std::string data = "data";
    if (std::count(options_.blows.begin(), options_.blows.end(), Blow::power_cut) > 0) {
      WAGGLE_TRY(DiskImage disk, DiskImage::make(dir_, options_.disk_bytes));
      disk_ = std::make_unique<DiskImage>(std::move(disk));
      data = "disk/data";
    }
    data_dir_ = dir_ + "/" + data;
    write_project({dir_, sink_.url(), data, options_.settings});
    WAGGLE_TRY_VOID(check_project(options_.program, dir_));
    server_ = std::make_unique<Process>(options_.program, dir_, free_port());
    sender_ = std::make_unique<Sender>(
        SenderOptions{server_->url(""), dir_ + "/ledger", options_.seed, 16, options_.rate});
    WAGGLE_TRY_VOID(start());
    sender_->start();
    for (int round = 0; round < options_.rounds; ++round) {
      const Blow blow = options_.blows[static_cast<std::size_t>(round) % options_.blows.size()];
      WAGGLE_TRY_VOID(live());
      WAGGLE_TRY_VOID(strike(blow));
      WAGGLE_TRY_VOID(start());
      say(round, blow);
    }
    WAGGLE_TRY_VOID(drain());
    return report();
  }

 private:
  milliseconds between(milliseconds least, milliseconds most) {
    return std::uniform_int_distribution<milliseconds::rep>(least.count(), most.count())(random_) *
           milliseconds(1);
  }

  Result<void> start() {
    server_->start();
    const auto took = server_->ready_within(options_.ready_limit);
    if (!took) return failed("the server did not become ready; see " + dir_ + "/waggle.log");
    starts_.push_back(*took);
    return {};
  }

  Result<void> live() {
    std::this_thread::sleep_for(between(options_.shortest_life, options_.longest_life));
    if (server_->ended()) return failed("the server ended by itself; see " + dir_ + "/waggle.log");
    return {};
  }

  Result<void> strike(Blow blow) {
    switch (blow) {
      case Blow::start_up:
        for (int times = 0; times < 3; ++times) {
          WAGGLE_TRY_VOID(kill());
          server_->start();
          std::this_thread::sleep_for(between(milliseconds(0), milliseconds(100)));
        }
        return kill();
      case Blow::checkpoint:
        wait_for_checkpoint();
        return kill();
      case Blow::twice:
        WAGGLE_TRY_VOID(kill());
        WAGGLE_TRY_VOID(start());
        std::this_thread::sleep_for(between(milliseconds(0), milliseconds(100)));
        return kill();
      case Blow::freeze:
        server_->freeze();
        std::this_thread::sleep_for(between(milliseconds(1000), milliseconds(2000)));
        server_->go_on();
        std::this_thread::sleep_for(between(milliseconds(0), milliseconds(500)));
        return kill();
      case Blow::stop:
        if (const int status = server_->stop(); status != 0)
          return failed("SIGTERM: the server ended with " + std::to_string(status));
        return look();
      case Blow::backup:
        return backup();
      case Blow::prune: {
        const pid_t prune = command({"prune", "--older-than", "1s"});
        std::this_thread::sleep_for(between(milliseconds(0), milliseconds(150)));
        WAGGLE_TRY_VOID(kill());
        wait_for(prune);
        return {};
      }
      case Blow::power_cut:
        return cut_power();
      case Blow::random:
      case Blow::unset:
        break;
    }
    return kill();
  }

  pid_t command(std::vector<std::string> words) {
    words.insert(words.begin(), options_.program);
    words.insert(words.end(), {"--dir", dir_});
    return spawn(words, dir_ + "/commands.log");
  }

  /// Half of the backups may end; they must hold whatever was answered before they began. The others lose
  /// their server, and leave a whole file or none.
  Result<void> backup() {
    const std::string file = dir_ + "/backup" + std::to_string(report_.backups + report_.kills);
    const auto ledger = read_words(dir_ + "/ledger");
    const pid_t under_way = command({"backup", file});
    const bool may_end = random_() % 2 == 0;
    if (!may_end) {
      std::this_thread::sleep_for(between(milliseconds(0), milliseconds(150)));
      WAGGLE_TRY_VOID(kill());
    }
    const int status = wait_for(under_way);
    if (may_end && status != 0) return failed("waggle backup ended with " + std::to_string(status));
    if (std::filesystem::exists(file)) WAGGLE_TRY_VOID(prove_backup(file, ledger));
    return may_end ? kill() : Result<void>();
  }

  Result<void> prove_backup(const std::string& file, const std::vector<std::vector<std::string>>& ledger) {
    const std::string folder = file + "-restored";
    if (const int status = wait_for(command({"restore", file, "--data", folder})); status != 0)
      return failed("waggle restore ended with " + std::to_string(status));
    WAGGLE_TRY_VOID(store::check_sqlite(folder));
    WAGGLE_TRY(const Stored restored, stored(folder));
    for (const auto& words : ledger)
      if (words.size() == 2 && words[0] == "acked" && !may_be_gone() && restored.bodies.count(words[1]) == 0)
        return failed("answered 2xx before the backup began, and not in it: " + words[1]);
    ++report_.backups;
    std::filesystem::remove(file);
    std::filesystem::remove_all(folder);
    return {};
  }

  bool may_be_gone() const {
    return !options_.settings.empty() ||
           std::count(options_.blows.begin(), options_.blows.end(), Blow::prune) > 0;
  }

  /// The database file itself is written by checkpoints alone; everything else goes to the log beside it.
  void wait_for_checkpoint() {
    struct stat before {
    }, now{};
    const std::string file = data_dir_ + "/waggle.db";
    stat(file.c_str(), &before);
    for (const auto ends = Clock::now() + options_.longest_life; Clock::now() < ends;) {
      stat(file.c_str(), &now);
      if (now.st_mtim.tv_nsec != before.st_mtim.tv_nsec || now.st_mtim.tv_sec != before.st_mtim.tv_sec) {
        ++report_.at_checkpoint;
        return;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }

  Result<void> kill() {
    server_->kill();
    ++report_.kills;
    return look();
  }

  Result<void> cut_power() {
    server_->freeze();
    WAGGLE_TRY_VOID(disk_->copy());
    server_->kill();
    WAGGLE_TRY_VOID(disk_->use_copy());
    ++report_.cuts;
    return look();
  }

  /// After the server is gone: which deliveries were in flight, and is the database whole?
  Result<void> look() {
    sink_.settle();
    WAGGLE_TRY(const auto unknown, in_flight(data_dir_, sink_));
    for (const Place& place : unknown) ++in_flight_[place];
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(data_dir_ + "/waggle.db", missing);
    if (missing || bytes == 0) return {};
    if (bytes > kAlwaysProven && ++not_proven_ % 10 != 0) return {};
    return store::check_sqlite(data_dir_);
  }

  Result<void> drain() {
    if (!sender_->finish(options_.drain_limit)) return failed("some messages were never answered 2xx");
    for (const auto ends = Clock::now() + options_.drain_limit;;) {
      WAGGLE_TRY(const auto left, unfinished_runs(data_dir_));
      if (left == 0 || Clock::now() > ends) break;  // what is stuck, the verdict counts
      std::this_thread::sleep_for(milliseconds(100));
    }
    if (const int status = server_->stop(); status != 0)
      return failed("SIGTERM: the server ended with " + std::to_string(status));
    sink_.settle();
    return store::check_sqlite(data_dir_);
  }

  Result<CrashReport> report() {
    report_.sent_again = sender_->sent_again();
    report_.repeats = sender_->repeats();
    std::sort(starts_.begin(), starts_.end());
    report_.median_start = starts_[starts_.size() / 2];
    report_.slowest_start = starts_.back();
    for (const auto& [place, times] : sink_.late()) in_flight_[place] += times;
    WAGGLE_TRY(report_.verdict, judge({dir_ + "/ledger", dir_ + "/record", data_dir_, options_.seed,
                                       in_flight_, may_be_gone()}));
    return report_;
  }

  void say(int round, Blow blow) {
    if (options_.log == nullptr) return;
    *options_.log << "  round " << round + 1 << " " << to_string(blow) << ": ready after "
                  << starts_.back().count() << " ms; acked " << sender_->acked() << ", delivered "
                  << sink_.places() << ", in flight at kills so far " << in_flight_.size() << std::endl;
  }

  const CrashOptions& options_;
  const std::string dir_;
  std::string data_dir_;
  std::mt19937_64 random_;
  Sink sink_;
  std::unique_ptr<DiskImage> disk_;  // before the server, which has files open on it
  std::unique_ptr<Process> server_;
  std::unique_ptr<Sender> sender_;
  std::map<Place, int> in_flight_;
  std::vector<milliseconds> starts_;
  int not_proven_ = 0;
  CrashReport report_;
};

}  // namespace

std::string_view to_string(Blow blow) {
  switch (blow) {
    case Blow::random:
      return "random";
    case Blow::start_up:
      return "start_up";
    case Blow::checkpoint:
      return "checkpoint";
    case Blow::twice:
      return "twice";
    case Blow::freeze:
      return "freeze";
    case Blow::stop:
      return "stop";
    case Blow::backup:
      return "backup";
    case Blow::prune:
      return "prune";
    case Blow::power_cut:
      return "power_cut";
    case Blow::unset:
      break;
  }
  return "unset";
}

std::ostream& operator<<(std::ostream& out, const CrashReport& report) {
  return out << report.kills << " kills (" << report.at_checkpoint << " in a checkpoint), " << report.backups
             << " backups proven, " << report.cuts << " power cuts; starts: median "
             << report.median_start.count() << " ms, slowest " << report.slowest_start.count()
             << " ms; sent again unanswered " << report.sent_again << ", repeated on purpose "
             << report.repeats << "\n"
             << report.verdict;
}

Result<CrashReport> crash_loop(const CrashOptions& options) {
  Folder folder("crash");
  CrashLoop loop(options, folder);
  auto report = loop.run();
  if ((report.ok() && report->good()) || !options.keep) return report;
  folder.keep();
  if (report.ok())
    report->verdict.examples.push_back("kept for a look: " + folder.path());
  else
    report.error().message += "; kept for a look: " + folder.path();
  return report;
}

}  // namespace waggle::durability
