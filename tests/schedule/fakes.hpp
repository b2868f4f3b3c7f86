// A loop whose time the test moves, and a store that remembers cursors only. For tests of the clockwork; one
// thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/http/loops.hpp"
#include "core/store/store.hpp"

namespace waggle::schedule {

class FakeLoop : public http::Loop {
 public:
  std::size_t index() const override { return 0; }
  void post(std::function<void()> work) override { posted_.push_back(std::move(work)); }
  std::function<void()> after(std::chrono::milliseconds delay, std::function<void()> work) override {
    auto entry =
        timers_.emplace(now_ + delay.count(), std::make_shared<std::function<void()>>(std::move(work)));
    return [timer = entry->second] { *timer = nullptr; };
  }
  boost::asio::io_context& context() override { throw std::logic_error("a fake loop has no context"); }

  /// Runs all that is posted, then lets monotonic time pass; `each` is told how much passed before every
  /// timer.
  void pass(std::int64_t ms, const std::function<void(std::int64_t)>& each) {
    const std::int64_t end = now_ + ms;
    run_posted();
    while (!timers_.empty() && timers_.begin()->first <= end) {
      auto first = timers_.begin();
      auto timer = first->second;
      each(first->first - now_);
      now_ = first->first;
      timers_.erase(first);
      if (*timer) {
        ++wakes;
        (*timer)();
      }
      run_posted();
    }
    each(end - now_);
    now_ = end;
  }

  int wakes = 0;

 private:
  void run_posted() {
    while (!posted_.empty()) {
      auto work = std::move(posted_.front());
      posted_.pop_front();
      work();
    }
  }

  std::int64_t now_ = 0;
  std::deque<std::function<void()>> posted_;
  std::multimap<std::int64_t, std::shared_ptr<std::function<void()>>> timers_;
};

class CursorStore : public store::Store {
 public:
  std::map<std::string, std::int64_t> cursors;

  bool accepts() const override { return true; }
  void set_schedule_cursor(std::string schedule, std::int64_t cursor_ms, store::Done<void> done) override {
    cursors[schedule] = cursor_ms;
    done({});
  }
  Result<std::unique_ptr<store::Reader>> reader() override {
    return std::unique_ptr<store::Reader>(std::make_unique<CursorReader>(*this));
  }
  void close() override {}

  // Not for schedules.
  void arrive(std::shared_ptr<const std::vector<store::Arrival>>,
              store::Done<std::vector<store::Arrived>> done) override {
    done(none());
  }
  void arrive_scheduled(store::Arrival, std::string, std::int64_t,
                        store::Done<store::Arrived> done) override {
    done(none());
  }
  void update_run(std::shared_ptr<const store::RunUpdate>, store::Done<void> done) override { done(none()); }
  void requeue(std::string, store::Done<bool> done) override { done(none()); }
  void mend_connection(std::string, store::Done<std::int64_t> done) override { done(none()); }
  void discard(std::string, std::string, std::int64_t, store::Done<bool> done) override { done(none()); }
  void release_due(std::int64_t, store::Done<void> done) override { done(none()); }
  void break_connection(std::string, std::string, std::int64_t, store::Done<void> done) override {
    done(none());
  }
  void save_flow_version(std::string, std::string, std::string, std::int64_t,
                         store::Done<void> done) override {
    done(none());
  }
  void sweep(store::Keep, store::Done<store::Swept> done) override { done(none()); }
  void backup(std::string, store::Done<store::BackedUp> done) override { done(none()); }

 private:
  static Error none() { return bug("this store keeps cursors only"); }

  class CursorReader : public store::Reader {
   public:
    explicit CursorReader(CursorStore& store) : store_(store) {}
    Result<std::optional<std::int64_t>> schedule_cursor(std::string_view name) override {
      auto found = store_.cursors.find(std::string(name));
      if (found == store_.cursors.end()) return std::optional<std::int64_t>();
      return std::optional<std::int64_t>(found->second);
    }
    Result<std::vector<store::Run>> runs(const store::RunFilter&) override { return none(); }
    Result<std::vector<store::Event>> events(const store::EventFilter&) override { return none(); }
    Result<std::optional<store::Event>> event(std::string_view) override { return none(); }
    Result<std::optional<store::RunDetail>> run(std::string_view) override { return none(); }
    Result<std::vector<std::string>> queued_runs(std::string_view, int) override { return none(); }
    Result<std::vector<Waiting>> woken_runs(std::int64_t, const Waiting&, int) override { return none(); }
    Result<std::optional<std::int64_t>> next_due_ms(std::int64_t) override { return none(); }
    Result<std::optional<std::string>> flow_bundle(std::string_view) override { return none(); }
    Result<std::vector<ConnectionState>> broken_connections() override { return none(); }
    Result<std::vector<std::pair<store::RunState, std::int64_t>>> run_counts() override { return none(); }

   private:
    CursorStore& store_;
  };
};

}  // namespace waggle::schedule
