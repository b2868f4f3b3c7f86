// Secret: a text that cannot be printed, logged, compared with == or put into JSON by accident, that is
// compared in constant time and wiped when it goes. Plain value; one thread at a time, as a std::string.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace waggle {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe(text_);
      text_ = other.text_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe(text_);
      text_ = std::move(other.text_);
      wipe(other.text_);
    }
    return *this;
  }
  ~Secret() { wipe(text_); }

  bool empty() const { return text_.empty(); }
  /// Takes the same time wherever the first difference is; only a different length answers sooner. An empty
  /// secret equals nothing, so that a forgotten one never lets anybody in.
  bool equals(std::string_view other) const {
    if (text_.empty() || text_.size() != other.size()) return false;
    volatile unsigned char difference = 0;  // volatile: no early way out for the optimiser
    for (std::size_t i = 0; i < other.size(); ++i)
      difference = difference | static_cast<unsigned char>(text_[i] ^ other[i]);
    return difference == 0;
  }
  /// The text itself. Write this only where it is handed to whom it belongs to.
  const std::string& reveal() const { return text_; }

  template <class T>
  friend T& operator<<(T&, const Secret&) = delete;
  bool operator==(const Secret&) const = delete;

  /// Overwrites the text, its spare capacity too, in a way the compiler may not leave out; then empties it.
  static void wipe(std::string& text) {
    text.resize(text.capacity());  // a moved-from short text keeps its bytes in the object itself
    volatile char* bytes = text.data();
    for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
    text.clear();
  }

 private:
  std::string text_;
};

}  // namespace waggle
