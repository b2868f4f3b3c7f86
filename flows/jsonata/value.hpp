// Value: one JSONata value in 16 bytes, plain data. It owns nothing: strings, arrays and objects live in a
// Document or in the arena of an Evaluation and must outlive every Value that points there. Used by everybody
// who reads payloads or results. Values are immutable once published, so any thread may read them.
// Longer than most headers: the accessors of a value are read and inlined together.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace waggle::jsonata {

enum class Tag : std::uint8_t {
  undefined,  ///< nothing at all; never the same as null
  null,
  boolean,
  number,
  string,
  array,
  range,  ///< an array of consecutive integers, not written out
  object,
  function,  ///< lambda, built-in or regular expression
  unbound,   ///< internal: no variable of that name, or a call left to the caller
  tuple,     ///< internal: an item of a path with @, # or %
};

/// Flags of a Value; only the evaluator cares.
enum ValueFlag : std::uint8_t {
  flag_sequence = 1,        ///< array: made by a path; one item stands for itself
  flag_keep_singleton = 2,  ///< sequence: stays an array even with one item
  flag_cons = 4,            ///< array: made by [..] inside a path; not flattened
  flag_outer = 8,           ///< array: wraps an input that is itself an array
  flag_tuples = 16,         ///< array: items are tuples of a path with @, # or %
  flag_source = 32,         ///< number: points to its source text (length digits), converted on use
  flag_ascii = 64,          ///< string: known to hold only bytes below 0x80
};

struct Object;
struct Function;
struct Tuple;

struct Value {
  Tag tag = Tag::undefined;
  std::uint8_t flags = 0;
  std::uint16_t height = 0;  ///< levels of arrays and objects below; 0 for scalars and empty ones
  std::uint32_t length = 0;  ///< bytes of a string or source text, items of an array or range
  union {
    double number_;
    bool boolean_;
    const char* text_;
    const Value* items_;
    Object* object_;
    const Function* function_;
    Tuple* tuple_;
  };

  Value() : number_(0) {}

  static Value null() { return Value(Tag::null); }
  static Value boolean(bool b) {
    Value v(Tag::boolean);
    v.boolean_ = b;
    return v;
  }
  static Value number(double d) {
    Value v(Tag::number);
    v.number_ = d;
    return v;
  }
  static Value string(std::string_view s, bool ascii = false) {
    Value v(Tag::string);
    v.flags = ascii ? flag_ascii : 0;
    v.length = static_cast<std::uint32_t>(s.size());
    v.text_ = s.data();
    return v;
  }
  static Value array(const Value* items, std::uint32_t count, std::uint8_t flags = 0) {
    Value v(Tag::array);
    v.flags = flags;
    v.length = count;
    v.items_ = items;
    return v;
  }
  static Value range(double first, std::uint32_t count, std::uint8_t flags = 0) {
    Value v(Tag::range);
    v.flags = flags;
    v.length = count;
    v.number_ = first;
    return v;
  }
  static Value object(Object* o) {
    Value v(Tag::object);
    v.object_ = o;
    return v;
  }
  static Value function(const Function* f) {
    Value v(Tag::function);
    v.function_ = f;
    return v;
  }
  static Value unbound() { return Value(Tag::unbound); }

  bool is_undefined() const { return tag == Tag::undefined; }
  bool is_null() const { return tag == Tag::null; }
  bool is_boolean() const { return tag == Tag::boolean; }
  bool is_number() const { return tag == Tag::number; }
  bool is_string() const { return tag == Tag::string; }
  bool is_array() const { return tag == Tag::array || tag == Tag::range; }
  bool is_object() const { return tag == Tag::object; }
  bool is_function() const { return tag == Tag::function; }
  bool has(ValueFlag flag) const { return (flags & flag) != 0; }

  /// The accessors below require the matching tag.
  bool as_boolean() const { return boolean_; }
  double as_number() const { return flags & flag_source ? parse_source() : number_; }
  std::string_view as_string() const { return {text_, length}; }
  /// The digits as they stood in the document, or nothing when the number was computed.
  std::string_view source() const {
    return flags & flag_source ? std::string_view(text_, length) : std::string_view();
  }
  std::uint32_t size() const;  ///< items of an array, members of an object
  Value item(std::uint32_t i) const { return tag == Tag::range ? number(number_ + i) : items_[i]; }
  Value find(std::string_view key) const;          ///< member of an object; undefined when absent
  std::string_view key_at(std::uint32_t i) const;  ///< i-th member's name
  Value value_at(std::uint32_t i) const;           ///< i-th member's value

 private:
  explicit Value(Tag t) : tag(t), number_(0) {}
  double parse_source() const;
};
static_assert(sizeof(Value) == 16);

/// One member of an object. `hash` and `length` are compared before the bytes.
struct Member {
  const char* key;
  std::uint32_t length;
  std::uint32_t hash;
  Value value;
  std::string_view name() const { return {key, length}; }
};

/// Members in JavaScript's order: names that are array indexes first, ascending; then the others as they
/// came.
struct Object {
  Member* members = nullptr;
  std::uint32_t count = 0;
  std::uint32_t capacity = 0;
  const std::uint32_t* index = nullptr;  ///< open-addressed slots of (position + 1); only above 64 members
  std::uint32_t index_mask = 0;

  const Member* find(std::string_view key, std::uint32_t hash) const;
};

/// Arrays and objects nest at most this deep, so that everything that walks a Value may recurse.
inline constexpr std::uint16_t max_value_height = 1000;

/// Hash of a member name: cheap, over its length and at most 24 of its bytes.
std::uint32_t key_hash(std::string_view key);
/// Its core. Up to 16 bytes: `a` and `b` are the name, little-endian and filled with zeros.
inline std::uint32_t mix_key(std::uint64_t a, std::uint64_t b, std::size_t length) {
  std::uint64_t h = (a ^ length) * 0x9E3779B97F4A7C15u ^ (b + 0x632BE59BD9B4E019u) * 0xD6E8FEB86659FD93u;
  return static_cast<std::uint32_t>(h ^ h >> 32);
}

}  // namespace waggle::jsonata
