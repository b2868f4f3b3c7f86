// Ids. Every event and run gets its id here; the store keeps the 16 bytes, everybody else
// sees the text. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::store {

/// A UUIDv7 (RFC 9562, 5.7) as 36 lower-case characters. Within a process every id is greater than the ones
/// before, also when more than 4096 are made in one millisecond or when the clock steps back.
std::string new_id(std::int64_t now_ms);

/// The 16 bytes of an id: what is stored and compared.
using IdBytes = std::array<unsigned char, 16>;

/// nullopt unless `text` is a UUID in its usual form, either case.
std::optional<IdBytes> id_bytes(std::string_view text);
std::string id_text(const IdBytes& bytes);

}  // namespace waggle::store
