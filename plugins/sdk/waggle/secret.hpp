// Secret: a text that cannot be printed, logged, compared with == or put into JSON by accident. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace waggle {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  /// The text itself. Write this only where it is handed to whom it belongs to.
  const std::string& reveal() const { return text_; }

  // A comparison that stops at the first difference tells an attacker how far it came: constant_time_equal
  // instead.
  bool operator==(const Secret&) const = delete;

 private:
  std::string text_;
};

}  // namespace waggle
