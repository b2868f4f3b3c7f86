#include "flows/jsonata/members.hpp"

#include "flows/jsonata/key_index.hpp"

namespace waggle::jsonata {

std::uint32_t Members::position(std::string_view name, std::uint32_t hash) const {
  if (count_ > max_scanned_members) {
    auto found = index_.find(name);
    return found == index_.end() ? count_ : found->second;
  }
  for (std::uint32_t i = 0; i < count_; ++i)
    if (members_[i].hash == hash && members_[i].name() == name) return i;
  return count_;
}

const Value* Members::find(std::string_view name) const {
  std::uint32_t at = position(name, key_hash(name));
  return at < count_ ? &members_[at].value : nullptr;
}

void Members::set(std::string_view name, std::uint32_t hash, Value value) {
  std::uint32_t at = position(name, hash);
  if (at < count_) {
    members_[at].value = value;
    return;
  }
  if (count_ == capacity_) {
    context_.check_items(std::uint64_t{count_} + 1);
    capacity_ = capacity_ ? capacity_ * 2 : 8;
    auto* larger = context_.arena.take_array<Member>(capacity_);
    std::copy(members_, members_ + count_, larger);
    members_ = larger;
  }
  members_[count_] = {name.data(), static_cast<std::uint32_t>(name.size()), hash, value};
  if (++count_ == max_scanned_members + 1) {
    for (std::uint32_t i = 0; i < count_; ++i) index_.emplace(members_[i].name(), i);
  } else if (count_ > max_scanned_members) {
    index_.emplace(name, count_ - 1);
  }
}

}  // namespace waggle::jsonata
