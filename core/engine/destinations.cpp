#include "core/engine/destinations.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>

#include <waggle/json.hpp>

namespace waggle::engine {

std::shared_ptr<Destination> Destinations::of(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return by_use_.front();
  }
  if (by_use_.size() >= most_destinations) make_room();
  by_use_.push_front(std::make_shared<Destination>(
      std::string(name), [this](const Destination& one, bool opened) { heard(one, opened); }));
  by_name_.emplace(by_use_.front()->name(), by_use_.begin());
  if (closed_) by_use_.front()->close();
  return by_use_.front();
}

std::vector<std::shared_ptr<Destination>> Destinations::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Destination>> list;
  for (const auto& [name, destination] : by_name_) list.push_back(*destination);
  return list;
}

void Destinations::held(const Destination& destination) {
  const std::lock_guard lock(mutex_);
  metrics_.calls_held(destination.name()).add();
}

void Destinations::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  for (const auto& destination : all()) destination->close();
}

void Destinations::heard(const Destination& destination, bool opened) {
  {
    const std::lock_guard lock(mutex_);
    metrics_.destination_open(destination.name()).set(opened ? 1 : 0);
  }
  if (!opened) {
    log_.info("an app answers again; its calls go on", {{"destination", destination.name()}});
    return;
  }
  const Destination::Status status = destination.status();
  log_.warning("an app is left alone for a while; its calls wait and use up no tries",
               {{"destination", destination.name()},
                {"why", status.why},
                {"next_try_in", std::to_string(status.pause_ms / 1000) + "s"}});
}

/// Whoever calls, waits or tells of one holds it, so one that nobody else holds cannot come to life
/// meanwhile.
void Destinations::make_room() {
  for (auto behind = by_use_.end(); behind != by_use_.begin() && by_use_.size() >= most_destinations;) {
    const auto oldest = std::prev(behind);
    if (oldest->use_count() != 1 || !(*oldest)->idle()) {
      behind = oldest;
      continue;
    }
    metrics_.forget_destination((*oldest)->name());
    by_name_.erase((*oldest)->name());
    behind = by_use_.erase(oldest);
  }
}

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

namespace {

/// End of the JSON text whose first quote is at `begin`.
std::size_t end_of_text(std::string_view json, std::size_t begin) {
  std::size_t at = begin + 1;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return std::min(at, json.size());
}

/// A member of the outermost object that is text, without reading what stands beside it into memory: this is
/// done for every call.
std::string_view top_level_text(std::string_view json, std::string_view name) {
  int depth = 0;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') continue;
    const std::size_t end = end_of_text(json, at);
    const bool is_key = depth == 1 && json.substr(at + 1, end - at - 1) == name &&
                        json.substr(std::min(end + 1, json.size()), 2) == ":\"";
    at = end;
    if (!is_key) continue;
    const std::size_t value = end + 2;
    return json.substr(value + 1, end_of_text(json, value) - value - 1);
  }
  return {};
}

}  // namespace

std::string destination_of_url(std::string_view connector, std::string_view input) {
  std::string_view url = top_level_text(input, "url");
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || url.find('\\') != std::string_view::npos)
    return std::string(connector);
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host = host.substr(host.rfind('@') + 1);  // npos + 1 is 0: no user, all of it
  std::string name = std::string(url.substr(0, scheme + 3)) + std::string(host);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

}  // namespace waggle::engine
