#include "tests/durability/harness/stored.hpp"

#include <filesystem>

#include <waggle/json.hpp>

#include "core/store/store.hpp"
#include "tests/durability/harness/message.hpp"

namespace waggle::durability {
namespace {

constexpr int kPage = 1000;

/// Calls `each` with every run in one of these states.
Result<void> for_runs(store::Reader& reader, std::vector<store::RunState> states,
                      const std::function<Result<void>(const store::Run&)>& each) {
  store::RunFilter filter;
  filter.states = std::move(states);
  filter.limit = kPage;
  for (;;) {
    WAGGLE_TRY(const auto page, reader.runs(filter));
    for (const store::Run& run : page) WAGGLE_TRY_VOID(each(run));
    if (page.size() < static_cast<std::size_t>(kPage)) return {};
    filter.before_id = page.back().id;
  }
}

/// Where the action sent to; empty when it is none of ours.
std::string path_of(const store::Effect& effect) {
  const auto input = Json::parse(effect.input);
  if (!input.ok()) return {};
  const std::string url = input->text("url");
  if (url.substr(0, 1) == "/") return url;
  const auto begin = url.find('/', std::string_view("http://").size());
  return begin == std::string::npos ? "" : url.substr(begin);
}

bool has_database(const std::string& data_dir) { return std::filesystem::exists(data_dir + "/waggle.db"); }

}  // namespace

Result<std::set<Place>> in_flight(const std::string& data_dir, const Sink& sink) {
  std::set<Place> unknown;
  if (!has_database(data_dir)) return unknown;
  auto opened = store::open_sqlite_reader(data_dir);
  // Killed before the first layout was complete: nothing was accepted yet.
  if (!opened.ok() && opened.error().code == "store_older") return unknown;
  WAGGLE_TRY(const auto reader, std::move(opened));
  WAGGLE_TRY_VOID(for_runs(*reader, {store::RunState::queued, store::RunState::waiting},
                           [&](const store::Run& run) -> Result<void> {
                             WAGGLE_TRY(const auto detail, reader->run(run.id));
                             const auto number = number_of(detail->event.delivery_id);
                             if (!number) return {};
                             std::set<std::string> known;
                             for (const store::Effect& effect : detail->effects)
                               if (effect.state == store::EffectState::done) known.insert(path_of(effect));
                             for (const std::string& path : all_deliveries())
                               if (known.count(path) == 0 && sink.got({*number, path}))
                                 unknown.emplace(*number, path);
                             return {};
                           }));
  return unknown;
}

Result<Stored> stored(const std::string& data_dir) {
  Stored all;
  WAGGLE_TRY(const auto reader, store::open_sqlite_reader(data_dir));
  std::map<std::string, std::string> delivery_ids;  // by event id
  store::EventFilter filter;
  filter.limit = kPage;
  for (;;) {
    WAGGLE_TRY(const auto page, reader->events(filter));
    for (const store::Event& listed : page) {
      WAGGLE_TRY(const auto event, reader->event(listed.id));
      if (!all.bodies.emplace(event->delivery_id, digest(event->body)).second)
        all.twice.insert(event->delivery_id);
      delivery_ids.emplace(event->id, event->delivery_id);
    }
    if (page.size() < static_cast<std::size_t>(kPage)) break;
    filter.before_id = page.back().id;
  }
  WAGGLE_TRY_VOID(for_runs(*reader, {store::RunState::parked}, [&](const store::Run& run) -> Result<void> {
    all.parked.insert(delivery_ids[run.event_id]);
    return {};
  }));
  WAGGLE_TRY_VOID(for_runs(*reader, {store::RunState::queued, store::RunState::waiting},
                           [&](const store::Run& run) -> Result<void> {
                             ++all.unfinished[delivery_ids[run.event_id]];
                             return {};
                           }));
  return all;
}

Result<std::int64_t> unfinished_runs(const std::string& data_dir) {
  WAGGLE_TRY(const auto reader, store::open_sqlite_reader(data_dir));
  WAGGLE_TRY(const auto counts, reader->run_counts());
  std::int64_t unfinished = 0;
  for (const auto& [state, count] : counts)
    if (!store::is_final(state) && state != store::RunState::parked) unfinished += count;
  return unfinished;
}

}  // namespace waggle::durability
