#include "core/engine/tally.hpp"

namespace waggle::engine {
namespace {

/// The handle under `key`, made by `make` when it is met for the first time.
template <class Handles, class Make>
const typename Handles::mapped_type& handle(Handles& handles, const std::string& key, Make make) {
  const auto found = handles.find(key);
  return found != handles.end() ? found->second : handles.emplace(key, make()).first->second;
}

/// Parts of one key. The separator stands in no name of ours.
void join(std::string& key, std::initializer_list<std::string_view> parts) {
  key.clear();
  for (const std::string_view part : parts) (key += part) += '\n';
}

}  // namespace

void Tally::event_received(std::string_view source) {
  join(key_, {source});
  handle(received_, key_, [&] { return metrics_.events_received(source); }).add();
}

void Tally::event_duplicate(std::string_view source) {
  join(key_, {source});
  handle(duplicates_, key_, [&] { return metrics_.events_duplicate(source); }).add();
}

void Tally::run(std::string_view flow, std::string_view state) {
  join(key_, {flow, state});
  handle(runs_, key_, [&] { return metrics_.runs(flow, state); }).add();
}

void Tally::effect(std::string_view connector, std::string_view action, std::string_view outcome) {
  join(key_, {connector, action, outcome});
  handle(effects_, key_, [&] { return metrics_.effects(connector, action, outcome); }).add();
}

const observe::Histogram& Tally::effect_time(std::string_view connector) {
  join(key_, {connector});
  return handle(effect_times_, key_, [&] { return metrics_.effect_time(connector); });
}

}  // namespace waggle::engine
