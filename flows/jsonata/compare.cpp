// Equality and truth.
#include <algorithm>
#include <vector>

#include "flows/jsonata/document.hpp"
#include "flows/jsonata/eval.hpp"

namespace waggle::jsonata {

namespace {

/// Compares; `look` is called once per pair of values.
template <class Look>
bool same(Value a, Value b, const Look& look);

template <class Look>
bool equal_objects(const Object& a, const Object& b, const Look& look) {
  if (&a == &b) return true;
  if (a.count != b.count) return false;
  for (std::uint32_t i = 0; i < a.count; ++i) {
    const Member& m = a.members[i];
    // Objects of one shape have their members at the same place.
    const Member& guess = b.members[i];
    const Member* other =
        guess.hash == m.hash && guess.name() == m.name() ? &guess : b.find(m.name(), m.hash);
    if (!other || !same(m.value, other->value, look)) return false;
  }
  return true;
}

template <class Look>
bool same(Value a, Value b, const Look& look) {
  look();
  if (a.is_array() && b.is_array()) {
    if (a.length != b.length) return false;
    for (std::uint32_t i = 0; i < a.length; ++i)
      if (!same(a.item(i), b.item(i), look)) return false;
    return true;
  }
  if (a.tag != b.tag) return false;
  switch (a.tag) {
    case Tag::boolean:
      return a.boolean_ == b.boolean_;
    case Tag::number:
      return a.as_number() == b.as_number();
    case Tag::string:
      return a.as_string() == b.as_string();
    case Tag::object:
      return equal_objects(*a.object_, *b.object_, look);
    case Tag::function:
      return a.function_ == b.function_;
    default:
      return true;
  }
}

}  // namespace

bool equal(Value a, Value b) {
  return same(a, b, [] {});
}

bool equal_values(Context& context, Value a, Value b) {
  return same(a, b, [&] { context.charge(); });
}

bool to_boolean(Value value) {
  switch (value.tag) {
    case Tag::boolean:
      return value.boolean_;
    case Tag::number: {
      double d = value.as_number();
      return d != 0 && d == d;
    }
    case Tag::string:
      return value.length > 0;
    case Tag::object:
      return value.object_->count > 0;
    case Tag::array:
    case Tag::range:
      for (std::uint32_t i = 0; i < value.length; ++i)
        if (to_boolean(value.item(i))) return true;
      return false;
    default:
      return false;
  }
}

}  // namespace waggle::jsonata
