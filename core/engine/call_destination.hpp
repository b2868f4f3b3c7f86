// A destination: one connection, or one address of those that need none. Says when a call to it may begin:
// its circuit breaker, how many calls at once, how many per time. What may not begin waits in a short line in
// memory, or leaves memory and comes back: so a dead or slow app never holds more than its share. Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <waggle/result.hpp>

#include "core/engine/breaker.hpp"
#include "flows/rate.hpp"

namespace waggle::engine {

/// Calls to one destination at the same time, when connections.yaml does not say another number: an app that
/// answers in 100 ms takes 2,560 calls a second through it; more sockets than that to one host help nobody.
inline constexpr std::size_t default_at_once = 256;
/// ... but never more than this part of the runs that memory may hold - by their number, and by what runs
/// like this one hold - so that twenty dead apps cannot fill it; nor fewer than least_at_once.
inline constexpr std::size_t memory_share = 32;
inline constexpr std::size_t least_at_once = 4;
/// The part of memory that may wait for one destination beyond those ...
inline constexpr std::size_t line_share = 128;
/// ... and while it answers: its line moves.
inline constexpr std::size_t moving_line_share = 16;
/// Who must wait longer than this leaves memory.
inline constexpr std::int64_t longest_nap_ms = 1'000;
/// Those that left memory to pause come back at multiples of this, so that the backlog is not read for each
/// by itself.
inline constexpr std::int64_t return_step_ms = 250;
constexpr std::int64_t return_moment(std::int64_t due_ms) {
  return due_ms + return_step_ms - due_ms % return_step_ms;
}

struct DestinationLimits {
  std::size_t at_once = default_at_once;
  std::size_t line = default_at_once;  ///< who may wait in memory for one of these
  std::optional<flows::Rate> rate;
  /// The same, at most, while the app answers so quickly that all in it are called within longest_nap_ms.
  std::size_t moving_line = 0;
};

class Destination;

/// A call under way. Ends with `ended`; one that is dropped tells nothing about the app.
class Ticket {
 public:
  Ticket(std::shared_ptr<Destination> destination, std::int64_t began_ms, bool probe)
      : destination_(std::move(destination)), began_ms_(began_ms), probe_(probe) {}
  ~Ticket();
  Ticket(const Ticket&) = delete;

  /// `error`: none = it went well. An answer that is no `retry` shows that the app lives.
  void ended(const std::optional<Error>& error, std::int64_t now_ms);

 private:
  std::shared_ptr<Destination> destination_;
  std::int64_t began_ms_;
  bool probe_;
};

/// With a ticket: begin. Without: ask again.
using Called = std::function<void(std::shared_ptr<Ticket>)>;

class Destination : public std::enable_shared_from_this<Destination> {
 public:
  /// Hears of the breaker: true = it opened. Called without a lock.
  using Heard = std::function<void(const Destination&, bool opened)>;
  Destination(std::string name, Heard heard) : name_(std::move(name)), heard_(std::move(heard)) {}

  struct Answer {
    std::shared_ptr<Ticket> ticket;  ///< begin
    std::int64_t wait_ms = 0;  ///< without: ask again after this; 0 = stands in line, `called` is called
    std::string why;           ///< with wait_ms: for people
  };
  /// Times are monotonic milliseconds. `called` may come on any thread.
  Answer ask(const DestinationLimits& limits, std::int64_t now_ms, Called called);

  struct Status {
    Breaker::State state = Breaker::State::closed;
    std::size_t at_work = 0, in_line = 0;
    std::int64_t opens_again_ms = 0, pause_ms = 0;
    std::string why;
  };
  Status status() const;
  /// From here on nobody is called: those in line are forgotten, and who asks waits for ever.
  void close();
  const std::string& name() const { return name_; }
  /// Whether it may be forgotten: no call is under way and none stands in line. Not one with a rate, which
  /// must know when its calls began; those are connections, and there are as many as connections.yaml has.
  bool idle() const;

 private:
  friend class Ticket;
  void ended(std::int64_t began_ms, bool probe, const std::optional<Error>& error, std::int64_t now_ms);
  void dropped(bool probe, std::int64_t now_ms);
  static std::size_t moving_line(const DestinationLimits& limits, double pace_ms);
  bool answers(std::int64_t now_ms) const;
  std::int64_t rate_wait(const flows::Rate& rate, std::int64_t now_ms);
  std::int64_t come_back_after(std::int64_t base_ms, double spacing_ms, std::int64_t within_ms,
                               std::int64_t now_ms);
  Called next_in_line(std::shared_ptr<Ticket>& ticket, std::int64_t now_ms);

  const std::string name_;
  const Heard heard_;
  mutable std::mutex mutex_;  ///< of what follows; never held while calling out
  Breaker breaker_;
  DestinationLimits limits_;
  std::size_t at_work_ = 0;
  std::deque<Called> line_;
  std::deque<std::int64_t> starts_;          ///< within the rate's span
  double next_return_ms_ = 0;                ///< the next free moment for one that comes back
  double mean_took_ms_ = 100;                ///< of late
  std::optional<std::int64_t> answered_ms_;  ///< the last time that a call went well
  bool closed_ = false;
};

}  // namespace waggle::engine
