#include "flows/suggest.hpp"

#include <algorithm>
#include <cctype>

namespace waggle::flows {
namespace {

constexpr std::size_t max_word = 64;          // longer words are no typing slips; keeps the distance cheap
constexpr std::size_t max_listed_words = 12;  // a longer list is not read

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Optimal string alignment: insert, delete, replace, swap neighbours; letters regardless of case, `-` as
/// `_`.
std::size_t distance(std::string_view a, std::string_view b) {
  auto same = [](char x, char y) { return lower(x == '-' ? '_' : x) == lower(y == '-' ? '_' : y); };
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1)});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > max_word) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;  // one slip per three letters
  for (const std::string& candidate : candidates) {
    if (candidate.size() > max_word) continue;
    std::size_t d = distance(word, candidate);
    if (d < best_distance) {
      best_distance = d;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (std::string near = nearest(word, candidates); !near.empty()) return "did you mean `" + near + "`?";
  if (candidates.empty() || candidates.size() > max_listed_words) return {};
  std::string list = "known: ";
  for (std::size_t i = 0; i < candidates.size(); ++i) list += (i ? ", " : "") + candidates[i];
  return list;
}

}  // namespace waggle::flows
