#include "flows/jsonata/key_index.hpp"

#include <algorithm>
#include <random>
#include <vector>

namespace waggle::jsonata {

namespace {

std::uint64_t process_key() {
  static const std::uint64_t key = [] {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32 | device()) | 1;
  }();
  return key;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint32_t keyed_hash(std::string_view key) {
  std::uint64_t seed = process_key();
  std::uint64_t h = seed ^ key.size() * 0x9E3779B97F4A7C15u;
  std::size_t i = 0;
  for (; i + 8 <= key.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, key.data() + i, 8);
    h = mix(h ^ word, seed ^ 0xD6E8FEB86659FD93u);
  }
  std::uint64_t tail = 0;
  if (i < key.size()) std::memcpy(&tail, key.data() + i, key.size() - i);
  h = mix(h ^ tail, seed ^ 0xA0761D6478BD642Fu);
  return static_cast<std::uint32_t>(h ^ h >> 32);
}

std::uint32_t slots_for(std::uint32_t count) {
  std::uint32_t slots = 64;
  while (slots < count * 2) slots *= 2;
  return slots;
}

}  // namespace

void build_index(Object& object, Arena& arena) {
  object.index = nullptr;
  if (object.count <= max_scanned_members) return;
  std::uint32_t slots = slots_for(object.count);
  auto* index = arena.take_array<std::uint32_t>(slots);
  std::fill(index, index + slots, 0u);
  for (std::uint32_t i = 0; i < object.count; ++i) {
    std::uint32_t slot = keyed_hash(object.members[i].name()) & (slots - 1);
    while (index[slot]) slot = (slot + 1) & (slots - 1);
    index[slot] = i + 1;
  }
  object.index = index;
  object.index_mask = slots - 1;
}

const Member* find_in_index(const Object& object, std::string_view key) {
  std::uint32_t slot = keyed_hash(key) & object.index_mask;
  while (std::uint32_t position = object.index[slot]) {
    const Member& m = object.members[position - 1];
    if (m.name() == key) return &m;
    slot = (slot + 1) & object.index_mask;
  }
  return nullptr;
}

bool is_array_index(std::string_view key, std::uint32_t& number) {
  if (key.empty() || key.size() > 10 || key[0] < '0' || key[0] > '9') return false;
  if (key[0] == '0' && key.size() > 1) return false;
  std::uint64_t value = 0;
  for (char c : key) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  number = static_cast<std::uint32_t>(value);
  return value < 0xFFFFFFFFu;
}

bool sort_members(Member* members, std::uint32_t count) {
  auto before = [](const Member& a, const Member& b) {
    std::uint32_t x = 0, y = 0;
    bool a_is = is_array_index(a.name(), x), b_is = is_array_index(b.name(), y);
    return a_is && (!b_is || x < y);
  };
  if (std::is_sorted(members, members + count, before)) return false;
  std::stable_sort(members, members + count, before);
  return true;
}

std::uint32_t find_duplicate(const Member* members, std::uint32_t count) {
  std::uint32_t slots = slots_for(count);
  std::vector<std::uint32_t> index(slots, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t slot = keyed_hash(members[i].name()) & (slots - 1);
    for (; index[slot]; slot = (slot + 1) & (slots - 1))
      if (members[index[slot] - 1].name() == members[i].name()) return i;
    index[slot] = i + 1;
  }
  return count;
}

std::uint32_t drop_duplicates(Member* members, std::uint32_t count) {
  std::vector<std::uint32_t> order(count);
  for (std::uint32_t i = 0; i < count; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return members[a].name() < members[b].name(); });
  std::vector<bool> drop(count);
  for (std::size_t i = 0, next; i < count; i = next) {
    for (next = i + 1; next < count && members[order[next]].name() == members[order[i]].name(); ++next)
      drop[order[next]] = true;
    members[order[i]].value = members[order[next - 1]].value;
  }
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < count; ++i)
    if (!drop[i]) members[kept++] = members[i];
  return kept;
}

}  // namespace waggle::jsonata
