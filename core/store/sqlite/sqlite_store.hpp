// The Store over one SQLite file, waggle.db. Holds the folder's lock and the writer. Any thread.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "core/store/sqlite/copy_file.hpp"
#include "core/store/sqlite/folder_lock.hpp"
#include "core/store/sqlite/sweep.hpp"
#include "core/store/sqlite/writer.hpp"
#include "core/store/store.hpp"

namespace waggle::store::sqlite {

class SqliteStore final : public Store {
 public:
  SqliteStore(FolderLock lock, Connection connection, const StoreOptions& options);
  ~SqliteStore() override;

  bool accepts() const override { return writer_->accepts(); }
  void arrive(std::shared_ptr<const std::vector<Arrival>> arrivals, Done<std::vector<Arrived>> done) override;
  void arrive_scheduled(Arrival arrival, std::string schedule, std::int64_t cursor_ms,
                        Done<Arrived> done) override;
  void set_schedule_cursor(std::string schedule, std::int64_t cursor_ms, Done<void> done) override;
  void update_run(std::shared_ptr<const RunUpdate> update, Done<void> done) override;
  void requeue(std::string run_id, Done<bool> done) override;
  void mend_connection(std::string connection, Done<std::int64_t> done) override;
  void discard(std::string run_id, std::string reason, std::int64_t now_ms, Done<bool> done) override;
  void release_due(std::int64_t now_ms, Done<void> done) override;
  void break_connection(std::string connection, std::string reason, std::int64_t now_ms,
                        Done<void> done) override;
  void save_flow_version(std::string version, std::string flow, std::string bundle, std::int64_t now_ms,
                         Done<void> done) override;
  std::string refusal() const override;
  void sweep(Keep keep, Done<Swept> done) override;
  void backup(std::string file, Done<BackedUp> done) override;
  Result<std::unique_ptr<Reader>> reader() override;
  void close() override;
  bool after_unclean_stop() const override { return lock_.after_unclean_stop(); }
  Stats stats() const override { return writer_->stats(); }

 private:
  void prove(CopyFile copy, Done<BackedUp> done);

  const std::string data_dir_;
  const bool passing_by_;
  FolderLock lock_;           // before the writer: released last
  SweepMemory sweep_memory_;  // of the writer's thread
  std::unique_ptr<Writer> writer_;
  std::mutex mutex_;         // of what follows
  bool backing_up_ = false;  // one at a time
  std::atomic<bool> closing_{false};
  std::thread prover_;  // reads a finished copy through, until it is done or the store closes
};

}  // namespace waggle::store::sqlite
