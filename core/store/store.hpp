// The store: what "durable" means. Writes are queued from any thread and committed in groups by one writer
// thread; a completion runs (on the writer thread: post elsewhere at once) only after the commit is synced to
// disk. Reads use read-only connections of their own, block, and belong on the blocking pool or in the CLI.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/store/records.hpp"
#include "core/store/store_reader.hpp"
#include "core/store/upkeep.hpp"

namespace waggle::store {

template <class T>
using Done = std::function<void(Result<T>)>;

class Store {
 public:
  virtual ~Store() = default;

  /// False when the queue or the disk is full: the front door answers 503 + Retry-After.
  virtual bool accepts() const = 0;
  /// Why not, as a phrase for the sender.
  virtual std::string refusal() const { return "too much is waiting to be stored"; }

  /// Commits all arrivals of one request together. Shared, as bodies are long: unchanged until `done`.
  virtual void arrive(std::shared_ptr<const std::vector<Arrival>> arrivals,
                      Done<std::vector<Arrived>> done) = 0;
  void arrive(std::vector<Arrival> arrivals, Done<std::vector<Arrived>> done) {
    arrive(std::make_shared<const std::vector<Arrival>>(std::move(arrivals)), std::move(done));
  }
  /// A fired schedule: the arrival and the moved cursor in one commit.
  virtual void arrive_scheduled(Arrival arrival, std::string schedule, std::int64_t cursor_ms,
                                Done<Arrived> done) = 0;
  virtual void set_schedule_cursor(std::string schedule, std::int64_t cursor_ms, Done<void> done) = 0;
  /// Shared, and unchanged until `done`.
  virtual void update_run(std::shared_ptr<const RunUpdate> update, Done<void> done) = 0;
  void update_run(RunUpdate update, Done<void> done) {
    update_run(std::make_shared<const RunUpdate>(std::move(update)), std::move(done));
  }
  /// parked or failed -> queued; failed effects become pending and due at once, and retry plans begin anew.
  /// Result: false when there is no such run or it is in another state.
  virtual void requeue(std::string run_id, Done<bool> done) = 0;
  /// Queues every run parked for this connection again, as requeue does, and clears its broken mark. Result:
  /// how many.
  virtual void mend_connection(std::string connection, Done<std::int64_t> done) = 0;
  /// parked or held -> stopped, with the reason; whoever waited for it in its lane may begin. Result: false
  /// when there is no such run or it is in another state.
  virtual void discard(std::string run_id, std::string reason, std::int64_t now_ms, Done<bool> done) = 0;
  /// Lets begin the held runs whose time has come. What was released is heard by StoreOptions::on_lanes.
  virtual void release_due(std::int64_t now_ms, Done<void> done) = 0;
  virtual void break_connection(std::string connection, std::string reason, std::int64_t now_ms,
                                Done<void> done) = 0;
  virtual void save_flow_version(std::string version, std::string flow, std::string bundle,
                                 std::int64_t now_ms, Done<void> done) = 0;

  /// Deletes what is old, in slices between commits, and gives the space back to the file system. The disk
  /// may be full meanwhile.
  virtual void sweep(Keep keep, Done<Swept> done) = 0;
  /// Copies the store as it is at the end of the copy into a new file, in slices between commits; the log is
  /// emptied meanwhile as ever. The file is for its owner alone and appears whole, proven and synced, or not
  /// at all. Errors: invalid (it exists, or cannot be written).
  virtual void backup(std::string file, Done<BackedUp> done) = 0;

  /// Readers are made for one thread each.
  virtual Result<std::unique_ptr<Reader>> reader() = 0;
  /// Waits until everything queued is committed, then stops the writer. Later writes fail with `retry`. Not
  /// from a completion.
  virtual void close() = 0;

  /// Whether the one who had the store before was killed or crashed.
  virtual bool after_unclean_stop() const { return false; }

  /// For metrics and tests. Counts since the store was opened.
  struct Stats {
    std::uint64_t commits = 0, writes = 0, checkpoints = 0;
    std::uint64_t queued_bytes = 0, wal_bytes = 0, disk_free_bytes = 0;
  };
  virtual Stats stats() const { return {}; }
};

struct StoreOptions {
  std::string data_dir;                      ///< made when it is not there
  std::size_t max_queued_bytes = 64u << 20;  ///< beyond: accepts() is false
  std::size_t max_group = 1024;              ///< writes in one commit
  /// For a command that looks in while no server runs: a mark of an unclean stop is left for that server.
  bool passing_by = false;
  /// Called once, on the writer thread, when the disk does not confirm a write (fsync failed) or the database
  /// turns out to be damaged: nothing is acknowledged any more, and the process must end. Empty: says so on
  /// stderr and aborts.
  std::function<void(const Error&)> on_fatal = {};
  /// Something that the operator should know: the disk is nearly full, or has room again. Writer thread.
  std::function<void(const std::string& sentence)> on_notice = {};
  /// Called on the writer thread after the commit: held runs that are queued now, and when to call
  /// `release_due`.
  std::function<void(LaneNews)> on_lanes = {};
};

/// Opens the SQLite store and takes the folder's lock. Errors: invalid (another process has the folder: names
/// it; folder not writable; database newer than this program), failed (database damaged: what to do).
Result<std::unique_ptr<Store>> open_sqlite(const StoreOptions& options);

/// For commands beside a running server: takes no lock, writes nothing, never checkpoints.
Result<std::unique_ptr<Reader>> open_sqlite_reader(const std::string& data_dir);

/// Reads the whole database and proves its structure; takes long when it is large. For `waggle doctor`, also
/// beside a running server. Errors: failed (damaged: what to do).
Result<void> check_sqlite(const std::string& data_dir);

}  // namespace waggle::store
