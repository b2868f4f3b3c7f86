// The strict JSON reader behind Json::parse. One pass, recursive to a fixed depth; every value is made in its
// place.
#pragma once

#include <algorithm>
#include <optional>

#include <waggle/detail/number.ipp>
#include <waggle/detail/plain_bytes.ipp>
#include <waggle/detail/utf8.ipp>
#include <waggle/json.hpp>

namespace waggle::detail {

/// Deeper nesting is an attack or a mistake, and costs stack in whoever walks the value.
inline constexpr int json_depth_limit = 128;
/// Of a message between host and plugin, which puts a payload, an input or an output some levels down.
inline constexpr int message_depth_limit = json_depth_limit + 8;
/// Room made at once, so that most arrays (a header's name and value) and objects are allocated a single
/// time.
inline constexpr std::size_t few_items = 2;
inline constexpr std::size_t few_members = 8;

class JsonParser {
 public:
  explicit JsonParser(std::string_view text, int depth_limit = json_depth_limit)
      : text_(text), depth_limit_(depth_limit) {}

  Result<Json> parse() {
    Json out;
    skip_space();
    if (!value(out, 0)) return error();
    skip_space();
    if (at_ < text_.size()) {
      fail("text after the end of the value");
      return error();
    }
    return out;
  }

 private:
  bool fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
    return false;
  }

  Error error() const {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i < at_ && i < text_.size(); ++i) {
      if (text_[i] == '\n') {
        ++line;
        column = 1;
      } else {
        ++column;
      }
    }
    return invalid("not valid JSON at " + std::to_string(line) + ":" + std::to_string(column) + ": " + why_,
                   "bad_json");
  }

  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return fail("a value was expected here");
    at_ += wanted.size();
    return true;
  }

  bool value(Json& out, int depth) {
    if (at_ >= text_.size()) return fail("the text ends where a value was expected");
    switch (text_[at_]) {
      case '{':
        return object(out, depth + 1);
      case '[':
        return array(out, depth + 1);
      case '"': {
        if (const auto text = plain_string()) {
          out.value_.emplace<std::string>(*text);
          return true;
        }
        return string(out.value_.emplace<std::string>());
      }
      case 't':
        out.value_ = true;
        return word("true");
      case 'f':
        out.value_ = false;
        return word("false");
      case 'n':
        return word("null");
      default:
        return number(out);
    }
  }

  bool number(Json& out) {
    const std::size_t length = number_length(text_.substr(at_));
    if (length == 0) return fail("a value was expected here");
    out.value_.emplace<Json::Digits>(Json::Digits{std::string(text_.substr(at_, length))});
    at_ += length;
    return true;
  }

  bool array(Json& out, int depth) {
    if (depth > depth_limit_) return fail("nested deeper than " + std::to_string(depth_limit_));
    ++at_;
    Json::Array& items = out.value_.emplace<Json::Array>();
    skip_space();
    if (!take(']')) {
      items.reserve(few_items);
      do {
        skip_space();
        if (!value(items.emplace_back(), depth)) return false;
        skip_space();
      } while (take(','));
      if (!take(']')) return fail("',' or ']' was expected here");
    }
    return true;
  }

  bool object(Json& out, int depth) {
    if (depth > depth_limit_) return fail("nested deeper than " + std::to_string(depth_limit_));
    ++at_;
    Json::Object& members = out.value_.emplace<Json::Object>();
    skip_space();
    if (!take('}')) {
      members.reserve(few_members);
      do {
        skip_space();
        if (at_ >= text_.size() || text_[at_] != '"') return fail("a key in double quotes was expected here");
        const auto plain_key = plain_string();
        auto& [key, member] = plain_key ? members.emplace_back(*plain_key, nullptr) : members.emplace_back();
        if (!plain_key && !string(key)) return false;
        skip_space();
        if (!take(':')) return fail("':' was expected after the key");
        skip_space();
        if (!value(member, depth)) return false;
        skip_space();
      } while (take(','));
      if (!take('}')) return fail("',' or '}' was expected here");
    }
    return keys_differ(members);
  }

  /// By sorting, so that an object of 20,000 keys is no quadratic trap; small ones by looking.
  bool keys_differ(const Json::Object& members) {
    auto twice = [&](std::string_view key) {
      return fail("the key \"" + std::string(key) + "\" stands twice in one object");
    };
    if (members.size() <= few_members) {
      for (std::size_t i = 1; i < members.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (members[i].first == members[j].first) return twice(members[i].first);
      return true;
    }
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const auto& member : members) keys.push_back(member.first);
    std::sort(keys.begin(), keys.end());
    const auto same = std::adjacent_find(keys.begin(), keys.end());
    return same == keys.end() || twice(*same);
  }

  /// A string of plain bytes only, as most are; otherwise none, and the parser stands where it stood.
  std::optional<std::string_view> plain_string() {
    const char* const begin = text_.data() + at_ + 1;
    const char* const end = skip_plain(begin, text_.data() + text_.size());
    if (end == text_.data() + text_.size() || *end != '"') return std::nullopt;
    const std::string_view found(begin, static_cast<std::size_t>(end - begin));
    at_ += found.size() + 2;
    return found;
  }

  bool string(std::string& out) {
    ++at_;
    for (;;) {
      const std::size_t begin = at_;
      at_ = static_cast<std::size_t>(skip_plain(text_.data() + at_, text_.data() + text_.size()) -
                                     text_.data());
      out.append(text_.substr(begin, at_ - begin));
      if (at_ >= text_.size()) return fail("the text ends inside a string");
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte == '\\') {
        if (!escape(out)) return false;
      } else if (byte < 0x20) {
        return fail("a control character in a string must be escaped");
      } else {
        const std::size_t length = utf8_length(text_, at_);
        if (length == 0) return fail("not UTF-8");
        out.append(text_.substr(at_, length));
        at_ += length;
      }
    }
  }

  bool escape(std::string& out) {
    ++at_;
    if (at_ >= text_.size()) return fail("the text ends inside a string");
    switch (text_[at_++]) {
      case '"':
        out += '"';
        return true;
      case '\\':
        out += '\\';
        return true;
      case '/':
        out += '/';
        return true;
      case 'b':
        out += '\b';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'u':
        return unicode(out);
      default:
        --at_;
        return fail("no such escape in JSON");
    }
  }

  bool unicode(std::string& out) {
    std::uint32_t code = 0;
    if (!hex4(code)) return fail("\\u needs four hexadecimal digits");
    if (code >= 0xDC00 && code <= 0xDFFF) return fail("half of a surrogate pair stands alone");
    if (code >= 0xD800 && code <= 0xDBFF) {
      std::uint32_t low = 0;
      if (!take('\\') || !take('u') || !hex4(low) || low < 0xDC00 || low > 0xDFFF)
        return fail("half of a surrogate pair stands alone");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, code);
    return true;
  }

  bool hex4(std::uint32_t& code) {
    if (text_.size() - at_ < 4) return false;
    const char* const begin = text_.data() + at_;
    if (*begin == '-') return false;
    const auto [end, problem] = std::from_chars(begin, begin + 4, code, 16);
    if (problem != std::errc{} || end != begin + 4) return false;
    at_ += 4;
    return true;
  }

  std::string_view text_;
  int depth_limit_;
  std::size_t at_ = 0;
  std::string why_;
};

/// A head: deeper by what it wraps than data may be.
WAGGLE_JSON_INLINE Result<Json> parse_head(std::string_view text) {
  return JsonParser(text, message_depth_limit).parse();
}

}  // namespace waggle::detail
