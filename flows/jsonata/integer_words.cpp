// Numbers in English words, both ways.
#include <array>
#include <cmath>
#include <unordered_map>

#include "flows/jsonata/integer_picture.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::array<std::string_view, 20> few = {"Zero",    "One",     "Two",       "Three",    "Four",
                                                  "Five",    "Six",     "Seven",     "Eight",    "Nine",
                                                  "Ten",     "Eleven",  "Twelve",    "Thirteen", "Fourteen",
                                                  "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::array<std::string_view, 20> ordinals = {
    "Zeroth",     "First",     "Second",    "Third",       "Fourth",     "Fifth",     "Sixth",
    "Seventh",    "Eighth",    "Ninth",     "Tenth",       "Eleventh",   "Twelfth",   "Thirteenth",
    "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::array<std::string_view, 9> decades = {"Twenty",  "Thirty", "Forty",  "Fifty",  "Sixty",
                                                     "Seventy", "Eighty", "Ninety", "Hundred"};
constexpr std::array<std::string_view, 4> magnitudes = {"Thousand", "Million", "Billion", "Trillion"};

std::string words(double number, bool continued, bool ordinal) {
  std::string out;
  if (number <= 19) {
    auto n = static_cast<std::size_t>(number);
    return (continued ? " and " : "") + std::string(ordinal ? ordinals[n] : few[n]);
  }
  if (number < 100) {
    auto n = static_cast<std::size_t>(number);
    out = (continued ? " and " : "") + std::string(decades[n / 10 - 2]);
    if (n % 10 > 0) return out + "-" + words(static_cast<double>(n % 10), false, ordinal);
    if (ordinal) out.replace(out.size() - 1, 1, "ieth");
    return out;
  }
  double rest;
  if (number < 1000) {
    out = (continued ? ", " : "") + std::string(few[static_cast<std::size_t>(number / 100)]) + " Hundred";
    rest = std::fmod(number, 100);
  } else {
    auto magnitude =
        std::min<std::size_t>(static_cast<std::size_t>(std::log10(number) / 3), magnitudes.size());
    double factor = std::pow(10, static_cast<double>(magnitude) * 3);
    double count = std::floor(number / factor);
    rest = number - count * factor;
    out = (continued ? ", " : "") + words(count, false, false) + " " + std::string(magnitudes[magnitude - 1]);
  }
  if (rest > 0) return out + words(rest, true, ordinal);
  return ordinal ? out + "th" : out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

struct WordValues {
  std::unordered_map<std::string, double> values;
  std::string pattern;

  void add(std::string word, double value) {
    if (values.emplace(word, value).second) pattern += word + "|";
  }
  WordValues() {
    for (std::size_t i = 0; i < few.size(); ++i) add(lower(few[i]), static_cast<double>(i));
    for (std::size_t i = 0; i < ordinals.size(); ++i) add(lower(ordinals[i]), static_cast<double>(i));
    for (std::size_t i = 0; i < decades.size(); ++i) {
      std::string word = lower(decades[i]);
      auto value = static_cast<double>((i + 2) * 10);
      add(word, value);
      add(word.substr(0, word.size() - 1) + "ieth", value);
    }
    add("hundredth", 100);
    for (std::size_t i = 0; i < magnitudes.size(); ++i) {
      std::string word = lower(magnitudes[i]);
      double value = std::pow(10, static_cast<double>(i + 1) * 3);
      add(word, value);
      add(word + "th", value);
    }
  }
};

const WordValues& word_values() {
  static const WordValues all;
  return all;
}

/// Words end at spaces, hyphens, commas and " and ".
std::vector<std::string> split_words(std::string_view text) {
  auto is_space = [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
  };
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view rest = text.substr(i);
    if (rest.size() >= 2 && rest[0] == ',' && is_space(rest[1])) {
      parts.emplace_back();
      i += 1;
    } else if (rest.size() >= 5 && is_space(rest[0]) && rest.substr(1, 3) == "and" && is_space(rest[4])) {
      parts.emplace_back();
      i += 4;
    } else if (is_space(rest[0]) || rest[0] == '\\' || rest[0] == '-') {
      parts.emplace_back();
    } else {
      parts.back() += rest[0];
    }
  }
  return parts;
}

}  // namespace

std::string words_from_number(double value, bool ordinal) { return words(value, false, ordinal); }

std::string number_words_pattern() { return word_values().pattern + "and|[\\-, ]"; }

double number_from_words(std::string_view text) {
  std::vector<double> segments = {0};
  for (const std::string& word : split_words(lower(text))) {
    auto found = word_values().values.find(word);
    double value = found == word_values().values.end() ? NAN : found->second;
    if (value < 100) {
      double top = segments.back();
      segments.pop_back();
      if (top >= 1000) {
        segments.push_back(top);
        top = 0;
      }
      segments.push_back(top + value);
    } else {
      segments.back() *= value;
    }
  }
  double sum = 0;
  for (double segment : segments) sum += segment;
  return sum;
}

}  // namespace waggle::jsonata
