#include "flows/jsonata/value.hpp"

#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/number_text.hpp"

namespace waggle::jsonata {

std::uint32_t key_hash(std::string_view key) {
  std::size_t n = key.size();
  std::uint64_t a = 0, b = 0;
  if (n >= 8) {
    std::memcpy(&a, key.data(), 8);
    std::memcpy(&b, key.data() + n - 8, 8);
    if (n > 16) {
      std::uint64_t middle;
      std::memcpy(&middle, key.data() + n / 2 - 4, 8);
      a ^= middle * 0x9E3779B97F4A7C15u;
    }
  } else if (n >= 4) {
    std::uint32_t x, y;
    std::memcpy(&x, key.data(), 4);
    std::memcpy(&y, key.data() + n - 4, 4);
    a = x;
    b = y;
  } else if (n > 0) {
    a = static_cast<unsigned char>(key[0]) | static_cast<unsigned char>(key[n / 2]) << 8 |
        static_cast<unsigned char>(key[n - 1]) << 16;
  }
  std::uint64_t h = (a ^ n) * 0x9E3779B97F4A7C15u ^ (b + 0x632BE59BD9B4E019u) * 0xD6E8FEB86659FD93u;
  return static_cast<std::uint32_t>(h ^ h >> 32);
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
