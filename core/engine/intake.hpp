// From a request at the front door to a committed event and its runs: which connection? ->
// connector.receive() -> one commit -> only then the 2xx. On the loop that accepted the connection.
#pragma once

#include <memory>

#include "core/engine/runner.hpp"
#include "core/http/server.hpp"
#include "core/schedule/clockwork.hpp"

namespace waggle::engine {

class Intake {
 public:
  explicit Intake(Runner& runner) : runner_(runner), world_(runner.world()) {}

  /// A delivery at /hooks/<connection> or at a path that a flow declares. Answers: what the connector says
  /// after the commit; 404 unknown path, 405 method, 4xx what the connector refuses, 500 what it cannot
  /// handle by a mistake of its own, 503 + Retry-After when it cannot be stored now.
  void receive(http::Request request, http::Respond respond);

  /// Starts a flow with a `manual` trigger. `payload` is JSON. Answers 202 with the run's id; 404, 503.
  void start_flow(const std::string& flow, std::string payload, http::Respond respond);

  /// A tick of a schedule: the event, its run and the moved cursor in one commit. `done` hears whether it is
  /// stored.
  void tick(const schedule::Tick& tick, std::function<void(Result<void>)> done);

 private:
  struct Delivery;
  struct Begun;

  void received(const std::shared_ptr<Delivery>& delivery, Driven driven);
  void refuse(Delivery& delivery, const Error& error, const Json& head = {});
  Result<store::Arrival> arrival(Delivery& delivery, const Json& event);
  Result<void> add_runs(Delivery& delivery, store::Arrival& arrival,
                        std::shared_ptr<const flows::ParsedJson> event,
                        const std::vector<const TriggerUse*>& uses);
  Begun begin(Delivery& delivery, store::Run& row, flows::Run run);
  std::shared_ptr<Delivery> own_delivery(std::string source, std::string connector, std::string payload);
  Result<void> add_own_runs(Delivery& delivery, const TriggerUse& use);
  void take_places(Delivery& delivery);
  void give_back(const std::string& run_id, Begun& begun);
  void give_back_all(Delivery& delivery);
  void commit(const std::shared_ptr<Delivery>& delivery);
  void committed(Delivery& delivery, Result<std::vector<store::Arrived>> arrived);
  void answer_repeat(Delivery& delivery, const std::string& event_id);
  void take(Delivery& delivery, store::Arrival& arrival, const store::Arrived& stored);

  Runner& runner_;
  World& world_;
};

/// How long a connector may take to read and verify a delivery: under Slack's 3 s, the tightest sender's
/// patience.
inline constexpr std::chrono::milliseconds receive_deadline{2'500};

/// How long a sender's repeat is recognised: longer than any known sender goes on repeating (3 to 5 days).
inline constexpr std::chrono::hours default_dedupe_keep{24 * 7};

}  // namespace waggle::engine
