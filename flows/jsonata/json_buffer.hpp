// Where JSON text is put together: room is asked for once per piece, not per character. One thread, on the
// stack.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "flows/jsonata/json_scan.hpp"

namespace waggle::jsonata {

class JsonBuffer {
 public:
  JsonBuffer() = default;
  JsonBuffer(const JsonBuffer&) = delete;
  JsonBuffer& operator=(const JsonBuffer&) = delete;

  void put(char c) {
    ensure(1);
    *at_++ = c;
  }
  void put(std::string_view text) {
    ensure(text.size());
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  /// In quotes, escaped where JSON wants it.
  void put_string(std::string_view text) {
    ensure(text.size() + 2);
    *at_++ = '"';
    auto plain = static_cast<std::size_t>(plain_end(text) - text.data());
    if (plain > 0) std::memcpy(at_, text.data(), plain);
    at_ += plain;
    if (plain < text.size()) put_rest(text, plain);
    ensure(1);
    *at_++ = '"';
  }
  /// A member's name with the comma before it and the colon behind.
  void put_name(std::string_view name, bool first) {
    ensure(name.size() + 4);
    *at_ = ',';
    at_ += !first;
    put_string(name);
    put(':');
  }
  /// Room for `bytes` more; write there and tell how many with wrote().
  char* room(std::size_t bytes) {
    ensure(bytes);
    return at_;
  }
  void wrote(std::size_t bytes) { at_ += bytes; }
  std::size_t size() const { return static_cast<std::size_t>(at_ - start_); }
  std::string_view text() const { return {start_, size()}; }

 private:
  void ensure(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
  }
  void grow(std::size_t bytes);
  /// A string from a byte on that cannot be copied as it is.
  void put_rest(std::string_view text, std::size_t from);
  void put_special(std::string_view text, std::size_t& at);

  static constexpr std::size_t inline_bytes = 2048;  // holds most results
  char inline_[inline_bytes];
  std::unique_ptr<char[]> heap_;
  char* start_ = inline_;
  char* at_ = inline_;
  char* end_ = inline_ + inline_bytes;
};

}  // namespace waggle::jsonata
