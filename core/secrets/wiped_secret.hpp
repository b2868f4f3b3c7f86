// Secret: a value that cannot be printed or serialised by accident, is compared in constant time and wiped
// when it goes. Used wherever the engine itself keeps a key or a token. Plain value; one thread at a time, as
// a std::string.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace waggle::secrets {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view value) : value_(value) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(value_); }

  bool empty() const { return value_.empty(); }
  /// Takes the same time wherever the first difference is; only a different length answers sooner. An empty
  /// secret equals nothing, so that a forgotten one never lets anybody in.
  bool equals(std::string_view other) const;
  /// The value in clear. Named so that a reader of the caller stops here.
  std::string_view reveal() const { return value_; }

  template <class T>
  friend T& operator<<(T&, const Secret&) = delete;
  bool operator==(const Secret&) const = delete;

  /// Overwrites the text, its spare capacity too, in a way the compiler may not leave out; then empties it.
  static void wipe(std::string& text);

 private:
  std::string value_;
};

}  // namespace waggle::secrets
