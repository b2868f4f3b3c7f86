// Truth, types and errors: $boolean, $not, $exists, $type, $error, $assert, $eval.
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/eval_text.hpp"

namespace waggle::jsonata {

namespace {

Value boolean(Call& call) { return call.has(0) ? Value::boolean(truthy(call[0])) : Value(); }
Value negated(Call& call) { return call.has(0) ? Value::boolean(!truthy(call[0])) : Value(); }
Value exists(Call& call) { return Value::boolean(call.has(0)); }

Value type(Call& call) {
  switch (call[0].tag) {
    case Tag::null:
      return Value::string("null", true);
    case Tag::boolean:
      return Value::string("boolean", true);
    case Tag::number:
      // What $parseInteger makes of no number is none for the reference either.
      return Value::string(is_numeric(call[0]) ? "number" : "object", true);
    case Tag::string:
      return Value::string("string", true);
    case Tag::array:
    case Tag::range:
      return Value::string("array", true);
    case Tag::object:
      return Value::string("object", true);
    case Tag::function:
      return Value::string("function", true);
    default:
      return {};
  }
}

std::string message_of(const Call& call, std::uint32_t index, std::string_view otherwise) {
  Value text = call[index];
  return std::string(text.is_string() && text.length > 0 ? text.as_string() : otherwise);
}

Value error(Call& call) {
  throw fault("D3137").with_text(message_of(call, 0, "$error() function evaluated"));
}

Value assert_true(Call& call) {
  if (!call.has(0) || !call[0].as_boolean())
    throw fault("D3141").with_text(message_of(call, 1, "$assert() statement failed"));
  return {};
}

Value eval(Call& call) { return evaluate_text(call); }

constexpr Declaration table[] = {
    {"boolean", "<x-:b>", boolean, 1}, {"not", "<x-:b>", negated, 1}, {"exists", "<x:b>", exists, 1},
    {"type", "<x:s>", type, 1},        {"error", "<s?:x>", error, 1}, {"assert", "<bs?:x>", assert_true, 2},
    {"eval", "<sx?:x>", eval, 2},
};

}  // namespace

Family logic_functions() { return table; }

}  // namespace waggle::jsonata
