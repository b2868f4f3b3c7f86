#include "flows/jsonata/value_hash.hpp"

#include <functional>

namespace waggle::jsonata {

namespace {

std::uint64_t mix(std::uint64_t h, std::uint64_t x) {
  h = (h ^ x) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 29;
}

}  // namespace

std::uint64_t value_hash(Context& context, Value value) {
  context.charge();
  switch (value.tag) {
    case Tag::boolean:
      return value.as_boolean() ? 3 : 5;
    case Tag::number:
      return mix(7, std::hash<double>{}(value.as_number()));
    case Tag::string:
      return mix(11, std::hash<std::string_view>{}(value.as_string()));
    case Tag::array:
    case Tag::range: {
      std::uint64_t h = 13;
      for (std::uint32_t i = 0; i < value.length; ++i) h = mix(h, value_hash(context, value.item(i)));
      return h;
    }
    case Tag::object: {
      // Order does not count, so members are added up.
      std::uint64_t h = 17;
      const Object& o = *value.object_;
      for (std::uint32_t i = 0; i < o.count; ++i)
        h += mix(o.members[i].hash, value_hash(context, o.members[i].value));
      return h;
    }
    case Tag::function:
      return mix(19, std::hash<const void*>{}(value.function_));
    default:
      return 23;
  }
}

}  // namespace waggle::jsonata
