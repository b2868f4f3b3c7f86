// Fills the data folder of a project with runs, to measure starts and sizes:
//   fill_store DATA finished|pending|waiting N [BODY_BYTES]
// The project must have been started once: the runs are of the first flow in it. `pending` runs are queued,
// as after a kill -9; `waiting` ones sleep for an hour; `finished` ones have an effect, an attempt and a
// trace.
#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>
#include <thread>

#include "core/clock.hpp"
#include "core/store/ids.hpp"
#include "core/store/store.hpp"

namespace {

using namespace waggle;

constexpr long window = 4096;  ///< writes under way

struct Flow {
  std::string id, version;
};

Flow first_flow(const std::string& data) {
  sqlite3* db = nullptr;
  sqlite3_stmt* query = nullptr;
  Flow flow;
  sqlite3_open_v2((data + "/waggle.db").c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
  if (sqlite3_prepare_v2(db, "SELECT flow, version FROM flow_versions LIMIT 1", -1, &query, nullptr) ==
          SQLITE_OK &&
      sqlite3_step(query) == SQLITE_ROW) {
    flow.id = reinterpret_cast<const char*>(sqlite3_column_text(query, 0));
    flow.version = reinterpret_cast<const char*>(sqlite3_column_text(query, 1));
  }
  sqlite3_finalize(query);
  sqlite3_close(db);
  return flow;
}

store::Arrival arrival(const Flow& flow, const std::string& body) {
  const std::int64_t now = waggle::now_ms();
  store::Arrival arrival;
  store::Event& event = arrival.event;
  event.id = store::new_id(now);
  event.source = "path:/in";
  event.connector = "webhook";
  event.dedupe_key = event.id;
  event.received_ms = now;
  event.meta = R"({"id":")" + event.id + "\"}";
  event.body = body;
  store::Run run;
  run.id = store::new_id(now);
  run.event_id = event.id;
  run.flow = flow.id;
  run.version = flow.version;
  run.created_ms = now;
  arrival.runs.push_back({std::move(run), {}, {}, 0});
  return arrival;
}

store::RunUpdate ended(store::Run run, bool waits) {
  store::RunUpdate update;
  run.state = waits ? store::RunState::waiting : store::RunState::succeeded;
  if (waits) run.due_ms = waggle::now_ms() + 3'600'000;
  if (!waits) {
    run.ended_ms = waggle::now_ms();
    run.trace.assign(600, 't');
    const std::string text(300, 'i');
    update.effects.push_back(
        {run.id, "2", store::EffectState::done, "", "http", "post", "", text, text, {}, 1, 0, 0});
    update.attempts.push_back({run.id, "2", 1, run.ended_ms, 3, {}, std::string(700, 'x')});
  }
  update.run = std::move(run);
  return update;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string kind = argc > 2 ? argv[2] : "";
  if (argc < 4 || (kind != "finished" && kind != "pending" && kind != "waiting"))
    return std::fprintf(stderr, "usage: fill_store DATA finished|pending|waiting N [BODY_BYTES]\n"), 2;
  const Flow flow = first_flow(argv[1]);
  if (flow.version.empty()) return std::fprintf(stderr, "start the project once: it has no flow stored\n"), 1;
  const long count = std::atol(argv[3]);
  const std::string body =
      "{\"text\":\"" + std::string(argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 500, 'x') + "\"}";
  store::StoreOptions options;
  options.data_dir = argv[1];
  auto opened = store::open_sqlite(options);
  if (!opened.ok()) return std::fprintf(stderr, "%s\n", opened.error().message.c_str()), 1;
  store::Store& store = **opened;
  std::atomic<long> under_way = 0, failures = 0;
  const auto done = [&](const auto& result) {
    failures += result.ok() ? 0 : 1;
    --under_way;
  };
  for (long i = 0; i < count; ++i) {
    while (under_way >= window) std::this_thread::sleep_for(std::chrono::microseconds(100));
    store::Arrival one = arrival(flow, body);
    store::Run run = one.runs[0].run;
    ++under_way;
    if (kind != "pending") ++under_way;
    store.arrive({std::move(one)}, done);
    if (kind != "pending") store.update_run(ended(std::move(run), kind == "waiting"), done);
  }
  store.close();
  std::printf("%ld %s runs of flow %s\n", count - failures.load(), kind.c_str(), flow.id.c_str());
  return failures == 0 ? 0 : 1;
}
