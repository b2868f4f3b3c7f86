// JavaScript's regular expression syntax in PCRE2's terms (pcre2pattern(3), ECMA-262 22.2; read 2026-11).
#include "flows/jsonata/codec.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/regex.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::string_view line_ends = "\\n\\r\\x{2028}\\x{2029}";
constexpr std::string_view spaces =
    "\\s\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";

Fault refused(std::string_view what) {
  return fault("W1007").with_text("the regular expression is not valid: " + std::string(what));
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : in_(pattern), groups_(count_groups(pattern)) {}

  std::string translate() {
    while (at_ < in_.size()) {
      char c = in_[at_];
      if (c == '\\') {
        escape(false);
      } else if (c == '[') {
        bracket();
      } else if (c == '(') {
        group();
      } else if (c == '.') {
        out_.append("[^").append(line_ends).append("]");
        ++at_;
      } else {
        out_ += c;
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  static unsigned count_groups(std::string_view s) {
    unsigned count = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < s.size(); ++i) {
      if (s[i] == '\\') {
        ++i;
      } else if (in_class) {
        in_class = s[i] != ']';
      } else if (s[i] == '[') {
        in_class = true;
      } else if (s[i] == '(') {
        std::string_view next = s.substr(i + 1, 3);
        bool named = next.size() == 3 && next[0] == '?' && next[1] == '<' && next[2] != '=' && next[2] != '!';
        count += next.empty() || next[0] != '?' || named;
      }
    }
    return count;
  }

  char peek(std::size_t ahead) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }

  void group() {
    if (peek(1) == '*') throw refused("nothing to repeat behind (");
    if (peek(1) == '?' && std::string_view(":=!<").find(peek(2)) == std::string_view::npos)
      throw refused("unknown kind of group (?" + std::string(1, peek(2)));
    out_ += '(';
    ++at_;
    if (peek(0) != '?') return;
    out_.append(in_, at_, 2);
    at_ += 2;
  }

  void bracket() {
    if (in_.substr(at_, 2) == "[]") {
      out_ += "(?!)";  // an empty class matches nothing
      at_ += 2;
      return;
    }
    if (in_.substr(at_, 3) == "[^]") {
      out_ += "[\\s\\S]";
      at_ += 3;
      return;
    }
    out_ += '[';
    ++at_;
    while (at_ < in_.size() && in_[at_] != ']') {
      if (in_[at_] == '\\') {
        escape(true);
      } else {
        if (in_[at_] == '[') out_ += '\\';  // [: would start a POSIX class
        out_ += in_[at_++];
      }
    }
    if (at_ >= in_.size()) throw refused("a [ is not closed");
    out_ += ']';
    ++at_;
  }

  void escape(bool in_class) {
    char c = peek(1);
    if (c == '\0') throw refused("a single \\ at the end");
    if (c >= '1' && c <= '9' && !in_class) return back_reference();
    at_ += 2;
    switch (c) {
      case 's':
        if (in_class) {
          out_.append(spaces);
        } else {
          out_.append("[").append(spaces).append("]");
        }
        return;
      case 'S':
        if (in_class) {
          out_ += "\\S";
        } else {
          out_.append("[^").append(spaces).append("]");
        }
        return;
      case 'v':
        out_ += "\\x0b";
        return;
      case 'u':
        return unicode();
      case 'x':
        out_ += "\\x";
        return;
      case 'D':
      case 'W':
        // Alone, with MATCH_INVALID_UTF, the JIT compiler of PCRE2 10.42 lets them match ASCII only.
        out_ += in_class ? "" : "[";
        out_ += '\\';
        out_ += c;
        out_ += in_class ? "" : "]";
        return;
      case 'c':
      case 'd':
      case 'w':
      case 'b':
      case 'B':
      case 'f':
      case 'n':
      case 'r':
      case 't':
      case '0':
      case 'k':
        out_ += '\\';
        out_ += c;
        return;
      default:
        break;
    }
    // Any other letter stands for itself in JavaScript; in PCRE2 many have a meaning.
    bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter_or_digit && static_cast<unsigned char>(c) < 0x80) out_ += '\\';
    out_ += c;
  }

  void back_reference() {
    std::size_t p = at_ + 1;
    unsigned number = 0;
    while (p < in_.size() && in_[p] >= '0' && in_[p] <= '9' && number < 1000)
      number = number * 10 + static_cast<unsigned>(in_[p++] - '0');
    if (number <= groups_) {
      out_.append("\\g{").append(std::to_string(number)).append("}");
      at_ = p;
      return;
    }
    // No such group: an octal escape, or the digit itself.
    unsigned octal = 0;
    std::size_t digits = 0;
    for (p = at_ + 1; p < in_.size() && digits < 3 && in_[p] >= '0' && in_[p] <= '7' && octal * 8 < 256;
         ++p, ++digits)
      octal = octal * 8 + static_cast<unsigned>(in_[p] - '0');
    if (digits == 0) {
      out_ += in_[at_ + 1];
      at_ += 2;
      return;
    }
    code_point(octal);
    at_ += 1 + digits;
  }

  void code_point(unsigned code) {
    char text[16];
    std::snprintf(text, sizeof text, "\\x{%x}", code);
    out_ += text;
  }

  void unicode() {
    int unit = parse_hex4(in_, at_);
    if (unit < 0) {
      out_ += 'u';
      return;
    }
    at_ += 4;
    auto code = static_cast<unsigned>(unit);
    if (code >= 0xD800 && code < 0xDC00 && in_.substr(at_, 2) == "\\u") {
      int low = parse_hex4(in_, at_ + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        at_ += 6;
        code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<unsigned>(low) - 0xDC00);
      }
    }
    if (code >= 0xD800 && code < 0xE000) throw refused("half of a surrogate pair cannot be matched");
    code_point(code);
  }

  std::string_view in_;
  unsigned groups_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string translate_pattern(std::string_view pattern) { return Translator(pattern).translate(); }

}  // namespace waggle::jsonata
