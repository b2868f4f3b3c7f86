// Pictures of whole numbers, as XPath's fn:format-integer has them: "0001", "#,##0", "i", "A", "w", "1;o".
// Used by $formatInteger, $parseInteger and the date pictures. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waggle::jsonata {

/// More digits than this in a picture are a mistake or an attack.
inline constexpr int max_picture_width = 10'000;

struct IntegerPicture {
  enum class Primary { decimal, letters, roman, words, sequence } primary = Primary::decimal;
  enum class Case { lower, upper, title } letter_case = Case::lower;
  struct Separator {
    int position;  ///< digits to its right
    char32_t character;
  };
  bool ordinal = false;
  char32_t zero = U'0';
  int mandatory = 0, optional = 0;
  bool regular = false;  ///< the same separator at every multiple of regular_position
  int regular_position = 0;
  std::vector<Separator> separators;
  int parse_width = 0;  ///< exactly so many digits when another number follows at once
  std::string token;    ///< what could not be understood, for D3130

  /// Throws Fault D3131.
  static IntegerPicture parse(std::string_view picture);
  /// `value` must be whole. Throws Fault D3130 for numbering sequences.
  std::string format(double value) const;
  /// NaN when `text` does not look like the picture.
  double read(std::string_view text) const;
  /// A regular expression (without groups) for such numbers.
  std::string pattern() const;
};

/// "one thousand and two" -> 1002; NaN for other words.
double number_from_words(std::string_view text);
std::string words_from_number(double value, bool ordinal);
/// All words that numbers are made of, joined by |.
std::string number_words_pattern();

}  // namespace waggle::jsonata
