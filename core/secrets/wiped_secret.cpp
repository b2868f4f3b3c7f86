#include "core/secrets/wiped_secret.hpp"

#include <cstring>

namespace waggle::secrets {

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe(value_);
    value_ = other.value_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(value_);
    value_ = std::move(other.value_);
    wipe(other.value_);
  }
  return *this;
}

bool Secret::equals(std::string_view other) const {
  if (value_.empty() || value_.size() != other.size()) return false;
  volatile unsigned char difference = 0;  // volatile: no early way out for the optimiser
  for (std::size_t i = 0; i < other.size(); ++i)
    difference = difference | static_cast<unsigned char>(value_[i] ^ other[i]);
  return difference == 0;
}

void Secret::wipe(std::string& text) {
  text.resize(text.capacity());  // a moved-from short text keeps its bytes in the object itself
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace waggle::secrets
