#include "core/store/sqlite/sqlite_store.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>

#include "core/store/sqlite/backup.hpp"
#include "core/store/sqlite/migrations.hpp"
#include "core/store/sqlite/sqlite_reader.hpp"

namespace waggle::store {
namespace sqlite {
namespace {

/// After an unclean stop a database up to this size is read through and proven at the start (measured: 0.1
/// s). A larger one is not: kill -9 and power cuts do not damage it, a start must stay quick, and
/// `check_sqlite` does it on request.
constexpr std::uintmax_t max_checked_bytes = 64ull << 20;

std::string database_file(const std::string& data_dir) { return data_dir + "/waggle.db"; }

Result<void> quick_check(Connection& connection) {
  Query check(connection, "PRAGMA quick_check(1)");
  WAGGLE_TRY_VOID(check.start());
  WAGGLE_TRY(const bool answered, check.next());
  if (answered && check.view(0) == "ok") return {};
  Error error = connection.error(SQLITE_CORRUPT, "checking");
  error.message += ": " + check.text(0);
  return error;
}

std::size_t size_of(const Run& run) {
  return sizeof run + run.flow.size() + run.version.size() + run.subject.size() + run.trace.size() +
         run.reply.size();
}

std::size_t size_of(const Arrival& arrival) {
  const Event& event = arrival.event;
  std::size_t bytes = sizeof arrival + event.meta.size() + event.body.size() + event.payload.size();
  for (const auto& queued : arrival.runs) bytes += size_of(queued.run) + queued.dedupe_key.size();
  return bytes;
}

std::size_t size_of(const RunUpdate& update) {
  std::size_t bytes = size_of(update.run);
  for (const Effect& effect : update.effects)
    bytes += sizeof effect + effect.input.size() + effect.output.size();
  for (const Attempt& attempt : update.attempts) bytes += sizeof attempt + attempt.exchanges.size();
  return bytes;
}

Result<Connection> open_database(const std::string& file, bool check) {
  WAGGLE_TRY(Connection connection, Connection::open_writer(file));
  WAGGLE_TRY_VOID(check_ours(connection));
  std::error_code ignored;
  if (check && std::filesystem::file_size(file, ignored) <= max_checked_bytes)
    WAGGLE_TRY_VOID(quick_check(connection));
  WAGGLE_TRY_VOID(connection.configure_writer());
  WAGGLE_TRY_VOID(migrate(connection));
  return connection;
}

}  // namespace

SqliteStore::SqliteStore(FolderLock lock, Connection connection, const StoreOptions& options)
    : data_dir_(options.data_dir),
      passing_by_(options.passing_by),
      lock_(std::move(lock)),
      writer_(std::make_unique<Writer>(std::move(connection), options)) {}

SqliteStore::~SqliteStore() { close(); }

void SqliteStore::arrive(std::shared_ptr<const std::vector<Arrival>> arrivals,
                         Done<std::vector<Arrived>> done) {
  std::size_t bytes = 0;
  for (const Arrival& arrival : *arrivals) bytes += size_of(arrival);
  auto work = [arrivals = std::move(arrivals)](Tables& tables) -> Result<std::vector<Arrived>> {
    std::vector<Arrived> all;
    all.reserve(arrivals->size());
    for (const Arrival& arrival : *arrivals) {
      WAGGLE_TRY(Arrived arrived, tables.arrive(arrival));
      all.push_back(std::move(arrived));
    }
    return all;
  };
  writer_->push(bytes, std::move(work), std::move(done));
}

void SqliteStore::arrive_scheduled(Arrival arrival, std::string schedule, std::int64_t cursor_ms,
                                   Done<Arrived> done) {
  const std::size_t bytes = size_of(arrival);
  auto work = [arrival = std::move(arrival), schedule = std::move(schedule),
               cursor_ms](Tables& tables) -> Result<Arrived> {
    WAGGLE_TRY_VOID(tables.set_schedule_cursor(schedule, cursor_ms));
    return tables.arrive(arrival);
  };
  writer_->push(bytes, std::move(work), std::move(done));
}

void SqliteStore::set_schedule_cursor(std::string schedule, std::int64_t cursor_ms, Done<void> done) {
  auto work = [schedule = std::move(schedule), cursor_ms](Tables& tables) {
    return tables.set_schedule_cursor(schedule, cursor_ms);
  };
  writer_->push(0, std::move(work), std::move(done));
}

void SqliteStore::update_run(std::shared_ptr<const RunUpdate> update, Done<void> done) {
  const std::size_t bytes = size_of(*update);
  auto work = [update = std::move(update)](Tables& tables) { return tables.update_run(*update); };
  writer_->push(bytes, std::move(work), std::move(done));
}

void SqliteStore::requeue(std::string run_id, Done<bool> done) {
  auto work = [run_id = std::move(run_id)](Tables& tables) { return tables.requeue(run_id); };
  writer_->push(0, std::move(work), std::move(done));
}

void SqliteStore::mend_connection(std::string connection, Done<std::int64_t> done) {
  auto work = [connection = std::move(connection)](Tables& tables) {
    return tables.mend_connection(connection);
  };
  writer_->push(0, std::move(work), std::move(done));
}

void SqliteStore::discard(std::string run_id, std::string reason, std::int64_t now_ms, Done<bool> done) {
  auto work = [run_id = std::move(run_id), reason = std::move(reason), now_ms](Tables& tables) {
    return tables.discard(run_id, reason, now_ms);
  };
  writer_->push(0, std::move(work), std::move(done));
}

void SqliteStore::release_due(std::int64_t now_ms, Done<void> done) {
  writer_->push(
      0, [now_ms](Tables& tables) { return tables.lanes().release_due(now_ms); }, std::move(done));
}

void SqliteStore::break_connection(std::string connection, std::string reason, std::int64_t now_ms,
                                   Done<void> done) {
  auto work = [connection = std::move(connection), reason = std::move(reason), now_ms](Tables& tables) {
    return tables.break_connection(connection, reason, now_ms);
  };
  writer_->push(0, std::move(work), std::move(done));
}

void SqliteStore::save_flow_version(std::string version, std::string flow, std::string bundle,
                                    std::int64_t now_ms, Done<void> done) {
  const std::size_t bytes = bundle.size();
  auto work = [version = std::move(version), flow = std::move(flow), bundle = std::move(bundle), now_ms,
               &memory = sweep_memory_](Tables& tables) {
    memory.versions_in_force.insert(version);
    return tables.save_flow_version(version, flow, bundle, now_ms);
  };
  writer_->push(bytes, std::move(work), std::move(done));
}

std::string SqliteStore::refusal() const {
  std::string of_disk = writer_->refusal();
  return of_disk.empty() ? Store::refusal() : of_disk;
}

void SqliteStore::sweep(Keep keep, Done<Swept> done) {
  keep.thorough = keep.thorough || !writer_->refusal().empty();  // all space is wanted now
  writer_->push_chore(std::make_unique<Sweep>(writer_->connection(), sweep_memory_, keep, std::move(done)));
}

void SqliteStore::backup(std::string file, Done<BackedUp> done) {
  {
    const std::lock_guard lock(mutex_);
    if (backing_up_) return done(invalid("a backup is under way already; wait for it", "backup_under_way"));
    backing_up_ = true;
  }
  const auto ended = [this, done = std::move(done)](Result<BackedUp> result) {
    {
      const std::lock_guard lock(mutex_);
      backing_up_ = false;
    }
    done(std::move(result));
  };
  auto copy = CopyFile::create(file);
  if (!copy.ok()) return ended(copy.error());
  writer_->push_chore(std::make_unique<Backup>(
      writer_->connection(), std::move(*copy),
      [this](CopyFile whole, Done<BackedUp> then) { prove(std::move(whole), std::move(then)); }, ended));
}

void SqliteStore::prove(CopyFile copy, Done<BackedUp> done) {
  const std::lock_guard lock(mutex_);
  if (prover_.joinable()) prover_.join();  // the one before has called its completion: it is at its end
  auto shared = std::make_shared<CopyFile>(std::move(copy));
  prover_ = std::thread([this, shared, done = std::move(done)] {
    constexpr int niceness = 10;  // whoever serves requests goes first
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
    done(shared->finish(&closing_));
  });
}

Result<std::unique_ptr<Reader>> SqliteStore::reader() { return open_sqlite_reader(data_dir_); }

void SqliteStore::close() {
  closing_ = true;
  const bool in_order = writer_->close();
  if (in_order && !(passing_by_ && lock_.after_unclean_stop())) lock_.mark_clean();
  if (prover_.joinable()) prover_.join();
}

}  // namespace sqlite

Result<std::unique_ptr<Store>> open_sqlite(const StoreOptions& options) {
  WAGGLE_TRY(sqlite::FolderLock lock, sqlite::FolderLock::take(options.data_dir));
  WAGGLE_TRY(sqlite::Connection connection,
             sqlite::open_database(sqlite::database_file(options.data_dir), lock.after_unclean_stop()));
  return std::unique_ptr<Store>(
      std::make_unique<sqlite::SqliteStore>(std::move(lock), std::move(connection), options));
}

Result<std::unique_ptr<Reader>> open_sqlite_reader(const std::string& data_dir) {
  const std::string file = sqlite::database_file(data_dir);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return invalid(
        file + ": there is no database; is this the right data folder (--data)? 'waggle up' makes one",
        "store_missing");
  WAGGLE_TRY(sqlite::Connection connection, sqlite::Connection::open_reader(file));
  WAGGLE_TRY_VOID(sqlite::check_layout(connection));
  return std::unique_ptr<Reader>(std::make_unique<sqlite::SqliteReader>(std::move(connection)));
}

Result<void> check_sqlite(const std::string& data_dir) {
  WAGGLE_TRY(sqlite::Connection connection, sqlite::Connection::open_reader(sqlite::database_file(data_dir)));
  WAGGLE_TRY_VOID(sqlite::check_ours(connection));
  return sqlite::quick_check(connection);
}

}  // namespace waggle::store
