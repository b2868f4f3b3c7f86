// Strings and numbers of JSON text, and the place where the parser stands. Base of the JSON parser; one
// thread.
#pragma once

#include <string>
#include <string_view>

#include "flows/jsonata/arena.hpp"
#include "flows/jsonata/json_parse.hpp"
#include "flows/jsonata/json_scan.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

class JsonScalars {
 protected:
  JsonScalars(std::string_view text, Arena& arena, JsonFault& fault)
      : text_(text), at_(text.data()), end_(text.data() + text.size()), arena_(arena), fault_(fault) {}

  /// Always false. Numbers a fault once only, with its place.
  bool fail(std::string_view reason, const char* where);
  bool fail(std::string_view reason) { return fail(reason, at_); }

  void skip_space() {
    // Most texts are written without spaces.
    if (at_<end_&& static_cast<unsigned char>(*at_)> ' ') return;
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  /// At a quote: reads the string.
  bool string(Value& out) {
    const char* start = at_ + 1;
    if (left() > scan_bytes) {
      unsigned length = plain_bytes(start);
      if (length < scan_bytes && start[length] == '"') {
        out = Value::string({start, length}, true);
        at_ = start + length + 1;
        return true;
      }
    }
    return other_string(out);
  }
  bool number(Value& out);

  std::string_view text_;
  const char* at_;
  const char* end_;
  Arena& arena_;

 private:
  bool other_string(Value& out);
  bool multibyte();
  bool string_with_escapes(const char* start, Value& out);
  bool escape(std::string& out);

  JsonFault& fault_;
};

}  // namespace waggle::jsonata
