// The app at the other end: writes down what it got, on disk, before it answers 200. Can be told to fail, to
// be slow, or never to answer. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/http/loops.hpp"
#include "core/http/server.hpp"
#include "tests/durability/harness/durable_file.hpp"

namespace waggle::durability {

/// A message at one of the places where it must arrive.
using Place = std::pair<std::int64_t, std::string>;

/// How the sink answers.
struct Mood {
  int status = 200;
  std::chrono::milliseconds delay{0};
  bool silent = false;  ///< takes the request and never answers
};

class Sink {
 public:
  /// Writes lines `m17 /plain <digest of the body> <idempotency key>` to the file `record`.
  explicit Sink(const std::string& record);
  ~Sink();
  Sink(const Sink&) = delete;

  std::string url() const;
  void mood(Mood mood);
  /// Waits until it holds no request: after the server was killed, everything that reached us is on record.
  void settle();
  bool got(const Place& place) const;
  /// Deliveries on record whose answer took so long (a stalled disk) that the caller may have given up.
  std::map<Place, int> late() const;
  int in_hand() const { return in_hand_; }  ///< requests not answered yet
  std::size_t places() const;               ///< that were delivered to at least once
  std::int64_t recorded() const { return recorded_; }

 private:
  void handle(http::Request request, http::Respond respond);
  int status_for(const std::string& path, const std::string& id, const Mood& mood);
  void answer(const http::Respond& respond, http::Reply reply, std::chrono::milliseconds delay);

  DurableFile file_;
  std::unique_ptr<http::Loops> loops_;
  std::unique_ptr<http::Server> server_;
  mutable std::mutex mutex_;
  Mood mood_;  // guarded by mutex_, as what follows
  std::set<Place> got_;
  std::map<Place, int> late_;
  std::map<std::string, int> failures_;  ///< on purpose, by id
  int turn_ = 0;                         ///< of four; requests for /twice
  std::vector<http::Respond> held_;      ///< while silent
  std::atomic<int> in_hand_ = 0;
  std::atomic<std::int64_t> requests_ = 0, recorded_ = 0;
};

}  // namespace waggle::durability
