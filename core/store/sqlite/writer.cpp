#include "core/store/sqlite/writer.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace waggle::store::sqlite {
namespace {

/// One commit holds no more than this, unless a single write does: the log must stay below 64 MiB, and is cut
/// only between commits (checkpoint.cpp).
constexpr std::size_t max_group_bytes = 8u << 20;

Error closed_error() {
  return retry("the store is closed or has stopped; nothing was written, try again after the restart", {},
               "store_closed");
}

}  // namespace

Writer::Writer(Connection connection, const StoreOptions& options)
    : options_(options),
      connection_(std::move(connection)),
      tables_(connection_),
      upkeep_(connection_, options_),
      begin_(connection_, "BEGIN IMMEDIATE"),
      commit_(connection_, "COMMIT"),
      savepoint_(connection_, "SAVEPOINT one"),
      release_(connection_, "RELEASE one"),
      thread_([this] { loop(); }) {}

Writer::~Writer() { close(); }

bool Writer::accepts() const {
  return !refuses_.load(std::memory_order_relaxed) && upkeep_.takes_arrivals() &&
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

void Writer::push_chore(std::unique_ptr<Chore> chore) {
  if (!upkeep_.push(chore)) {
    const Error error = closed_error();
    return chore->finish(&error);
  }
  const std::lock_guard lock(mutex_);
  nudged_ = true;
  wake_.notify_one();
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
  Store::Stats stats;
  stats.commits = commits_.load();
  stats.writes = writes_.load();
  stats.queued_bytes = queued_bytes_.load();
  upkeep_.fill(stats);
  return stats;
}

void Writer::loop() {
  Group group;
  while (take_group(group)) {
    const bool idle = group.empty();
    if (!idle) commit(group);
    group.clear();
    if (stopped_) {
      upkeep_.end(closed_error());
      continue;
    }
    if (auto done = upkeep_.run(!idle); !done.ok()) stop_for(done.error());
  }
  upkeep_.end(closed_error());
}

/// False: closed and nothing left. An empty group: nothing came for a while.
bool Writer::take_group(Group& group) {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return closing_ || nudged_ || !queue_.empty(); };
  if (const auto next = upkeep_.next(); next && !stopped_)
    wake_.wait_until(lock, *next, something);
  else
    wake_.wait(lock, something);
  nudged_ = false;
  if (queue_.empty()) return !closing_;
  std::size_t count = 0, bytes = 0;
  while (count < queue_.size() && count < options_.max_group &&
         (count == 0 || bytes + queue_[count]->bytes <= max_group_bytes))
    bytes += queue_[count++]->bytes;
  if (count == queue_.size()) {
    group.swap(queue_);
  } else {
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
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
    finish(group, nullptr);
    if (LaneNews news = tables_.lanes().take_news(); !news.empty() && options_.on_lanes)
      options_.on_lanes(std::move(news));
    return;
  }
  // Nothing of the group is on disk, or nobody knows: to the callers both mean "not acknowledged, try again".
  Error failure = done.error();
  failure.next = Next::retry;
  finish(group, &failure);
  if (const auto heard = upkeep_.failed(done.error()); !heard.ok()) stop_for(heard.error());
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
