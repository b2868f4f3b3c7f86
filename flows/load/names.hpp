// Names: which names an expression may use at a place of a flow file, and their slots. Used while a file is
// read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "flows/body.hpp"

namespace waggle::flows {

class Names {
 public:
  Names();

  /// Every `as` of the file with its line, for "known only after line 12".
  void expect(std::string name, int line) { expected_.emplace(std::move(name), line); }
  int line_of(std::string_view name) const;  ///< 0 when no `as` gives it

  bool visible(std::string_view name) const;
  /// Makes a name visible from here on; its slot. The same name in separate places shares a slot.
  std::size_t declare(std::string_view name);
  /// Sibling branches may not use one name for two things.
  bool taken_by_sibling(std::string_view name) const;

  /// Names declared after a mark can be taken back, when the steps they belong to are over.
  std::size_t mark() const { return visible_.size(); }
  std::vector<std::string> take_back(std::size_t mark);
  void give(const std::vector<std::string>& names);
  std::vector<std::string> set_siblings(std::vector<std::string> names);

  const std::vector<std::string>& visible_names() const { return visible_; }
  const std::vector<std::string>& slots() const { return slots_; }

 private:
  std::vector<std::string> slots_;
  std::vector<std::string> visible_;
  std::vector<std::string> siblings_;
  std::map<std::string, int, std::less<>> expected_;
};

/// Words that `as` cannot give: the names every flow has, and those JSONata gives a meaning.
bool is_reserved_name(std::string_view name);
/// A letter or `_`, then letters, digits and `_`: what expressions read without backticks.
bool is_plain_name(std::string_view name);

}  // namespace waggle::flows
