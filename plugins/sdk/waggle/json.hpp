// Json: a JSON value that keeps the source digits of its numbers and the order of its keys. For declarations,
// connectors and the API; the expression engine has an arena value of its own. Values, no sharing; any
// thread.
//
// Why not a library: ids of 19 digits and amounts like 100.00 must leave as they came in, and a plugin author
// should need nothing but these headers.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waggle/detail/utf8.ipp>
#include <waggle/result.hpp>

namespace waggle {
class Json;
namespace detail {
class JsonParser;
void append_json_string(std::string& out, std::string_view text);
const std::string& no_text();
const Json& no_json();
Result<Json> parse_head(std::string_view text);
}  // namespace detail

class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  ///< insertion order; look-up is linear, objects here are small

  Json() = default;
  Json(std::nullptr_t) {}  // NOLINT: implicit on purpose, as all below
  template <std::same_as<bool> T>
  Json(T value) : value_(value) {}  // NOLINT: a template, so that no pointer becomes `true`
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Json(T value)
      : value_(Digits{std::to_string(value)}) {}  // NOLINT
  Json(double value);                             // NOLINT: shortest text; NaN and inf are null
  template <std::same_as<std::string> T>
  Json(T value)
      : value_(std::move(value)) {}  // NOLINT: templates too, so that {"a", "b"} means a member only
  template <std::same_as<std::string_view> T>
  Json(T value) : Json(std::string(value)) {}            // NOLINT
  Json(const char* value) : Json(std::string(value)) {}  // NOLINT
  template <std::same_as<Array> T>
  Json(T value) : value_(std::move(value)) {}  // NOLINT
  // {{"key", value}, ...}: an object, up to 24 members.
#include <waggle/detail/json_members.ipp>  // NOLINT
  static Json object(Object members = {});
  static Json array(Array items = {}) { return Json(std::move(items)); }
  /// Json::array(1, "b", x); in a co_await expression only this form is understood by GCC 12.
  template <class... T>
  requires(sizeof...(T) > 1) static Json array(T&&... items) {
    Array out;
    out.reserve(sizeof...(T));
    (out.emplace_back(std::forward<T>(items)), ...);
    return Json(std::move(out));
  }
  /// A number by its text, digits kept; `text` must be a JSON number (checked: otherwise a string).
  static Json number(std::string_view text);

  /// Strict RFC 8259; UTF-8 checked; a byte order mark, lone surrogates, duplicate keys and depth over 128
  /// are refused. Numbers keep their text whatever its size. Errors: invalid, with line:column and why.
  static Result<Json> parse(std::string_view text);
  std::string dump() const;         ///< compact; bytes that are not UTF-8 become U+FFFD
  std::string dump_pretty() const;  ///< two spaces an indent
  void append_to(std::string& out) const;

  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_number() const { return kind() == Kind::number; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }

  // Readers that never throw: the value, or the fallback when the kind is another.
  bool as_bool(bool fallback = false) const;
  std::int64_t as_int(std::int64_t fallback = 0) const;  ///< fallback too when not an integer in range
  double as_double(double fallback = 0) const;
  const std::string& as_string() const;    ///< empty when not a string
  const std::string& number_text() const;  ///< the source digits; empty when not a number
  /// Text of a string, digits of a number, true/false; empty for null; JSON for the rest.
  std::string to_text() const;

  const Array& items() const;     ///< empty when not an array
  const Object& members() const;  ///< empty when not an object
  std::size_t size() const { return is_array() ? items().size() : members().size(); }
  /// The member, or null-valued Json when there is none (or this is no object).
  const Json& at(std::string_view key) const;
  const Json& at(std::size_t index) const;
  const Json* find(std::string_view key) const;  ///< nullptr when there is none
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  std::string text(std::string_view key) const { return at(key).to_text(); }

  Json& set(std::string key,
            Json value);   ///< replaces or appends; a null becomes an object. Returns the member
  Json& push(Json value);  ///< a null becomes an array. Returns the item
  bool erase(std::string_view key);
  Array& items();     ///< makes it an array when it is not
  Object& members();  ///< makes it an object when it is not

  /// Deep equality; key order does not count, numbers by their text or equal value.
  bool operator==(const Json& other) const;

 private:
  template <class... M>
  void take(M&... members) {
    Object out;
    out.reserve(sizeof...(M));
    (out.push_back(std::move(members)), ...);
    value_ = std::move(out);
  }

  friend class detail::JsonParser;
  static Json digits(std::string_view text);  ///< a number whose text was checked

  struct Digits {
    std::string text;
  };
  // In the order of Kind.
  std::variant<std::monostate, bool, Digits, std::string, Array, Object> value_;
};

}  // namespace waggle

// Waggle's own rooms have these functions in a library, since two hundred files of theirs use them.
#ifdef WAGGLE_JSON_LIBRARY
#define WAGGLE_JSON_INLINE
#else
#define WAGGLE_JSON_INLINE inline
#include <waggle/detail/json.ipp>
#endif
