#include "flows/jsonata/value.hpp"

#include <algorithm>

#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/number_text.hpp"

namespace waggle::jsonata {

std::uint32_t key_hash(std::string_view key) {
  std::size_t n = key.size();
  const char* bytes = key.data();
  std::uint64_t a = 0, b = 0;
  if (n >= 8) {
    std::memcpy(&a, bytes, 8);
    if (n > 8) std::memcpy(&b, bytes + n - 8, 8);
    if (n <= 16) {
      b >>= 8 * (16 - std::max<std::size_t>(n, 9));  // what `a` holds already goes out
    } else {
      std::uint64_t middle;
      std::memcpy(&middle, bytes + n / 2 - 4, 8);
      a ^= middle * 0x9E3779B97F4A7C15u;
    }
  } else if (n >= 4) {
    std::uint32_t x, y;
    std::memcpy(&x, bytes, 4);
    std::memcpy(&y, bytes + n - 4, 4);
    a = x | std::uint64_t{y} << 8 * (n - 4);
  } else if (n > 0) {
    for (std::size_t i : {std::size_t{0}, n / 2, n - 1})
      a |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
  }
  return mix_key(a, b, n);
}

const Member* Object::find(std::string_view key, std::uint32_t hash) const {
  if (index) return find_in_index(*this, key);
  auto length = static_cast<std::uint32_t>(key.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const Member& m = members[i];
    if (m.hash == hash && m.length == length && m.name() == key) return &m;
  }
  return nullptr;
}

std::uint32_t Value::size() const {
  if (tag == Tag::object) return object_->count;
  return is_array() ? length : 0;
}

Value Value::find(std::string_view key) const {
  if (tag != Tag::object) return {};
  const Member* m = object_->find(key, key_hash(key));
  return m ? m->value : Value();
}

std::string_view Value::key_at(std::uint32_t i) const { return object_->members[i].name(); }
Value Value::value_at(std::uint32_t i) const { return object_->members[i].value; }

double Value::parse_source() const { return parse_number({text_, length}); }

}  // namespace waggle::jsonata
