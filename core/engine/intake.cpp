#include "core/engine/intake.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <waggle/json.hpp>
#include <waggle/time.hpp>

#include "core/engine/pace.hpp"
#include "core/engine/request_words.hpp"
#include "core/engine/run_words.hpp"
#include "core/http/reply_text.hpp"
#include "core/store/ids.hpp"
#include "plugins/host/normalise.hpp"

namespace waggle::engine {

/// A run that waits for its commit, and what its pure steps said already.
struct Intake::Begun {
  flows::Run run;
  std::optional<flows::Progress> progress;
  /// This loop begins it; nobody else can, although its row may be seen from the commit on.
  bool mine = false;
};

/// One request on its way in.
struct Intake::Delivery {
  std::shared_ptr<const Snapshot> snapshot;
  HookTarget target;
  http::Request request;
  std::vector<std::pair<std::string, std::string>> params;
  http::Respond respond;
  std::int64_t received_ms = 0;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  http::Reply reply;
  std::vector<store::Arrival> arrivals;
  std::unordered_map<std::string, Begun> runs;  ///< by run id: waiting for the commit

  void answer(http::Reply with) {
    if (respond) std::exchange(respond, {})(std::move(with));
  }
};

void Intake::receive(http::Request request, http::Respond respond) {
  const auto& snapshot = runner_.snapshot();
  const auto found = snapshot->find(request.method, request.path);
  if (!found) return respond(problem(404, "no_such_path", "nothing is expected at " + request.path));
  if (!found->target)
    return respond(problem(405, "method_not_allowed", request.path + " does not take " + request.method));
  if (!world_.store.accepts()) return respond(try_again(world_.store.refusal()));

  auto delivery = std::make_shared<Delivery>();
  delivery->snapshot = snapshot;
  delivery->target = *found->target;
  delivery->params = found->params;
  delivery->request = std::move(request);
  delivery->respond = std::move(respond);
  delivery->received_ms = world_.now_ms();

  const HookTarget& target = delivery->target;
  host::Message message{receive_head(delivery->request, delivery->params, target,
                                     snapshot->connection_json(target.connection), delivery->received_ms),
                        delivery->request.body};
  drive(runner_.hands(), target.plugin, std::move(message), receive_deadline,
        [this, delivery](Driven driven) { received(delivery, std::move(driven)); });
}

void Intake::received(const std::shared_ptr<Delivery>& delivery, Driven driven) {
  if (!driven.result.ok()) return refuse(*delivery, driven.result.error(), driven.error_head);
  const Json& head = driven.result->head;
  const Json& reply = head.at("reply");
  const std::string& connector = delivery->target.plugin->spec().id;
  if (!reply.is_object() || !head.at("events").is_array())
    return refuse(*delivery, bug(connector + " took the delivery and said no `reply` or no `events`"));
  delivery->reply.status = static_cast<int>(reply.at("status").as_int(200));
  for (const Json& pair : reply.at("headers").items())
    delivery->reply.headers.emplace_back(pair.at(std::size_t{0}).as_string(), pair.at(1).as_string());
  delivery->reply.body = std::move(driven.result->body);
  if (!http::can_send(delivery->reply))
    return refuse(*delivery, bug(connector + " answers with a status or a header that cannot be sent"));

  for (const Json& event : head.at("events").items()) {
    auto made = arrival(*delivery, event);
    if (!made.ok()) return refuse(*delivery, made.error());
    delivery->arrivals.push_back(std::move(*made));
  }
  if (delivery->arrivals.empty()) return delivery->answer(std::move(delivery->reply));
  commit(delivery);
}

/// `head`: with an error of the connector's own, all that it says.
void Intake::refuse(Delivery& delivery, const Error& error, const Json& head) {
  int status = error.next == Next::invalid  ? 400
               : error.next == Next::denied ? 401
               : error.next == Next::bug    ? 500
                                            : 503;
  status = static_cast<int>(head.at("status").as_int(status));
  world_.log.write(error.next == Next::bug ? observe::Level::error : observe::Level::warning,
                   "delivery refused",
                   {{"source", delivery.target.source}, {"status", status}, {"error", error.message}});
  http::Reply reply = head.at("without_body").as_bool() ? http::Reply{.status = status}
                                                        : problem(status, error.code, error.message);
  if (status == 503) reply.headers.emplace_back("retry-after", "1");
  delivery.answer(std::move(reply));
}

Result<store::Arrival> Intake::arrival(Delivery& delivery, const Json& event) {
  const ConnectorSpec& spec = delivery.target.plugin->spec();
  store::Arrival arrival;
  store::Event& row = arrival.event;
  row.id = store::new_id(delivery.received_ms);
  row.source = delivery.target.source;
  row.connector = spec.id;
  row.trigger = event.at("trigger").as_string();
  row.connection = delivery.target.connection;
  row.dedupe_key = event.text("dedupe_key");
  row.delivery_id = event.text("delivery_id");
  row.received_ms = delivery.received_ms;
  row.body = delivery.request.body;
  arrival.dedupe_keep_ms = std::chrono::milliseconds(default_dedupe_keep).count();
  const TriggerSpec* trigger = spec.trigger(row.trigger);
  if (!trigger)
    return bug(spec.id + " reported an event of trigger \"" + row.trigger + "\", which it does not declare");

  const bool verbatim = event.text("payload_from") == "body";
  std::string payload = verbatim ? row.body : event.at("payload").dump();
  if (!trigger->payload.empty()) payload = host::normalise_payload(payload, trigger->payload);
  if (payload != row.body) row.payload = payload;
  row.meta = meta_json(row, delivery.request, delivery.params, *world_.redactor());
  WAGGLE_TRY(auto parsed, verbatim ? flows::ParsedJson::strict(std::move(payload))
                                   : flows::ParsedJson::stored(std::move(payload)));

  WAGGLE_TRY_VOID(add_runs(delivery, arrival, std::move(parsed),
                           delivery.snapshot->uses(row.connector, row.trigger, row.connection, row.source)));
  return arrival;
}

Result<void> Intake::add_runs(Delivery& delivery, store::Arrival& arrival,
                              std::shared_ptr<const flows::ParsedJson> event,
                              const std::vector<const TriggerUse*>& uses) {
  if (uses.empty()) return {};
  WAGGLE_TRY(const auto meta, flows::ParsedJson::stored(arrival.event.meta));
  for (const TriggerUse* used : uses) {
    const TriggerUse& use = *used;
    store::Arrival::QueuedRun queued;
    store::Run& row = queued.run;
    row.id = store::new_id(delivery.received_ms);
    row.event_id = arrival.event.id;
    row.flow = use.flow->id();
    row.version = use.flow->version();
    row.created_ms = delivery.received_ms;
    row.seed = seed_of(row.id);
    auto run = begin_run(use.flow, row, event, meta, use.vars);
    row.subject = run.subject();
    if (use.flow->dedupe()) {
      auto key = run.dedupe_key();
      if (key.ok() && *key) {
        queued.dedupe_scope = "flow:" + row.flow;
        queued.dedupe_key = **key;
        queued.dedupe_keep_ms = std::chrono::milliseconds(use.flow->dedupe()->keep).count();
      } else if (!key.ok()) {
        world_.log.warning("dedupe key has no value; the event is not deduplicated by the flow",
                           {{"flow", row.flow}, {"event", row.event_id}, {"error", key.error().message}});
      }
    }
    if (use.flow->pacing()) {
      Pace pace = pace_of(run, *use.flow->pacing());
      if (pace.problem)
        world_.log.warning("the run waits its turn among those without a key",
                           {{"flow", row.flow}, {"event", row.event_id}, {"error", pace.problem->message}});
      queued.lane = std::move(pace.lane);
    }
    delivery.runs.emplace(row.id, begin(delivery, row, std::move(run)));
    arrival.runs.push_back(std::move(queued));
  }
  return {};
}

/// Pure steps need nothing of the world, so a brief flow's first ones run before the commit: a run that ends
/// with them (an event that the filter drops, most often) is stored as it ended, in the event's own commit.
Intake::Begun Intake::begin(Delivery& delivery, store::Run& row, flows::Run run) {
  Begun begun{std::move(run), {}};
  const flows::Flow& flow = begun.run.flow();
  if (!flow.brief() || flow.pacing() || delivery.target.reply_after_run) return begun;
  begun.progress = begun.run.advance();
  if (begun.progress->state == flows::RunState::running || !begun.progress->wanted.empty()) return begun;
  std::string trace;
  for (const flows::StepRecord& record : begun.progress->records) append_trace(trace, record);
  row.trace = "[" + trace + "]";
  end_row(row, begun.progress->state, begun.progress->error, world_.now_ms(), world_.mask);
  return begun;
}

/// Whether this loop begins a run is settled before its row can be seen. After the commit would be too late:
/// while the loop is busy, the backlog could take the row, bring the run to its end and let go of it, and the
/// loop would run it once more. With rows waiting or memory full, new runs queue up behind the rows.
void Intake::take_places(Delivery& delivery) {
  for (const store::Arrival& arrival : delivery.arrivals)
    for (const store::Arrival::QueuedRun& queued : arrival.runs) {
      if (queued.run.state != store::RunState::queued) continue;
      if (!world_.active.has_room(RunLimits(delivery.snapshot->project().settings)))
        world_.take_directly = false;
      const std::size_t texts = arrival.event.payload_text().size() + arrival.event.meta.size();
      delivery.runs.at(queued.run.id).mine =
          world_.take_directly && world_.active.add(queued.run.id, held_bytes(texts));
    }
}

/// It does not begin now, or not here. Whoever came for it meanwhile and did not get it looks again.
void Intake::give_back(const std::string& run_id, Begun& begun) {
  if (!std::exchange(begun.mine, false)) return;
  if (world_.active.remove(run_id)) world_.go_on_with(run_id);
  if (!world_.take_directly) world_.kick_backlog();
}

void Intake::give_back_all(Delivery& delivery) {
  for (auto& [id, begun] : delivery.runs) give_back(id, begun);
}

void Intake::commit(const std::shared_ptr<Delivery>& delivery) {
  take_places(*delivery);
  const std::shared_ptr<const std::vector<store::Arrival>> arrivals(delivery, &delivery->arrivals);
  world_.store.arrive(arrivals, [this, delivery](Result<std::vector<store::Arrived>> arrived) {
    auto shared = std::make_shared<Result<std::vector<store::Arrived>>>(std::move(arrived));
    runner_.loop().post([this, delivery, shared] { committed(*delivery, std::move(*shared)); });
  });
}

void Intake::committed(Delivery& delivery, Result<std::vector<store::Arrived>> arrived) {
  if (!arrived.ok()) {
    give_back_all(delivery);
    world_.log.error("delivery could not be stored", arrived.error(), {{"source", delivery.target.source}});
    return delivery.answer(try_again("it could not be stored"));
  }
  if (!delivery.target.reply_after_run) delivery.answer(std::move(delivery.reply));
  runner_.tally().ack_time().observe(std::chrono::steady_clock::now() - delivery.began);
  for (std::size_t i = 0; i < delivery.arrivals.size(); ++i)
    take(delivery, delivery.arrivals[i], (*arrived)[i]);
  if (delivery.respond && !arrived->empty() && arrived->front().duplicate)
    return answer_repeat(delivery, arrived->front().event_id);
  delivery.answer(
      std::move(delivery.reply));  // a run that must wait its turn, or no flow at all: nobody is kept waiting
}

/// With `reply: after_run`: a repeat hears what the first one heard.
void Intake::answer_repeat(Delivery& delivery, const std::string& event_id) {
  const auto respond = std::make_shared<http::Respond>(std::exchange(delivery.respond, {}));
  world_.loops.block([this, respond, event_id] {
    auto reader = world_.store.reader();
    auto first =
        reader.ok() ? first_reply(**reader, event_id) : Result<std::optional<http::Reply>>(reader.error());
    const auto reply = std::make_shared<http::Reply>(
        !first.ok() ? try_again("what the first delivery was answered could not be read")
        : *first    ? **std::move(first)
                    : problem(202, "still_running", "the event is stored; its run goes on"));
    runner_.loop().post([respond, reply] { (*respond)(std::move(*reply)); });
  });
}

/// Begins the runs of a stored event.
void Intake::take(Delivery& delivery, store::Arrival& arrival, const store::Arrived& stored) {
  if (stored.duplicate) {
    for (const store::Arrival::QueuedRun& queued : arrival.runs)
      give_back(queued.run.id, delivery.runs.at(queued.run.id));
    runner_.tally().event_duplicate(arrival.event.source);
    world_.log.info("repeat recognised; not run again",
                    {{"source", arrival.event.source}, {"event", stored.event_id}});
    return;
  }
  runner_.tally().event_received(arrival.event.source);
  const auto is_in = [](const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  for (store::Arrival::QueuedRun& queued : arrival.runs) {
    const std::string& id = queued.run.id;
    Begun& begun = delivery.runs.at(id);
    if (is_in(stored.skipped_runs, id) || is_in(stored.held_runs, id)) {
      give_back(id, begun);
    } else if (queued.run.state != store::RunState::queued) {
      runner_.ended(queued.run);
    } else if (!begun.mine) {
      world_.kick_backlog();
    } else {
      http::Respond respond;
      if (delivery.target.reply_after_run)
        respond = late_answer(runner_.loop(), std::exchange(delivery.respond, {}));
      runner_.take({.row = std::move(queued.run),
                    .run = std::move(begun.run),
                    .respond = std::move(respond),
                    .progress = std::move(begun.progress)});
    }
  }
}

std::shared_ptr<Intake::Delivery> Intake::own_delivery(std::string source, std::string connector,
                                                       std::string payload) {
  auto delivery = std::make_shared<Delivery>();
  delivery->snapshot = runner_.snapshot();
  delivery->target.source = source;
  delivery->received_ms = world_.now_ms();
  store::Event& event = delivery->arrivals.emplace_back().event;
  event.id = store::new_id(delivery->received_ms);
  event.source = std::move(source);
  event.connector = std::move(connector);
  event.received_ms = delivery->received_ms;
  event.body = std::move(payload);
  event.meta = meta_json(event, {}, {}, {});
  return delivery;
}

Result<void> Intake::add_own_runs(Delivery& delivery, const TriggerUse& use) {
  store::Arrival& arrival = delivery.arrivals.front();
  WAGGLE_TRY(auto event, flows::ParsedJson::stored(arrival.event.body));
  return add_runs(delivery, arrival, std::move(event), {&use});
}

void Intake::start_flow(const std::string& flow, std::string payload, http::Respond respond) {
  const TriggerUse* use = runner_.snapshot()->manual(flow);
  if (!use)
    return respond(problem(404, "no_manual_flow", "there is no flow " + flow + " with a `manual` trigger"));
  auto delivery = own_delivery("manual:" + flow, "manual", std::move(payload));
  delivery->respond = std::move(respond);
  if (auto added = add_own_runs(*delivery, *use); !added.ok())
    return delivery->answer(problem(400, added.error().code, added.error().message));
  Json body = {{"event", delivery->arrivals.front().event.id},
               {"run", delivery->arrivals.front().runs.front().run.id}};
  delivery->reply = http::Reply::json(202, body.dump());
  commit(delivery);
}

void Intake::tick(const schedule::Tick& tick, std::function<void(Result<void>)> done) {
  const auto flow = runner_.snapshot()->flow(tick.flow);
  if (!flow) return done(invalid("flow " + tick.flow + " is gone"));
  auto vars = runner_.snapshot()->vars(*flow);
  if (!vars.ok()) return done(std::move(vars).error());
  auto delivery = own_delivery("schedule:" + tick.cursor, "schedule", tick.payload);
  store::Arrival& arrival = delivery->arrivals.front();
  arrival.event.dedupe_key =
      std::to_string(tick.planned_ms);  // at most one firing per planned tick, whatever the clock does
  arrival.dedupe_keep_ms = std::chrono::milliseconds(default_dedupe_keep).count();
  if (auto added = add_own_runs(*delivery, {flow, &flow->triggers().front(), *std::move(vars)}); !added.ok())
    return done(added.error());
  take_places(*delivery);
  world_.store.arrive_scheduled(arrival, tick.cursor, tick.planned_ms,
                                [this, delivery, done = std::move(done)](Result<store::Arrived> arrived) {
                                  auto shared = std::make_shared<Result<store::Arrived>>(std::move(arrived));
                                  runner_.loop().post([this, delivery, done, shared] {
                                    if (!shared->ok()) {
                                      give_back_all(*delivery);
                                      return done(shared->error());
                                    }
                                    take(*delivery, delivery->arrivals.front(), **shared);
                                    done({});
                                  });
                                });
}

}  // namespace waggle::engine
