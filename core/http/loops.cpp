// Event loops on Boost.Asio: see loops.hpp.
#include "core/http/loops.hpp"

#include <sys/resource.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace waggle::http {
namespace {

namespace asio = boost::asio;

/// Each connection is a descriptor, and shells start programs with room for 1,024. The hard limit is ours to
/// use.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class AsioLoop final : public Loop {
 public:
  explicit AsioLoop(std::size_t index) : index_(index), context_(1), work_(context_.get_executor()) {}

  std::size_t index() const override { return index_; }

  void post(std::function<void()> work) override { asio::post(context_, std::move(work)); }

  std::function<void()> after(std::chrono::milliseconds delay, std::function<void()> work) override {
    auto timer = std::make_shared<asio::steady_timer>(context_, delay);
    timer->async_wait([timer, work = std::move(work)](const boost::system::error_code& error) {
      if (!error) work();
    });
    return [weak = std::weak_ptr(timer)] {
      if (auto timer = weak.lock()) timer->cancel();
    };
  }

  asio::io_context& context() override { return context_; }

  void run() {
    thread_ = std::thread([this] { context_.run(); });
  }
  void stop() { context_.stop(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::size_t index_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

class AsioLoops final : public Loops {
 public:
  AsioLoops(std::size_t count, std::size_t blocking_threads)
      : pool_(std::make_unique<asio::thread_pool>(blocking_threads)) {
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<AsioLoop>(i));
    for (auto& loop : loops_) loop->run();
  }

  /// The pool's waiting work may own sockets of the loops, and loop 0, which accepts, sockets of the others.
  ~AsioLoops() override {
    AsioLoops::stop();
    pool_.reset();
    for (auto& loop : loops_) loop.reset();
  }

  std::size_t count() const override { return loops_.size(); }
  Loop& at(std::size_t index) override { return *loops_.at(index); }
  void block(std::function<void()> work) override { asio::post(*pool_, std::move(work)); }

  void stop() override {
    pool_->stop();
    for (auto& loop : loops_) loop->stop();
    pool_->join();
    for (auto& loop : loops_) loop->join();
  }

 private:
  std::vector<std::unique_ptr<AsioLoop>> loops_;
  std::unique_ptr<asio::thread_pool> pool_;
};

}  // namespace

std::unique_ptr<Loops> Loops::start(std::size_t count, std::size_t blocking_threads) {
  raise_descriptor_limit();
  return std::make_unique<AsioLoops>(count == 0 ? 1 : count, blocking_threads == 0 ? 1 : blocking_threads);
}

}  // namespace waggle::http
