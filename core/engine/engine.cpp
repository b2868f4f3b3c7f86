#include "core/engine/engine.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include <waggle/secret.hpp>

#include "core/clock.hpp"
#include "core/engine/backlog.hpp"
#include "core/engine/flow_versions.hpp"
#include "core/engine/gate.hpp"
#include "core/engine/intake.hpp"
#include "core/engine/request_words.hpp"
#include "core/engine/retention.hpp"
#include "core/engine/runner.hpp"
#include "core/engine/shutdown.hpp"
#include "core/project/project_watch.hpp"
#include "core/schedule/clockwork.hpp"
#include "core/secrets/redactor.hpp"
#include "plugins/host/plugin_folder.hpp"

namespace waggle::engine {

/// Everything that lives as long as the engine; members are destroyed from the last to the first.
struct Engine::Parts {
  Parts(EngineOptions options_, observe::Log& log_) : options(std::move(options_)), log(log_) {}

  EngineOptions options;
  observe::Log& log;
  observe::Metrics metrics;
  std::unique_ptr<host::PluginFolder> plugins;
  std::string data_dir;
  std::string address;
  std::uint16_t port = 0;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<http::Loops> loops;
  std::unique_ptr<World> world;
  FlowVersions versions;
  std::vector<std::unique_ptr<Runner>> runners;
  std::vector<std::unique_ptr<Intake>> intakes;
  std::unique_ptr<Backlog> backlog;
  std::unique_ptr<Retention> retention;
  std::unique_ptr<Gate> gate;
  std::unique_ptr<schedule::Clockwork> clockwork;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<project::ProjectWatch> watch;
  std::atomic<bool> listening = false;  ///< all of it works; requests may come a moment before

  mutable std::mutex mutex;  ///< of snapshot and redactor
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const secrets::Redactor> redactor = std::make_shared<secrets::Redactor>();
  std::vector<std::weak_ptr<const Snapshot>> in_use;  ///< snapshots put in force; with reload_mutex
  std::mutex reload_mutex;                            ///< one reload at a time

  std::shared_ptr<const secrets::Redactor> known_secrets() const {
    const std::lock_guard lock(mutex);
    return redactor;
  }

  std::shared_ptr<const Snapshot> current() const {
    const std::lock_guard lock(mutex);
    return snapshot;
  }

  Result<void> load();
  Result<void> save_versions(const Snapshot& next);
  void use(std::shared_ptr<const Snapshot> next);
  void mend_changed(const Snapshot& previous, const Snapshot& next);
  void mend(const std::string& name, store::Done<std::int64_t> done);
  void make_world();
  Result<void> start_clockwork();
  store::StoreOptions store_options();
};

namespace {

std::vector<schedule::Job> jobs_of(const Snapshot& snapshot) {
  std::vector<schedule::Job> jobs;
  for (const auto& [id, flow] : snapshot.project().flows) {
    if (!flow->enabled()) continue;
    for (const flows::Trigger& trigger : flow->triggers()) {
      if (trigger.connector != "schedule") continue;
      // A rule that cannot be read is a problem of the project; its flow is not in force.
      if (auto rule = schedule::schedule_from(trigger.settings); rule.ok())
        jobs.push_back({id, std::move(*rule)});
    }
  }
  return jobs;
}

std::int64_t error_count(const flows::Problems& problems) {
  return std::count_if(problems.begin(), problems.end(), [](const flows::Problem& problem) {
    return problem.severity == flows::Severity::error;
  });
}

/// Each problem once: who saves a file again shall not read about all the others again.
void log_problems(observe::Log& log, const project::Project& project, const project::Project* previous) {
  std::set<std::string> known;
  if (previous)
    for (const flows::Problem& problem : previous->problems) known.insert(problem.to_text());
  for (const flows::Problem& problem : project.problems) {
    std::string text = problem.to_text();
    if (known.contains(text)) continue;
    log.write(problem.severity == flows::Severity::error ? observe::Level::error : observe::Level::warning,
              text);
  }
}

}  // namespace

bool inner_path(std::string_view path) {
  return path == "/healthz" || path == "/readyz" || path == "/metrics" || path.substr(0, 5) == "/api/";
}

void Engine::Parts::make_world() {
  world = std::unique_ptr<World>(
      new World{*store, *loops, log, metrics, options.now_ms ? options.now_ms : waggle::now_ms,
                [this](std::string_view text) { return known_secrets()->mask(text); },
                [this] { return known_secrets(); }, [this] { backlog->kick(); },
                [this](std::int64_t due_ms) { backlog->wake_at(due_ms); },
                [this](std::string run_id) { backlog->want({std::move(run_id)}); }});
  for (std::size_t i = 0; i < loops->count(); ++i) {
    runners.push_back(std::make_unique<Runner>(*world, loops->at(i)));
    intakes.push_back(std::make_unique<Intake>(*runners.back()));
  }
}

/// The last to begin: a tick that was missed fires at once, and its run wants all else.
Result<void> Engine::Parts::start_clockwork() {
  const auto fire = [this](const schedule::Tick& tick, std::function<void(Result<void>)> done) {
    intakes[0]->tick(tick, std::move(done));
  };
  clockwork = std::make_unique<schedule::Clockwork>(
      schedule::Clockwork::Parts{loops->at(0), *store, log, world->now_ms, fire});
  return clockwork->set(jobs_of(*current()));
}

store::StoreOptions Engine::Parts::store_options() {
  store::StoreOptions wanted;
  wanted.data_dir = data_dir;
  // What the disk did not confirm cannot be known: no more answers, no more deliveries, not even in the hope
  // that it passes. The next start goes on from what is there.
  wanted.on_fatal = [this](const Error& error) {
    log.error("the store must stop, and this process with it", error);
    std::_Exit(exit_store_failed);
  };
  wanted.on_notice = [this](const std::string& sentence) { log.warning(sentence); };
  // The gate is there before anything is written that could be news to it.
  wanted.on_lanes = [this](store::LaneNews news) {
    if (gate) gate->heard(std::move(news));
  };
  return wanted;
}

/// Reads plugins and project anew and puts them in force. On an error what was in force stays.
Result<void> Engine::Parts::load() {
  const std::lock_guard one_at_a_time(reload_mutex);
  const std::shared_ptr<const Snapshot> previous = current();
  const auto registry = plugins->rescan();
  WAGGLE_TRY(auto project,
             project::load_project(options.project_dir, registry, previous ? &previous->project() : nullptr));
  const auto next = Snapshot::build(project);
  log_problems(log, *project, previous ? &previous->project() : nullptr);
  WAGGLE_TRY_VOID(save_versions(*next));
  use(next);
  // On each loop after the swap: until then a call there may still break the connection by an old token.
  for (auto& runner : runners)
    if (previous) runner->loop().post([this, previous, next] { mend_changed(*previous, *next); });
  return clockwork ? clockwork->set(jobs_of(*next)) : Result<void>();
}

/// A run may name a version only when its text is on disk. All are queued before the first is waited for, so
/// that they share a commit.
Result<void> Engine::Parts::save_versions(const Snapshot& next) {
  const auto& flows = next.project().flows;
  std::vector<std::promise<Result<void>>> promises(flows.size());
  auto promise = promises.begin();
  for (const auto& [id, flow] : flows) {
    versions.remember(flow);
    store->save_flow_version(
        flow->version(), id, flow->bundle(), waggle::now_ms(),
        [&saved = *promise++](Result<void> result) { saved.set_value(std::move(result)); });
  }
  Result<void> all;
  for (auto& saved : promises)
    if (auto result = saved.get_future().get(); all.ok()) all = std::move(result);
  return all;
}

void Engine::Parts::use(std::shared_ptr<const Snapshot> next) {
  // Runs go on with the snapshot that they began with, so its secrets may still be sent and echoed.
  std::erase_if(in_use, [](const auto& snapshot) { return snapshot.expired(); });
  in_use.push_back(next);
  std::vector<std::string> known;
  for (const auto& weak : in_use)
    if (const auto used = weak.lock())
      known.insert(known.end(), used->project().secrets.begin(), used->project().secrets.end());
  const auto masks = std::make_shared<const secrets::Redactor>(known);
  for (std::string& secret : known) Secret::wipe(secret);
  {
    const std::lock_guard lock(mutex);
    snapshot = next;
    redactor = masks;
  }
  log.set_redactor(masks);
  log.set_level(observe::level_from(next->project().settings.log_level));
  for (auto& runner : runners) runner->loop().post([&runner = *runner, next] { runner.use(next); });
  backlog->use(next);
}

/// A connection whose settings were changed is taken for mended: its parked runs go on, and park again if it
/// is not.
void Engine::Parts::mend_changed(const Snapshot& previous, const Snapshot& next) {
  for (const auto& [name, reason] : world->health.all())
    if (next.connection_json(name) != previous.connection_json(name)) mend(name, [](Result<std::int64_t>) {});
}

void Engine::Parts::mend(const std::string& name, store::Done<std::int64_t> done) {
  world->health.mend(name);
  store->mend_connection(name, [this, name, done = std::move(done)](Result<std::int64_t> queued) {
    if (queued.ok()) {
      log.info("connection mended", {{"connection", name}, {"runs", *queued}});
      backlog->kick_from_start();
    }
    done(std::move(queued));
  });
}

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Engine::~Engine() { stop(); }

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options, observe::Log& log) {
  auto parts = std::make_unique<Parts>(std::move(options), log);
  WAGGLE_TRY(const project::Settings settings, project::load_settings(parts->options.project_dir));
  log.set_level(observe::level_from(settings.log_level));
  parts->data_dir = parts->options.data_dir.value_or(settings.data_dir);
  parts->address = parts->options.address.value_or(settings.address);
  parts->port = parts->options.port.value_or(settings.port);
  WAGGLE_TRY(parts->store, store::open_sqlite(parts->store_options()));
  const std::size_t loops = settings.loops > 0 ? static_cast<std::size_t>(settings.loops)
                                               : std::max(1u, std::thread::hardware_concurrency());
  parts->loops = http::Loops::start(loops, static_cast<std::size_t>(settings.blocking_threads));
  parts->make_world();
  parts->world->started_ms = parts->world->now_ms();
  parts->world->recovering = parts->store->after_unclean_stop();
  WAGGLE_TRY(auto reader, parts->store->reader());
  WAGGLE_TRY(const auto broken, reader->broken_connections());
  for (const auto& connection : broken)
    parts->world->health.break_connection(connection.name, connection.reason);
  WAGGLE_TRY(const auto counts, reader->run_counts());
  parts->world->take_directly = std::none_of(counts.begin(), counts.end(), [](const auto& count) {
    return count.first == store::RunState::queued && count.second != 0;
  });
  parts->backlog =
      std::make_unique<Backlog>(*parts->world, parts->versions, parts->runners, std::move(reader));
  parts->retention = std::make_unique<Retention>(*parts->world, [p = parts.get()] { return p->current(); });
  parts->gate = std::make_unique<Gate>(*parts->world, *parts->backlog);
  parts->plugins = std::make_unique<host::PluginFolder>(
      std::vector<std::string>{parts->options.bundled_plugins, parts->options.project_dir + "/plugins"},
      parts->data_dir + "/plugins-cache");
  WAGGLE_TRY_VOID(parts->load());
  return std::unique_ptr<Engine>(new Engine(std::move(parts)));
}

Result<void> Engine::listen(http::Handler inner) {
  Parts& parts = *parts_;
  http::ServerLimits limits;
  limits.max_body_bytes = snapshot()->project().settings.max_body_bytes;
  const auto handler = [&parts, inner = std::move(inner)](std::size_t loop, http::Request request,
                                                          http::Respond respond) {
    if (inner_path(request.path)) return inner(loop, std::move(request), std::move(respond));
    parts.intakes[loop]->receive(std::move(request), std::move(respond));
  };
  WAGGLE_TRY(parts.server, http::Server::listen(*parts.loops, parts.address, parts.port, limits, handler));
  parts.port = parts.server->port();
  parts.backlog->kick_from_start();
  parts.retention->start();
  parts.gate->open();
  WAGGLE_TRY_VOID(parts.start_clockwork());
  parts.watch = std::make_unique<project::ProjectWatch>(
      parts.options.project_dir, [this] { reload(); }, project::WatchTimes{},
      [this] { return snapshot()->project().registry->unsettled(); });
  parts.listening = true;
  return {};
}

void Engine::reload() {
  if (auto loaded = parts_->load(); !loaded.ok())
    parts_->log.error("the project could not be read; what was in force stays", loaded.error());
  else
    parts_->log.info("project loaded", {{"flows", snapshot()->project().flows.size()},
                                        {"errors", error_count(snapshot()->project().problems)}});
}

void Engine::stop() {
  Parts& parts = *parts_;
  if (parts.world->stopping.exchange(true)) return;
  parts.world->destinations.close();
  const auto deadline = snapshot()->project().settings.shutdown_deadline;
  const auto ends = std::chrono::steady_clock::now() + deadline;
  parts.watch.reset();
  parts.clockwork.reset();
  if (parts.server) parts.server->stop(deadline);
  drain(*parts.world, parts.runners, ends);
  parts.store->close();
  parts.loops->stop();
}

const std::string& Engine::address() const { return parts_->address; }
std::uint16_t Engine::port() const { return parts_->port; }
std::shared_ptr<const Snapshot> Engine::snapshot() const { return parts_->current(); }
std::string Engine::data_dir() const { return parts_->data_dir; }
World& Engine::world() { return *parts_->world; }
bool Engine::ready() const {
  return parts_->listening && !parts_->world->stopping && parts_->store->accepts();
}

void Engine::retry_run(std::string run_id, store::Done<bool> done) {
  parts_->store->requeue(std::move(run_id), [this, done = std::move(done)](Result<bool> queued) {
    if (queued.ok() && *queued) parts_->backlog->kick_from_start();
    done(std::move(queued));
  });
}

void Engine::discard_run(std::string run_id, std::string reason, store::Done<bool> done) {
  parts_->store->discard(std::move(run_id), std::move(reason), parts_->world->now_ms(), std::move(done));
}

void Engine::mend_connection(std::string name, store::Done<std::int64_t> done) {
  parts_->mend(name, std::move(done));
}

void Engine::start_flow(std::size_t loop, std::string flow, std::string payload, http::Respond respond) {
  parts_->intakes[loop]->start_flow(flow, std::move(payload), std::move(respond));
}

}  // namespace waggle::engine
