#include "flows/load/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace waggle::flows {

Names::Names()
    : slots_{"event", "meta", "vars", "item", "index", "error"}, visible_{"event", "meta", "vars"} {}

int Names::line_of(std::string_view name) const {
  auto found = expected_.find(name);
  return found == expected_.end() ? 0 : found->second;
}

bool Names::visible(std::string_view name) const {
  return std::find(visible_.begin(), visible_.end(), name) != visible_.end();
}

bool Names::taken_by_sibling(std::string_view name) const {
  return std::find(siblings_.begin(), siblings_.end(), name) != siblings_.end();
}

std::size_t Names::declare(std::string_view name) {
  visible_.emplace_back(name);
  auto found = std::find(slots_.begin(), slots_.end(), name);
  if (found == slots_.end()) found = slots_.insert(slots_.end(), std::string(name));
  return static_cast<std::size_t>(found - slots_.begin());
}

std::vector<std::string> Names::take_back(std::size_t mark) {
  std::vector<std::string> taken(visible_.begin() + static_cast<std::ptrdiff_t>(mark), visible_.end());
  visible_.resize(mark);
  return taken;
}

void Names::give(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (!visible(name)) visible_.push_back(name);
}

std::vector<std::string> Names::set_siblings(std::vector<std::string> names) {
  std::swap(siblings_, names);
  return names;
}

bool is_reserved_name(std::string_view name) {
  static constexpr std::array<std::string_view, 19> reserved{
      "event", "meta",    "vars", "item", "index", "error", "tables", "env",   "secrets", "secret",
      "run",   "project", "flow", "and",  "or",    "in",    "true",   "false", "null"};
  return std::find(reserved.begin(), reserved.end(), name) != reserved.end();
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_'); });
}

}  // namespace waggle::flows
