// Finding a member among many: an open-addressed index for objects of more than 64 members, and the order of
// members that JavaScript prescribes. Used by whatever builds objects; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "flows/jsonata/arena.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

/// Up to here a scan over hashes is as fast as an index.
inline constexpr std::uint32_t max_scanned_members = 64;

/// Gives `object` an index if it is large. Its hash is keyed per process, so that no sender can make names
/// collide.
void build_index(Object& object, Arena& arena);
const Member* find_in_index(const Object& object, std::string_view key);

/// True for "0", "1", ... "4294967294" without leading zeros: JavaScript puts such names first, ascending.
bool is_array_index(std::string_view key, std::uint32_t& number);
/// Brings members into JavaScript's order; false when they were in it already.
bool sort_members(Member* members, std::uint32_t count);

/// Position of the first member whose name stood before, or `count`. For checking untrusted objects in linear
/// time.
std::uint32_t find_duplicate(const Member* members, std::uint32_t count);
/// Leaves one member of each name, at the first one's place with the last one's value; returns how many.
std::uint32_t drop_duplicates(Member* members, std::uint32_t count);

}  // namespace waggle::jsonata
