#include "flows/coerce.hpp"

#include <algorithm>
#include <cmath>

#include "flows/duration.hpp"
#include "flows/why.hpp"

namespace waggle::flows {
namespace {

using jsonata::Evaluation;
using jsonata::Value;

Error mismatch(Value value, const Field& field, const std::string& owner, std::string_view wanted) {
  std::string shown = field.type == FieldType::secret ? "something else" : shortened(value);
  return invalid("the input `" + field.name + "` of " + owner + " must be " + std::string(wanted) +
                     ", and it was " + shown,
                 "wrong_input");
}

bool has_no_value(Value value) { return value.is_undefined() || value.is_null(); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Result<Value> to_text_value(Value value, const Field& field, const std::string& owner, Evaluation& memory) {
  if (value.is_string()) return value;
  if (value.is_number() || value.is_boolean()) {
    std::string text;
    append_plain(value, text);
    return memory.string(text);
  }
  return mismatch(value, field, owner, "a text");
}

Result<Value> to_number(Value value, const Field& field, const std::string& owner, Evaluation& memory,
                        bool whole) {
  std::string_view wanted = whole ? "a whole number" : "a number";
  Value number = value;
  if (value.is_string()) {
    std::string_view text = trimmed(value.as_string());
    if (!Json::number(text).is_number()) return mismatch(value, field, owner, wanted);
    number = memory.json(text);
  }
  if (!number.is_number()) return mismatch(value, field, owner, wanted);
  double d = number.as_number();
  if (!std::isfinite(d) || (whole && d != std::floor(d))) return mismatch(value, field, owner, wanted);
  return number;
}

Result<Value> to_list(Value value, const Field& field, const std::string& owner, Evaluation& memory) {
  Value list = value.is_array() ? value : memory.array(std::span(&value, 1));  // JSONata unwraps lists of one
  if (field.fields.empty()) return list;
  std::vector<Value> items;
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    WAGGLE_TRY(Value item, coerce(list.item(i), field.fields.front(), owner + "." + field.name, memory));
    items.push_back(item);
  }
  return memory.array(items);
}

Result<Value> to_object(Value value, const Field& field, const std::string& owner, Evaluation& memory) {
  if (!value.is_object()) return mismatch(value, field, owner, "an object");
  if (field.fields.empty()) return value;
  const auto member_of = [&](const Field& declared, Value given) -> Result<Value> {
    WAGGLE_TRY(Value member, coerce(given, declared, owner + "." + field.name, memory));
    if (!declared.required || !has_no_value(member)) return member;
    return invalid("the input `" + (field.name.empty() ? "" : field.name + ".") + declared.name + "` of " +
                       owner + " is required and had no value",
                   "missing_input");
  };
  std::vector<Evaluation::Field> members;
  for (std::uint32_t i = 0; i < value.size(); ++i) {
    auto declared = std::find_if(field.fields.begin(), field.fields.end(),
                                 [&](const Field& one) { return one.name == value.key_at(i); });
    Value member = value.value_at(i);
    if (declared != field.fields.end()) {
      WAGGLE_TRY(member, member_of(*declared, member));
    }
    members.emplace_back(value.key_at(i), member);
  }
  for (const Field& declared : field.fields) {
    if (!value.find(declared.name).is_undefined()) continue;
    WAGGLE_TRY(Value member, member_of(declared, Value()));
    if (!member.is_undefined()) members.emplace_back(declared.name, member);
  }
  return memory.object(members);
}

}  // namespace

Result<Value> coerce(Value value, const Field& field, const std::string& owner, Evaluation& memory) {
  if (has_no_value(value)) {
    if (field.fallback.is_null()) return value;
    value = memory.json(field.fallback.dump());
  }
  switch (field.type) {
    case FieldType::text:
    case FieldType::secret:
    case FieldType::url:
    case FieldType::path:
    case FieldType::datetime:
    case FieldType::date:
      return to_text_value(value, field, owner, memory);
    case FieldType::duration: {
      if (!value.is_string() || !parse_duration(value.as_string()))
        return mismatch(value, field, owner, "a duration like 30s or 10m");
      return value;
    }
    case FieldType::integer:
      return to_number(value, field, owner, memory, true);
    case FieldType::decimal:
      return to_number(value, field, owner, memory, false);
    case FieldType::boolean: {
      if (value.is_boolean()) return value;
      if (value.is_string() && value.as_string() == "true") return Value::boolean(true);
      if (value.is_string() && value.as_string() == "false") return Value::boolean(false);
      return mismatch(value, field, owner, "true or false");
    }
    case FieldType::choice: {
      WAGGLE_TRY(Value word, to_text_value(value, field, owner, memory));
      bool known =
          std::find(field.choices.begin(), field.choices.end(), word.as_string()) != field.choices.end();
      if (known) return word;
      std::string list;
      for (const std::string& choice : field.choices) list += (list.empty() ? "" : ", ") + choice;
      return mismatch(value, field, owner, "one of " + list);
    }
    case FieldType::list:
      return to_list(value, field, owner, memory);
    case FieldType::object:
      return to_object(value, field, owner, memory);
    case FieldType::any:
    case FieldType::unset:
      break;
  }
  return value;
}

}  // namespace waggle::flows
