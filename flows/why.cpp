#include "flows/why.hpp"

namespace waggle::flows {

std::string missing_name(const jsonata::FreeName& name, jsonata::Value names) {
  jsonata::Value first = names.find(name.name);
  if (first.is_undefined()) return name.name;
  if (name.second.empty() || !first.is_object()) return {};
  return first.find(name.second).is_undefined() ? name.name + "." + name.second : std::string();
}

void append_plain(jsonata::Value value, std::string& text) {
  if (value.is_number() && !value.source().empty())
    text += value.source();
  else
    jsonata::append_text(value, text);
}

std::string shortened(jsonata::Value value) {
  constexpr std::size_t most = 40;
  if (value.is_undefined()) return "(nothing)";
  if (value.is_object() || value.is_array()) return value.is_object() ? "{...}" : "[...]";
  std::string text = jsonata::to_json(value);
  if (text.size() <= most) return text;
  std::size_t cut = most;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

}  // namespace waggle::flows
