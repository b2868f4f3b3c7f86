#include "flows/jsonata/simple_pattern.hpp"

#include <algorithm>

namespace waggle::jsonata {

namespace {

constexpr std::size_t most_atoms = 16;
constexpr std::uint32_t unbounded = UINT32_MAX;
constexpr std::string_view special = "^$\\.*+?()[]{}|/";

bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
bool is_letter(unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_word(unsigned char c) { return is_digit(c) || is_letter(c) || c == '_'; }
bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

/// Reads the pattern; every function answers false for what is not simple.
class SimplePattern::Reader {
 public:
  Reader(std::string_view pattern, bool any_case, SimplePattern& out)
      : pattern_(pattern), any_case_(any_case), out_(out) {}

  bool read() {
    if (take('^')) out_.at_start_ = true;
    while (at_ < pattern_.size()) {
      if (pattern_[at_] == '$') {
        out_.at_end_ = true;
        return at_ + 1 == pattern_.size() && !out_.atoms_.empty();
      }
      Atom atom;
      if (out_.atoms_.size() == most_atoms || !set(atom) || !quantifier(atom)) return false;
      if (any_case_) fold(atom);
      out_.atoms_.push_back(atom);
    }
    return !out_.atoms_.empty();
  }

 private:
  bool take(char c) {
    if (at_ == pattern_.size() || pattern_[at_] != c) return false;
    ++at_;
    return true;
  }

  static void fold(Atom& atom) {
    for (unsigned char c = 'a'; c <= 'z'; ++c) {
      bool either = atom.accepts[c] || atom.accepts[c - 0x20];
      atom.accepts[c] = atom.accepts[c - 0x20] = either;
    }
  }

  bool set(Atom& atom) {
    auto c = static_cast<unsigned char>(pattern_[at_++]);
    if (c >= 0x80) return false;
    if (c == '.') {
      atom.accepts.fill(true);
      atom.accepts['\n'] = atom.accepts['\r'] = false;
      return true;
    }
    if (c == '[') return bracket(atom);
    if (c == '\\') {
      int single = -1;
      return escape(atom, single);
    }
    if (special.find(static_cast<char>(c)) != std::string_view::npos) return false;
    atom.accepts[c] = true;
    return true;
  }

  /// Behind a backslash. `single`: the character when it is one.
  bool escape(Atom& atom, int& single) {
    if (at_ == pattern_.size()) return false;
    auto c = static_cast<unsigned char>(pattern_[at_++]);
    auto add = [&](bool (*is)(unsigned char), bool wanted) {
      for (unsigned i = 0; i < 128; ++i) atom.accepts[i] |= is(static_cast<unsigned char>(i)) == wanted;
      return true;
    };
    switch (c) {
      case 'd':
        return add(is_digit, true);
      case 'D':
        return add(is_digit, false);
      case 'w':
        return add(is_word, true);
      case 'W':
        return add(is_word, false);
      case 's':
        return add(is_space, true);
      case 'S':
        return add(is_space, false);
      case 't':
        single = '\t';
        break;
      case 'n':
        single = '\n';
        break;
      case 'r':
        single = '\r';
        break;
      default:
        if (c >= 0x80 || is_word(c)) return false;
        single = c;
    }
    atom.accepts[static_cast<unsigned>(single)] = true;
    return true;
  }

  bool bracket(Atom& atom) {
    bool negated = take('^');
    if (at_ < pattern_.size() && pattern_[at_] == ']') return false;
    while (!take(']')) {
      int first = -1, last = -1;
      if (!member(atom, first)) return false;
      bool is_range = at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']';
      if (!is_range) continue;
      ++at_;
      if (!member(atom, last) || first < 0 || last < first) return false;
      for (int i = first; i <= last; ++i) atom.accepts[static_cast<unsigned>(i)] = true;
    }
    if (!negated) return true;
    // Folding comes after negation here, but before it in the language.
    if (any_case_) fold(atom);
    for (bool& one : atom.accepts) one = !one;
    return true;
  }

  bool member(Atom& atom, int& single) {
    if (at_ == pattern_.size()) return false;
    auto c = static_cast<unsigned char>(pattern_[at_++]);
    if (c >= 0x80 || c == '[') return false;
    if (c == '\\') return escape(atom, single);
    single = c;
    atom.accepts[c] = true;
    return true;
  }

  bool quantifier(Atom& atom) {
    if (take('?')) {
      atom.least = 0;
    } else if (take('*')) {
      atom.least = 0;
      atom.most = unbounded;
    } else if (take('+')) {
      atom.most = unbounded;
    } else if (take('{')) {
      if (!count(atom.least)) return false;
      atom.most = atom.least;
      if (take(',')) {
        atom.most = unbounded;
        if (at_ < pattern_.size() && pattern_[at_] != '}' && !count(atom.most)) return false;
      }
      if (!take('}') || atom.most < atom.least || atom.most == 0) return false;
    } else {
      return true;
    }
    return at_ == pattern_.size() || std::string_view("?*+{").find(pattern_[at_]) == std::string_view::npos;
  }

  bool count(std::uint32_t& out) {
    constexpr std::uint32_t most = 1000;
    std::size_t start = at_;
    out = 0;
    while (at_ < pattern_.size() && is_digit(static_cast<unsigned char>(pattern_[at_])) && out <= most)
      out = out * 10 + static_cast<std::uint32_t>(pattern_[at_++] - '0');
    return at_ > start && out <= most;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool any_case_;
  SimplePattern& out_;
};

std::optional<SimplePattern> SimplePattern::compile(std::string_view pattern, std::string_view flags) {
  SimplePattern simple;
  if (flags.find('m') != std::string_view::npos) return {};
  bool any_case = flags.find('i') != std::string_view::npos;
  if (!Reader(pattern, any_case, simple).read() || !simple.is_deterministic()) return {};
  return simple;
}

/// A repetition may take all it can get when what follows it begins with none of its characters.
bool SimplePattern::is_deterministic() const {
  for (std::size_t i = 0; i < atoms_.size(); ++i) {
    if (atoms_[i].least == atoms_[i].most) continue;
    for (std::size_t next = i + 1; next < atoms_.size(); ++next) {
      for (unsigned c = 0; c < 128; ++c)
        if (atoms_[i].accepts[c] && atoms_[next].accepts[c]) return false;
      if (atoms_[next].least > 0) break;
    }
  }
  return true;
}

std::size_t SimplePattern::match_at(std::string_view subject, std::size_t at, std::size_t& steps) const {
  std::size_t start = at;
  for (const Atom& atom : atoms_) {
    std::size_t last = std::min<std::size_t>(subject.size(), at + std::size_t{atom.most});
    std::size_t first = at;
    while (at < last && atom.accepts[static_cast<unsigned char>(subject[at])]) ++at;
    if (at - first < atom.least) {
      steps += at - start + 1;
      return std::string_view::npos;
    }
  }
  steps += at - start + 1;
  return at_end_ && at != subject.size() ? std::string_view::npos : at;
}

SimplePattern::Found SimplePattern::find(std::string_view subject, std::size_t from) const {
  std::size_t steps = 0;
  const Atom& first = atoms_.front();
  for (std::size_t at = from; at <= subject.size(); ++at) {
    if (at_start_ && at > 0) break;
    if (!at_start_ && first.least > 0) {
      while (at < subject.size() && !first.accepts[static_cast<unsigned char>(subject[at])]) ++at;
      if (at == subject.size()) break;
    }
    std::size_t end = match_at(subject, at, steps);
    if (end != std::string_view::npos) return {at, end, true, steps};
  }
  return {0, 0, false, steps};
}

}  // namespace waggle::jsonata
