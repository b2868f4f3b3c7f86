#include "flows/jsonata/json_parse.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "flows/jsonata/codec.hpp"
#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/text.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace waggle::jsonata {

namespace {

constexpr std::array<double, 23> powers_of_ten = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int exact_digits = 15;  // any decimal of so many digits survives a double and back

/// 256 bits that remember which hashes an object has seen; only a hit needs a comparison of names.
struct SeenHashes {
  std::array<std::uint64_t, 4> bits{};
  bool add(std::uint32_t hash) {
    std::uint64_t& word = bits[hash >> 6 & 3];
    std::uint64_t bit = std::uint64_t{1} << (hash & 63);
    bool seen = (word & bit) != 0;
    word |= bit;
    return seen;
  }
};

class Parser {
 public:
  Parser(std::string_view text, Arena& arena, const ParseOptions& options, JsonFault& fault)
      : text_(text),
        at_(text.data()),
        end_(text.data() + text.size()),
        arena_(arena),
        options_(options),
        fault_(fault) {}

  bool parse(Value& out) {
    skip_space();
    if (!value(out, 0)) return false;
    skip_space();
    return at_ == end_ || fail("nothing may follow the value");
  }

 private:
  bool fail(std::string reason, const char* where) {
    fault_ = {std::move(reason), static_cast<std::size_t>(where - text_.data())};
    return false;
  }
  bool fail(std::string reason) { return fail(std::move(reason), at_); }

  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool value(Value& out, unsigned depth) {
    if (at_ == end_)
      return fail(text_.empty() ? "the text is empty" : "the text ends where a value is expected");
    switch (*at_) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"':
        return string(out);
      case 't':
        return word("true", Value::boolean(true), out);
      case 'f':
        return word("false", Value::boolean(false), out);
      case 'n':
        return word("null", Value::null(), out);
      default:
        return number(out);
    }
  }

  bool word(std::string_view name, Value value, Value& out) {
    if (std::string_view(at_, std::min<std::size_t>(end_ - at_, name.size())) != name)
      return fail("expected true, false or null");
    at_ += name.size();
    out = value;
    return true;
  }

  bool array(Value& out, unsigned depth) {
    if (depth >= options_.max_depth)
      return fail("nested deeper than " + std::to_string(options_.max_depth) + " levels");
    ++at_;
    std::size_t first = items_.size();
    std::uint16_t height = 0;
    skip_space();
    if (at_ < end_ && *at_ == ']') {
      ++at_;
      out = Value::array(nullptr, 0);
      return true;
    }
    for (;;) {
      Value item;
      if (!value(item, depth + 1)) return false;
      height = std::max(height, item.height);
      items_.push_back(item);
      skip_space();
      if (at_ == end_) return fail("the text ends inside an array");
      char c = *at_++;
      if (c == ']') break;
      if (c != ',') return fail("expected , or ] in an array", at_ - 1);
      skip_space();
      if (at_ < end_ && *at_ == ']') return fail("a comma before ] is not allowed");
    }
    std::size_t count = items_.size() - first;
    auto* items = arena_.take_array<Value>(count);
    std::copy(items_.begin() + first, items_.end(), items);
    items_.resize(first);
    out = Value::array(items, static_cast<std::uint32_t>(count));
    out.height = height + 1;
    return true;
  }

  bool object(Value& out, unsigned depth) {
    if (depth >= options_.max_depth)
      return fail("nested deeper than " + std::to_string(options_.max_depth) + " levels");
    ++at_;
    std::size_t first = members_.size();
    std::uint16_t height = 0;
    SeenHashes seen;
    bool maybe_duplicate = false, index_like = false;
    skip_space();
    if (at_ < end_ && *at_ == '}') {
      ++at_;
    } else {
      for (;;) {
        if (at_ == end_) return fail("the text ends inside an object");
        if (*at_ != '"') return fail("expected a name in double quotes");
        Value key;
        if (!string(key)) return false;
        Member member{key.text_, key.length, key_hash(key.as_string()), {}};
        index_like |= key.length > 0 && key.text_[0] >= '0' && key.text_[0] <= '9';
        if (seen.add(member.hash)) maybe_duplicate |= stood_before(first, member.hash);
        skip_space();
        if (at_ == end_ || *at_ != ':') return fail("expected : behind a name");
        ++at_;
        skip_space();
        if (!value(member.value, depth + 1)) return false;
        height = std::max(height, member.value.height);
        members_.push_back(member);
        skip_space();
        if (at_ == end_) return fail("the text ends inside an object");
        char c = *at_++;
        if (c == '}') break;
        if (c != ',') return fail("expected , or } in an object", at_ - 1);
        skip_space();
        if (at_ < end_ && *at_ == '}') return fail("a comma before } is not allowed");
      }
    }
    if (maybe_duplicate && !remove_duplicates(first)) return false;
    return close(out, first, index_like, height);
  }

  /// After a hit among the seen hashes: whether a member of this object really has that hash.
  bool stood_before(std::size_t first, std::uint32_t hash) const {
    if (members_.size() - first > max_scanned_members) return true;
    for (std::size_t i = first; i < members_.size(); ++i)
      if (members_[i].hash == hash) return true;
    return false;
  }

  bool close(Value& out, std::size_t first, bool index_like, std::uint16_t height) {
    auto count = static_cast<std::uint32_t>(members_.size() - first);
    auto* object = arena_.make<Object>();
    object->count = object->capacity = count;
    object->members = arena_.take_array<Member>(count);
    std::copy(members_.begin() + first, members_.end(), object->members);
    members_.resize(first);
    if (index_like) sort_members(object->members, count);
    if (count > max_scanned_members) build_index(*object, arena_);
    out = Value::object(object);
    if (count > 0) out.height = height + 1;
    return true;
  }

  bool remove_duplicates(std::size_t first) {
    Member* members = members_.data() + first;
    auto count = static_cast<std::uint32_t>(members_.size() - first);
    std::uint32_t again = find_duplicate(members, count);
    if (again == count) return true;
    if (!options_.allow_duplicate_keys)
      return fail("the name \"" + std::string(members[again].name()) + "\" stands twice in one object");
    members_.resize(first + drop_duplicates(members, count));
    return true;
  }

  /// Moves past bytes that need no attention: printable ASCII without quote and backslash.
  void skip_plain() {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
    while (end_ - at_ >= 16) {
      __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at_));
      // The signed comparison also finds bytes of 0x80 and above.
      __m128i special =
          _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                       _mm_cmplt_epi8(bytes, space));
      int mask = _mm_movemask_epi8(special);
      if (mask != 0) {
        at_ += __builtin_ctz(static_cast<unsigned>(mask));
        return;
      }
      at_ += 16;
    }
#endif
    while (at_ < end_ && *at_ >= 0x20 && *at_ != '"' && *at_ != '\\') ++at_;
  }

  bool string(Value& out) {
    const char* start = ++at_;
    bool ascii = true;
    for (;;) {
      skip_plain();
      if (at_ == end_) return fail("the text ends inside a string", start - 1);
      if (*at_ == '"') {
        out = Value::string({start, static_cast<std::size_t>(at_ - start)}, ascii);
        ++at_;
        return true;
      }
      if (*at_ == '\\') return string_with_escapes(start, out);
      if (static_cast<unsigned char>(*at_) < 0x20)
        return fail("a control character in a string must be escaped");
      ascii = false;
      if (!multibyte()) return false;
    }
  }

  bool multibyte() {
    auto byte = [&](int i) -> unsigned { return at_ + i < end_ ? static_cast<unsigned char>(at_[i]) : 0u; };
    auto tail = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
    unsigned lead = byte(0);
    int length = 0;
    if (lead >= 0xC2 && lead < 0xE0) {
      length = tail(1) ? 2 : 0;
    } else if (lead >= 0xE0 && lead < 0xF0) {
      bool good =
          tail(1) && tail(2) && !(lead == 0xE0 && byte(1) < 0xA0) && !(lead == 0xED && byte(1) >= 0xA0);
      length = good ? 3 : 0;
    } else if (lead >= 0xF0 && lead < 0xF5) {
      bool good = tail(1) && tail(2) && tail(3) && !(lead == 0xF0 && byte(1) < 0x90) &&
                  !(lead == 0xF4 && byte(1) >= 0x90);
      length = good ? 4 : 0;
    }
    if (length == 0) return fail("the text is not valid UTF-8");
    at_ += length;
    return true;
  }

  bool string_with_escapes(const char* start, Value& out) {
    scratch_.assign(start, at_);
    for (;;) {
      const char* plain = at_;
      skip_plain();
      scratch_.append(plain, at_);
      if (at_ == end_) return fail("the text ends inside a string", start - 1);
      if (*at_ == '"') {
        std::string_view text = arena_.copy(scratch_);
        out = Value::string(text, is_ascii(text));
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(*at_) < 0x20)
        return fail("a control character in a string must be escaped");
      if (*at_ == '\\') {
        if (!escape()) return false;
      } else {
        const char* from = at_;
        if (!multibyte()) return false;
        scratch_.append(from, at_);
      }
    }
  }

  bool escape() {
    const char* start = at_++;
    if (at_ == end_) return fail("the text ends inside a string", start);
    char c = *at_++;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        scratch_ += c;
        return true;
      case 'b':
        scratch_ += '\b';
        return true;
      case 'f':
        scratch_ += '\f';
        return true;
      case 'n':
        scratch_ += '\n';
        return true;
      case 'r':
        scratch_ += '\r';
        return true;
      case 't':
        scratch_ += '\t';
        return true;
      case 'u':
        break;
      default:
        return fail("unknown escape in a string; allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
                    start);
    }
    int unit = parse_hex4(text_, at_ - text_.data());
    if (unit < 0) return fail("\\u must be followed by four hex digits", start);
    at_ += 4;
    char bytes[4];
    append_wtf8(scratch_, {bytes, write_code_point(bytes, static_cast<std::uint32_t>(unit))});
    return true;
  }

  bool number(Value& out) {
    const char* start = at_;
    const char* p = at_;
    bool negative = p < end_ && *p == '-';
    if (negative) ++p;
    std::uint64_t mantissa = 0;
    const char* digits = p;
    while (p < end_ && *p >= '0' && *p <= '9') mantissa = mantissa * 10 + static_cast<unsigned>(*p++ - '0');
    if (p == digits) return fail(negative ? "expected a digit behind -" : "expected a value", start);
    if (*digits == '0' && p - digits > 1) return fail("a number may not start with 0", start);
    std::ptrdiff_t significant = p - digits;
    std::ptrdiff_t fraction = 0;
    bool canonical = !(negative && mantissa == 0);
    if (p < end_ && *p == '.') {
      const char* dot = p++;
      while (p < end_ && *p >= '0' && *p <= '9') mantissa = mantissa * 10 + static_cast<unsigned>(*p++ - '0');
      fraction = p - dot - 1;
      if (fraction == 0) return fail("expected a digit behind the decimal point", p);
      significant += fraction;
      // 0.0000001 prints with an exponent and 1.50 without its zero: such keep their text.
      canonical = p[-1] != '0' && (*digits != '0' || fraction <= 6);
    }
    if (p < end_ && (*p == 'e' || *p == 'E')) {
      canonical = false;
      ++p;
      if (p < end_ && (*p == '+' || *p == '-')) ++p;
      const char* exponent = p;
      while (p < end_ && *p >= '0' && *p <= '9') ++p;
      if (p == exponent) return fail("expected a digit in the exponent", p);
    }
    at_ = p;
    if (canonical && significant <= exact_digits) {
      double value = static_cast<double>(mantissa) / powers_of_ten[fraction];
      out = Value::number(negative ? -value : value);
      return true;
    }
    out = Value::number(0);
    out.flags = flag_source;
    out.length = static_cast<std::uint32_t>(p - start);
    out.text_ = start;
    return true;
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
  Arena& arena_;
  const ParseOptions& options_;
  JsonFault& fault_;
  std::vector<Value> items_;
  std::vector<Member> members_;
  std::string scratch_;
};

}  // namespace

bool parse_json(std::string_view text, Arena& arena, const ParseOptions& options, Value& out,
                JsonFault& fault) {
  if (text.size() > UINT32_MAX) {
    fault = {"the text is larger than 4 GB", 0};
    return false;
  }
  return Parser(text, arena, options, fault).parse(out);
}

}  // namespace waggle::jsonata
