// Json: a JSON value that keeps the source digits of its numbers and the order of its keys. For declarations, connectors
// and the API; the expression engine has an arena value of its own. Values, no sharing; any thread.
//
// Why not a library: ids of 19 digits and amounts like 100.00 must leave as they came in, and a plugin author should need
// nothing but these headers.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waggle/result.hpp>

namespace waggle {

class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  ///< insertion order; look-up is linear, objects here are small

  Json() = default;
  Json(std::nullptr_t) {}                                                     // NOLINT: implicit on purpose, as all below
  Json(bool value) : kind_(Kind::boolean), boolean_(value) {}                 // NOLINT
  Json(int value) : Json(static_cast<std::int64_t>(value)) {}                 // NOLINT
  Json(std::int64_t value) : kind_(Kind::number), text_(std::to_string(value)) {}   // NOLINT
  Json(std::uint64_t value) : kind_(Kind::number), text_(std::to_string(value)) {}  // NOLINT
  Json(double value);                                                         // NOLINT: shortest text; NaN and inf are null
  Json(std::string value) : kind_(Kind::string), text_(std::move(value)) {}   // NOLINT
  Json(std::string_view value) : Json(std::string(value)) {}                  // NOLINT
  Json(const char* value) : Json(std::string(value)) {}                       // NOLINT
  Json(Array value) : kind_(Kind::array), array_(std::move(value)) {}         // NOLINT
  /// {{"key", value}, ...}: an object. (An array is written Json::array({...}).)
  Json(std::initializer_list<Member> members) : kind_(Kind::object), object_(members) {}
  static Json object(Object members = {});
  static Json array(Array items = {}) { return Json(std::move(items)); }
  /// A number by its text, digits kept; `text` must be a JSON number (checked: otherwise a string).
  static Json number(std::string_view text);

  /// Strict RFC 8259; UTF-8 checked; duplicate keys and depth over 128 refused. The error says line:column and why.
  static Result<Json> parse(std::string_view text);
  std::string dump() const;             ///< compact
  std::string dump_pretty() const;      ///< two spaces an indent
  void append_to(std::string& out) const;

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_bool() const { return kind_ == Kind::boolean; }
  bool is_number() const { return kind_ == Kind::number; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }

  // Readers that never throw: the value, or the fallback when the kind is another.
  bool as_bool(bool fallback = false) const { return is_bool() ? boolean_ : fallback; }
  std::int64_t as_int(std::int64_t fallback = 0) const;  ///< fallback too when not an integer in range
  double as_double(double fallback = 0) const;
  const std::string& as_string() const;                  ///< empty when not a string
  const std::string& number_text() const;                ///< the source digits; empty when not a number
  /// Text of a string, digits of a number, true/false; empty for null; JSON for the rest.
  std::string to_text() const;

  const Array& items() const;      ///< empty when not an array
  const Object& members() const;   ///< empty when not an object
  std::size_t size() const { return is_array() ? array_.size() : object_.size(); }
  /// The member, or null-valued Json when there is none (or this is no object).
  const Json& at(std::string_view key) const;
  const Json& at(std::size_t index) const;
  const Json* find(std::string_view key) const;  ///< nullptr when there is none
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  std::string text(std::string_view key) const { return at(key).to_text(); }

  Json& set(std::string key, Json value);  ///< replaces or appends; a null becomes an object. Returns the member
  Json& push(Json value);                  ///< a null becomes an array. Returns the item
  bool erase(std::string_view key);
  Array& items();                          ///< makes it an array when it is not
  Object& members();                       ///< makes it an object when it is not

  /// Deep equality; key order does not count, numbers by their text or equal value.
  bool operator==(const Json& other) const;

 private:
  Kind kind_ = Kind::null;
  bool boolean_ = false;
  std::string text_;  ///< of a string or a number
  Array array_;
  Object object_;
};

}  // namespace waggle

#include <waggle/detail/json.ipp>
