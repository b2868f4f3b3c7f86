// What the sender sends. A message follows from the seed and its number alone, so that nobody has to keep its
// bytes. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace waggle::durability {

/// Which flow a message is for; the word is the path it is sent to.
enum class Kind { unset, plain, twice, steps, pair };

struct Message {
  std::int64_t number = 0;
  Kind kind = Kind::plain;
  std::string id;    ///< also the delivery id that a repeat has again
  std::string body;  ///< JSON, 200 B to 64 KiB, as the receiver must get it byte for byte
};

Message message(std::uint64_t seed, std::int64_t number);
/// The number in an id; nullopt when it is none of ours.
std::optional<std::int64_t> number_of(const std::string& id);

std::string path_of(Kind kind);
/// Where the receiver must get it, in this order.
std::vector<std::string> deliveries_of(Kind kind);
/// Of all kinds.
std::vector<std::string> all_deliveries();

/// Of a body, as the files hold it.
std::string digest(const std::string& body);

}  // namespace waggle::durability
