#include "flows/yaml/node.hpp"

namespace waggle::flows::yaml {

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key.text == key) return &entry.value;
  return nullptr;
}

std::string_view Node::kind_name() const {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::boolean:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::text:
      return "a text";
    case Kind::list:
      return "a list";
    case Kind::mapping:
      return "a mapping";
  }
  return "a value";
}

Json to_json(const Node& node) {
  switch (node.kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return node.text == "true" || node.text == "True" || node.text == "TRUE";
    case Kind::number:
      return Json::number(node.text);
    case Kind::text:
      return node.text;
    case Kind::list: {
      Json::Array items;
      for (const Node& item : node.items) items.push_back(to_json(item));
      return Json::array(std::move(items));
    }
    case Kind::mapping: {
      Json::Object members;
      for (const Entry& entry : node.entries) members.emplace_back(entry.key.text, to_json(entry.value));
      return Json::object(std::move(members));
    }
  }
  return nullptr;
}

}  // namespace waggle::flows::yaml
