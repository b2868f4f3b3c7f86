// JavaScript's regular expression syntax in PCRE2's terms (pcre2pattern(3); ECMA-262 22.2 and B.1.2, without
// the u flag; read 2026-11). A pattern is read as JavaScript reads it and written anew: letters and classes
// with both their cases spelled out, nothing left that PCRE2 might read otherwise.
#include <algorithm>

#include "flows/jsonata/code_set.hpp"
#include "flows/jsonata/codec.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/regex.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::string_view line_ends = "\\n\\r\\x{2028}\\x{2029}";
/// Inside brackets. PCRE2's own \s knows ASCII only.
constexpr std::string_view spaces =
    "\\s\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
constexpr std::string_view no_spaces =
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"
    "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";
/// Brackets full of letters may grow when both cases are spelled out; PCRE2 takes about as much.
constexpr std::size_t longest_translation = 256 * 1024;

Fault refused(std::string_view what) {
  return fault("W1007").with_text("the regular expression is not valid: " + std::string(what));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
int hex_of(char c) {
  if (is_digit(c)) return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

class Translator {
 public:
  Translator(std::string_view pattern, std::string_view flags)
      : in_(pattern),
        any_case_(flags.find('i') != std::string_view::npos),
        lines_(flags.find('m') != std::string_view::npos) {
    find_groups();
  }

  std::string translate() {
    while (at_ < in_.size()) {
      one();
      if (out_.size() > longest_translation) throw refused("it is too long");
    }
    if (!open_.empty()) throw refused("a ( is not closed");
    return std::move(out_);
  }

 private:
  /// What stands behind a backslash: one character, a class such as \d, or nothing but a position.
  struct Escape {
    std::int64_t code = -1;
    char letter = '\0';  ///< d D w W s S
  };

  char peek(std::size_t ahead) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }
  bool take(char c) {
    if (at_ >= in_.size() || in_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// The names of all groups, in the order of their numbers; most have none.
  void find_groups() {
    bool in_class = false;
    for (std::size_t i = 0; i < in_.size(); ++i) {
      char c = in_[i];
      if (c == '\\') {
        ++i;
      } else if (in_class) {
        in_class = c != ']';
      } else if (c == '[') {
        in_class = true;
      } else if (c == '(') {
        std::string_view next = in_.substr(i + 1, 3);
        bool named = next.size() == 3 && next[0] == '?' && next[1] == '<' && next[2] != '=' && next[2] != '!';
        std::string_view name = named ? in_.substr(i + 3, in_.find('>', i) - i - 3) : std::string_view();
        if (named && (name.empty() || std::find(names_.begin(), names_.end(), name) != names_.end()))
          throw refused("a group needs a name of its own");
        has_names_ |= named;
        if (named || next.empty() || next[0] != '?') names_.push_back(name);
      }
    }
  }

  void one() {
    char c = in_[at_];
    switch (c) {
      case '\\':
        return escape();
      case '[':
        return bracket();
      case '(':
        return group();
      case ')':
        ++at_;
        if (open_.empty()) throw refused("a ) has no (");
        repeatable_ = open_.back();
        open_.pop_back();
        out_ += ')';
        return;
      case '|':
        ++at_;
        repeatable_ = false;
        out_ += '|';
        return;
      case '^':
      case '$':
        return line_end(c);
      case '*':
      case '+':
      case '?':
        return quantifier(1);
      case '{':
        if (std::size_t length = count_length()) return quantifier(length);
        break;
      case '.':
        ++at_;
        out_.append("[^").append(line_ends).append("]");
        repeatable_ = true;
        return;
      default:
        break;
    }
    character(next_code_point(in_, at_));
  }

  /// Length of {2}, {2,} or {2,5} here; 0 when the brace stands for itself.
  std::size_t count_length() const {
    std::size_t p = at_ + 1;
    auto digits = [&] {
      std::size_t first = p;
      while (p < in_.size() && is_digit(in_[p])) ++p;
      return p > first;
    };
    if (!digits()) return 0;
    if (p < in_.size() && in_[p] == ',') {
      ++p;
      digits();
    }
    return p < in_.size() && in_[p] == '}' ? p + 1 - at_ : 0;
  }

  void quantifier(std::size_t length) {
    if (!repeatable_) throw refused("there is nothing that " + std::string(1, in_[at_]) + " could repeat");
    out_.append(in_, at_, length);
    at_ += length;
    if (take('?')) out_ += '?';
    repeatable_ = false;
  }

  void line_end(char c) {
    ++at_;
    repeatable_ = false;
    if (!lines_) {
      out_ += c;
    } else {
      out_.append(c == '^' ? "(?<![^" : "(?![^").append(line_ends).append("])");
    }
  }

  void group() {
    bool looks_back = false;
    out_ += '(';
    ++at_;
    if (take('?')) {
      char kind = peek(0);
      looks_back = kind == '<' && (peek(1) == '=' || peek(1) == '!');
      if (looks_back) {
        out_.append("?<").append(1, peek(1));
        at_ += 2;
      } else if (kind == '<') {
        at_ = std::min(in_.find('>', at_), in_.size() - 1) + 1;  // the number is enough
      } else if (kind != '\0' && std::string_view(":=!").find(kind) != std::string_view::npos) {
        out_.append("?").append(1, kind);
        ++at_;
      } else {
        throw refused("unknown kind of group (?" + std::string(kind != '\0', kind));
      }
    }
    open_.push_back(!looks_back);
    repeatable_ = false;
  }

  void character(std::uint32_t code) {
    repeatable_ = true;
    CodeSet set;
    set.add(code);
    if (any_case_) set.ignore_case();
    if (set.single() >= 0) {
      append_literal(out_, code);
    } else {
      out_.append("[").append(set.text()).append("]");
    }
  }

  void bracket() {
    ++at_;
    bool negated = take('^');
    CodeSet set;
    std::string classes;
    auto add = [&](const Escape& e) {
      if (e.code >= 0) return set.add(static_cast<std::uint32_t>(e.code));
      append_class(classes, e.letter);
    };
    while (!take(']')) {
      Escape first = member();
      if (peek(0) != '-' || peek(1) == ']' || at_ + 1 >= in_.size()) {
        add(first);
        continue;
      }
      ++at_;
      Escape last = member();
      if (first.code >= 0 && last.code >= 0) {
        if (last.code < first.code) throw refused("a range in [ ] is out of order");
        set.add(static_cast<std::uint32_t>(first.code), static_cast<std::uint32_t>(last.code));
      } else {
        add(first);
        set.add('-');
        add(last);
      }
    }
    repeatable_ = true;
    if (set.empty() && classes.empty()) {
      out_ += negated ? "[\\s\\S]" : "(?!)";
      return;
    }
    any_case_ ? set.ignore_case() : set.normalise();
    out_.append(negated ? "[^" : "[").append(classes).append(set.text()).append("]");
  }

  Escape member() {
    if (at_ >= in_.size()) throw refused("a [ is not closed");
    if (in_[at_] != '\\') return {next_code_point(in_, at_)};
    if (peek(1) == 'b') {
      at_ += 2;
      return {'\b'};
    }
    bool control = peek(1) == 'c' && (is_digit(peek(2)) || peek(2) == '_');  // inside brackets only
    if (!control) return escaped();
    at_ += 3;
    return {in_[at_ - 1] & 0x1F};
  }

  static void append_class(std::string& out, char letter) {
    if (letter == 's') {
      out += spaces;
    } else if (letter == 'S') {
      out += no_spaces;
    } else {
      (out += '\\') += letter;
    }
  }

  void escape() {
    char c = peek(1);
    if (c == 'b' || c == 'B') {
      at_ += 2;
      repeatable_ = false;
      (out_ += '\\') += c;
      return;
    }
    if (c >= '1' && c <= '9' && back_reference()) return;
    if (c == 'k' && has_names_) return named_reference();
    Escape e = escaped();
    if (e.code >= 0) return character(static_cast<std::uint32_t>(e.code));
    // In brackets: alone, with MATCH_INVALID_UTF, the JIT compiler of PCRE2 10.42 lets \D and \W match ASCII
    // only.
    out_ += '[';
    append_class(out_, e.letter);
    out_ += ']';
    repeatable_ = true;
  }

  /// An escape that means a character or a class, wherever it stands.
  Escape escaped() {
    if (at_ + 1 >= in_.size()) throw refused("a single \\ at the end");
    char c = in_[at_ + 1];
    if (is_octal(c)) return {octal()};
    switch (c) {
      case 'd':
      case 'D':
      case 'w':
      case 'W':
      case 's':
      case 'S':
        at_ += 2;
        return {-1, c};
      case 't':
        at_ += 2;
        return {'\t'};
      case 'n':
        at_ += 2;
        return {'\n'};
      case 'v':
        at_ += 2;
        return {'\v'};
      case 'f':
        at_ += 2;
        return {'\f'};
      case 'r':
        at_ += 2;
        return {'\r'};
      case 'c':
        if (!is_letter(peek(2))) {
          ++at_;  // the backslash stands for itself
          return {'\\'};
        }
        at_ += 3;
        return {in_[at_ - 1] & 0x1F};
      case 'x':
        at_ += 2;
        if (hex_of(peek(0)) < 0 || hex_of(peek(1)) < 0) return {'x'};
        at_ += 2;
        return {hex_of(in_[at_ - 2]) * 16 + hex_of(in_[at_ - 1])};
      case 'u':
        at_ += 2;
        return {unicode()};
      default:
        ++at_;
        return {next_code_point(in_, at_)};
    }
  }

  /// \0, \12, \177: up to three digits below 256.
  std::int64_t octal() {
    std::int64_t code = 0;
    ++at_;
    for (int digits = 0; digits < 3 && is_octal(peek(0)) && code * 8 < 256; ++digits)
      code = code * 8 + (in_[at_++] - '0');
    return code;
  }

  /// False when there is no such group: then it is an octal escape, or the digit itself.
  bool back_reference() {
    std::size_t p = at_ + 1, number = 0;
    while (p < in_.size() && is_digit(in_[p]) && number <= names_.size())
      number = number * 10 + static_cast<std::size_t>(in_[p++] - '0');
    if (number > names_.size()) return false;
    at_ = p;
    refer_to(number);
    return true;
  }

  void named_reference() {
    std::size_t close = in_.find('>', at_);
    if (peek(2) != '<' || close == std::string_view::npos) throw refused("\\k needs the <name> of a group");
    auto name = std::find(names_.begin(), names_.end(), in_.substr(at_ + 3, close - at_ - 3));
    if (name == names_.end() || name->empty()) throw refused("\\k names a group that does not exist");
    at_ = close + 1;
    refer_to(static_cast<std::size_t>(name - names_.begin()) + 1);
  }

  void refer_to(std::size_t group) {
    std::string reference = "\\g{" + std::to_string(group) + "}";
    out_ += any_case_ ? "(?i:" + reference + ")" : reference;
    repeatable_ = true;
  }

  std::int64_t unicode() {
    int unit = parse_hex4(in_, at_);
    if (unit < 0) return 'u';
    at_ += 4;
    if (unit >= 0xD800 && unit < 0xDC00 && in_.substr(at_, 2) == "\\u") {
      int low = parse_hex4(in_, at_ + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        at_ += 6;
        return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
      }
    }
    if (unit >= 0xD800 && unit < 0xE000) throw refused("half of a surrogate pair cannot be matched");
    return unit;
  }

  std::string_view in_;
  bool any_case_, lines_;
  std::vector<std::string_view> names_;
  bool has_names_ = false;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<bool> open_;   ///< groups, and whether each may be repeated
  bool repeatable_ = false;  ///< what was written last
};

}  // namespace

std::string translate_pattern(std::string_view pattern, std::string_view flags) {
  return Translator(pattern, flags).translate();
}

}  // namespace waggle::jsonata
