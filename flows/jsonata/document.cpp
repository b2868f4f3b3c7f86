#include "flows/jsonata/document.hpp"

#include <algorithm>

#include "flows/jsonata/json_parse.hpp"
#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

Error place_of(std::string_view text, const JsonFault& fault) {
  std::string_view before = text.substr(0, fault.offset);
  std::size_t line = 1, start = 0;
  for (std::size_t i = before.find('\n'); i != std::string_view::npos; i = before.find('\n', i + 1)) {
    ++line;
    start = i + 1;
  }
  std::size_t column = count_code_points(before.substr(start)) + 1;
  return invalid("JSON " + std::to_string(line) + ":" + std::to_string(column) + ": " + fault.reason, "json");
}

/// Values take about twice the room of the text they were read from.
constexpr std::size_t value_bytes_per_byte = 2;
}  // namespace

Result<Document> Document::parse_in_place(std::string_view text, const ParseOptions& options) {
  Document document;
  JsonFault fault;
  document.arena_.expect(text.size() * value_bytes_per_byte);
  if (!parse_json(text, document.arena_, options, document.root_, fault)) return place_of(text, fault);
  return document;
}

Result<Document> Document::parse(std::string_view text, const ParseOptions& options) {
  Document document;
  JsonFault fault;
  document.arena_.expect(text.size() * (value_bytes_per_byte + 1));
  std::string_view own = document.arena_.copy(text);
  if (!parse_json(own, document.arena_, options, document.root_, fault)) return place_of(text, fault);
  return document;
}

Document Document::copy_of(Value value) {
  Document document;
  document.root_ = copy_value(value, document.arena_);
  return document;
}

Value copy_value(Value value, Arena& arena) {
  switch (value.tag) {
    case Tag::string:
      value.text_ = arena.copy(value.as_string()).data();
      return value;
    case Tag::number:
      if (value.flags & flag_source) value.text_ = arena.copy(value.source()).data();
      return value;
    case Tag::function:
      return Value::string("", true);
    case Tag::array: {
      auto* items = arena.take_array<Value>(value.length);
      for (std::uint32_t i = 0; i < value.length; ++i) items[i] = copy_value(value.items_[i], arena);
      value.items_ = items;
      return value;
    }
    case Tag::object: {
      const Object& from = *value.object_;
      auto* to = arena.make<Object>();
      to->count = to->capacity = from.count;
      to->members = arena.take_array<Member>(from.count);
      for (std::uint32_t i = 0; i < from.count; ++i) {
        to->members[i] = from.members[i];
        to->members[i].key = arena.copy(from.members[i].name()).data();
        to->members[i].value = copy_value(from.members[i].value, arena);
      }
      build_index(*to, arena);
      value.object_ = to;
      return value;
    }
    default:
      return value;
  }
}

}  // namespace waggle::jsonata
