#include "core/store/sqlite/writer.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace waggle::store::sqlite {
namespace {

/// With nothing queued for this long, the log is moved into the database.
constexpr std::chrono::milliseconds kIdleBeforeCheckpoint{1000};

Error closed_error() {
  return retry("the store is closed or has stopped; nothing was written, try again after the restart", {},
               "store_closed");
}

}  // namespace

Writer::Writer(Connection connection, const StoreOptions& options)
    : options_(options),
      connection_(std::move(connection)),
      tables_(connection_),
      checkpoints_(connection_),
      begin_(connection_, "BEGIN IMMEDIATE"),
      commit_(connection_, "COMMIT"),
      savepoint_(connection_, "SAVEPOINT one"),
      release_(connection_, "RELEASE one"),
      thread_([this] { loop(); }) {}

Writer::~Writer() { close(); }

bool Writer::accepts() const {
  return !refuses_.load(std::memory_order_relaxed) &&
         queued_bytes_.load(std::memory_order_relaxed) < options_.max_queued_bytes;
}

void Writer::push(std::unique_ptr<Write> write) {
  {
    std::unique_lock lock(mutex_);
    if (!closing_ && !stopped_) {
      queued_bytes_.fetch_add(write->bytes, std::memory_order_relaxed);
      queue_.push_back(std::move(write));
      // The writer sleeps only on an empty queue; while it commits it will look by itself.
      if (queue_.size() == 1) wake_.notify_one();
      return;
    }
  }
  const Error error = closed_error();
  write->finish(&error);
}

bool Writer::close() {
  {
    std::unique_lock lock(mutex_);
    closing_ = true;
    refuses_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  return !stopped_;
}

Store::Stats Writer::stats() const {
  return {commits_.load(), writes_.load(), checkpoints_.done(), queued_bytes_.load(),
          checkpoints_.wal_bytes()};
}

void Writer::loop() {
  Group group;
  while (take_group(group)) {
    if (group.empty()) {
      if (auto moved = checkpoints_.when_idle(); !moved.ok()) stop_for(moved.error());
      continue;
    }
    commit(group);
    group.clear();
    if (stopped_) continue;
    if (auto moved = checkpoints_.after_commit(); !moved.ok()) stop_for(moved.error());
  }
}

/// False: closed and nothing left. An empty group: nothing came for a while.
bool Writer::take_group(Group& group) {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return closing_ || !queue_.empty(); };
  if (checkpoints_.pending())
    wake_.wait_for(lock, kIdleBeforeCheckpoint, something);
  else
    wake_.wait(lock, something);
  if (queue_.empty()) return !closing_;
  if (queue_.size() <= options_.max_group) {
    group.swap(queue_);
  } else {
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(options_.max_group);
    group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
  }
  return true;
}

void Writer::commit(Group& group) {
  if (stopped_) {
    const Error error = closed_error();
    return finish(group, &error);
  }
  auto done = apply_together(group);
  // A write of the group failed by itself: once more, each behind a savepoint, so that it fails alone.
  if (!done.ok() && !is_machine_fault(done.error())) done = apply_apart(group);
  if (done.ok()) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    writes_.fetch_add(group.size(), std::memory_order_relaxed);
    return finish(group, nullptr);
  }
  // Nothing of the group is on disk, or nobody knows: to the callers both mean "not acknowledged, try again".
  Error failure = done.error();
  failure.next = Next::retry;
  finish(group, &failure);
  if (is_fatal(done.error())) stop_for(done.error());
}

Result<void> Writer::apply_together(Group& group) {
  WAGGLE_TRY_VOID(begin_.run());
  for (auto& write : group) {
    auto applied = write->apply(tables_);
    if (applied.ok()) continue;
    roll_back();
    return applied;
  }
  return end_transaction();
}

Result<void> Writer::apply_apart(Group& group) {
  WAGGLE_TRY_VOID(begin_.run());
  for (auto& write : group) {
    auto applied = savepoint_.run();
    if (applied.ok()) applied = write->apply(tables_);
    if (!applied.ok() && !is_machine_fault(applied.error())) {
      write->own_error = applied.error();
      tables_.undo_write();
      applied = connection_.execute("ROLLBACK TO one");
    } else if (applied.ok()) {
      tables_.keep_write();
    }
    if (applied.ok()) applied = release_.run();
    if (applied.ok()) continue;
    roll_back();
    return applied;
  }
  return end_transaction();
}

Result<void> Writer::end_transaction() {
  auto done = tables_.before_commit();
  if (done.ok()) done = commit_.run();
  if (!done.ok()) roll_back();
  return done;
}

void Writer::roll_back() {
  // SQLite rolls back by itself after some errors of the disk.
  if (connection_.in_transaction()) (void)connection_.execute("ROLLBACK");
  tables_.rolled_back();
}

void Writer::finish(Group& group, const Error* failure) {
  std::size_t bytes = 0;
  for (auto& write : group) {
    bytes += write->bytes;
    write->finish(write->own_error ? &*write->own_error : failure);
  }
  queued_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

void Writer::stop_for(const Error& error) {
  if (stopped_.exchange(true)) return;
  refuses_ = true;
  if (options_.on_fatal) return options_.on_fatal(error);
  std::fprintf(stderr, "waggle: the store must stop: %s\n", error.message.c_str());
  std::abort();
}

}  // namespace waggle::store::sqlite
