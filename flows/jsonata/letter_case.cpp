// Upper and lower case of whole texts.
#include <algorithm>

#include "flows/jsonata/case_table.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

void append_mapped(std::string& out, std::uint32_t c, std::span<const CaseRun> runs,
                   std::span<const CaseSpecial> specials) {
  auto run = std::upper_bound(runs.begin(), runs.end(), c,
                              [](std::uint32_t x, const CaseRun& r) { return x < r.first; });
  while (run != runs.begin()) {
    --run;
    if (c <= run->last && (c - run->first) % static_cast<std::uint32_t>(run->step) == 0) {
      append_code_point(out, static_cast<std::uint32_t>(static_cast<std::int64_t>(c) + run->distance));
      return;
    }
    if (run->last < c && c - run->last > 1) break;  // runs of step 2 interleave with their neighbour only
  }
  for (const CaseSpecial& special : specials) {
    if (special.from != c) continue;
    for (std::uint32_t to : special.to)
      if (to != 0) append_code_point(out, to);
    return;
  }
  append_code_point(out, c);
}

bool is_letter(std::uint32_t c) {
  std::string upper, lower;
  append_mapped(upper, c, runs_to_upper(), specials_to_upper());
  append_mapped(lower, c, runs_to_lower(), specials_to_lower());
  return upper != lower || (c < 0x80 && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
}

/// A sigma at the end of a word has a form of its own (SpecialCasing: Final_Sigma).
bool ends_word(std::string_view text, std::size_t start, std::size_t end) {
  bool letter_before = false;
  for (std::size_t at = 0; at < start;) letter_before = is_letter(next_code_point(text, at));
  if (!letter_before) return false;
  return end >= text.size() || !is_letter(next_code_point(text, end));
}

}  // namespace

std::string to_upper(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      ++at;
    } else {
      append_mapped(out, next_code_point(text, at), runs_to_upper(), specials_to_upper());
    }
  }
  return out;
}

std::string to_lower(std::string_view text) {
  constexpr std::uint32_t sigma = 0x3A3, final_sigma = 0x3C2;
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      ++at;
      continue;
    }
    std::size_t start = at;
    std::uint32_t code = next_code_point(text, at);
    if (code == sigma && ends_word(text, start, at)) {
      append_code_point(out, final_sigma);
    } else {
      append_mapped(out, code, runs_to_lower(), specials_to_lower());
    }
  }
  return out;
}

}  // namespace waggle::jsonata
