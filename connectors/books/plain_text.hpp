// Free text made harmless for the three programs: a customer's name must neither fail an entry nor write a
// second one. Any thread. Sources: https://hledger.org/1.25/hledger.html#journal-format,
// https://ledger-cli.org/doc/ledger3.html#Journal-Format,
// https://beancount.github.io/docs/beancount_language_syntax.html (read 2026-11); tried with hledger 1.25,
// ledger 3.3, beancount 2.3.5.
#pragma once

#include <string>
#include <string_view>

namespace waggle::books {

/// Payee, narration and code stand on one line, and ledger 3.3 aborts on a line of 1024 bytes ("unistring").
inline constexpr std::size_t longest_text = 300;

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
inline bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// One line, single spaces, no control characters (nor U+0085, U+2028, U+2029, which some programs take for
/// line ends).
inline std::string one_line(std::string_view text) {
  std::string out;
  const auto space = [&] {
    if (!out.empty() && out.back() != ' ') out += ' ';
  };
  for (std::size_t i = 0; i < text.size() && out.size() <= longest_text + 4; ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("\xC2\x85") || rest.starts_with("\xC2\xA0")) {
      space();
      ++i;
    } else if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
      space();
      i += 2;
    } else if (is_control(text[i]) || text[i] == ' ') {
      space();
    } else {
      out += text[i];
    }
  }
  if (out.size() > longest_text) {
    std::size_t end = longest_text;
    while ((static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;  // do not cut a character in two
    out.resize(end);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

/// Text behind the date of an hledger or ledger entry: `;` would begin a comment, `|` part payee and note.
inline std::string description(std::string_view text) {
  std::string out = one_line(text);
  for (char& c : out) {
    if (c == ';') c = ',';
    if (c == '|') c = '/';
  }
  constexpr std::string_view meaning = "(*!=";  // a code, a status, a second date
  if (!out.empty() && meaning.find(out[0]) != meaning.npos) out = "- " + out;
  return out;
}

/// The value of a tag in an hledger or ledger comment: a comma ends it, brackets could be read as a date.
inline std::string tag_value(std::string_view text) {
  std::string out = one_line(text);
  for (char& c : out) {
    if (c == ',') c = ' ';
    if (c == ';') c = ' ';
    if (c == '[') c = '(';
    if (c == ']') c = ')';
  }
  return one_line(out);
}

/// A beancount string with its quotes.
inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : one_line(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace waggle::books
