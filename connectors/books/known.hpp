// What a journal file already holds: ids of entries, accounts, currencies, its decimal marks. Found by one
// pass over the lines; remembered between calls while the file is exactly as we left it, so that n entries
// cost n appends and not n readings of a growing file. Any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include <waggle/crypto.hpp>

#include "marks.hpp"
#include "rules.hpp"

namespace waggle::books {

inline constexpr std::string_view id_mark = "waggle-id: ";

/// Ids come from outside, so they are told apart by a hash that nobody can choose collisions of; should two
/// collide all the same, the file is looked through.
inline std::uint64_t id_fingerprint(std::string_view id) {
  const std::string digest = sha256(id);
  std::uint64_t out = 0;
  std::memcpy(&out, digest.data(), sizeof out);
  return out;
}

/// The id in a line like `    ; waggle-id: order:15` or `  waggle-id: "order:15"`; empty when there is none.
inline std::string_view id_in_line(std::string_view line) {
  const auto start = line.find_first_not_of(" \t;");
  if (start == line.npos || start == 0 || !line.substr(start).starts_with(id_mark)) return {};
  line.remove_prefix(start + id_mark.size());
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
  return line;
}

struct Known {
  std::unordered_set<std::uint64_t> ids;
  std::set<std::string> accounts;    // declared
  std::set<std::string> currencies;  // declared
  Roots roots = usual_roots();
  Marks marks;
  bool id_tag = false;      // ledger's `tag waggle-id` is there
  bool includes = false;    // other files belong to it, which we do not read
  bool in_comment = false;  // the file ends within a `comment` block

  void read(Format format, std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      read_line(format, text.substr(0, end));
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
  }

 private:
  void read_line(Format format, std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return;
    const bool indented = line[0] == ' ' || line[0] == '\t';
    if (indented)
      if (const auto id = id_in_line(line); !id.empty()) ids.insert(id_fingerprint(id));
    if (format == Format::beancount) {
      if (!indented) read_beancount(line);
    } else if (in_comment) {
      in_comment = !line.starts_with("end comment") && !line.starts_with("end test");
    } else if (indented) {
      marks.indented(format, line);
    } else {
      read_journal(format, line);
    }
  }

  static std::string_view word(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t\r;\""));
  }

  void read_beancount(std::string_view line) {
    if (line.starts_with("include ")) includes = true;
    constexpr std::size_t date = 10;
    if (line.size() > date && is_digit(line[0])) {
      std::string_view rest = line.substr(date);
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
      if (!rest.starts_with("open") || rest.size() < 6) return;
      rest.remove_prefix(4);
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
      accounts.emplace(word(rest));
      return;
    }
    constexpr std::array<std::string_view, 5> names{"name_assets", "name_liabilities", "name_equity",
                                                    "name_income", "name_expenses"};
    if (!line.starts_with("option \"")) return;
    line.remove_prefix(8);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!line.starts_with(names[i])) continue;
      const auto open = line.find('"', names[i].size() + 1);
      if (open != line.npos) roots[i] = word(line.substr(open + 1));
    }
  }

  void read_journal(Format format, std::string_view line) {
    if (line[0] == '!' || line[0] == '@') line.remove_prefix(1);
    const std::string_view name = line.substr(0, line.find_first_of(" \t"));
    std::string_view rest = line.substr(name.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    marks.directive(format, name, rest);
    if (name == "include") {
      includes = true;
    } else if (name == "comment" || (name == "test" && format == Format::ledger)) {
      in_comment = format == Format::ledger || rest.empty();
    } else if (name == "account") {
      // The name ends at two spaces, a tab or a comment.
      rest = rest.substr(0, std::min({rest.find("  "), rest.find('\t'), rest.find(';'), rest.size()}));
      while (rest.ends_with(' ')) rest.remove_suffix(1);
      accounts.emplace(rest);
    } else if (name == "tag" && rest.starts_with("waggle-id")) {
      id_tag = true;
    } else if (name == "commodity") {
      if (const Written written(rest); !written.currency.empty()) currencies.insert(written.currency);
    }
  }
};

}  // namespace waggle::books
