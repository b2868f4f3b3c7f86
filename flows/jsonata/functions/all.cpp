// Where built-in functions are found by name. A new family is one line here; a new function one line in its
// family's table.
#include <deque>
#include <unordered_map>
#include <vector>

#include "flows/jsonata/builtin.hpp"

namespace waggle::jsonata {

namespace {

struct Registry {
  std::vector<Builtin> builtins;
  std::unordered_map<std::string_view, const Builtin*> by_name;

  Registry() {
    std::vector<Family> families = {string_functions(),          url_functions(),
                                    matching_functions(),        number_functions(),
                                    picture_functions(),         logic_functions(),
                                    array_functions(),           object_functions(),
                                    higher_order_functions(),    date_functions(),
                                    text_addition_functions(),   collection_addition_functions(),
                                    format_addition_functions(), money_functions(),
                                    date_addition_functions(),   digest_functions()};
    std::size_t count = 0;
    for (Family family : families) count += family.size();
    builtins.reserve(count);
    for (Family family : families) {
      for (const Declaration& declaration : family) {
        Builtin& builtin = builtins.emplace_back(Builtin{declaration,
                                                         Signature::parse(declaration.signature),
                                                         Signature::parse(declaration.extended),
                                                         {}});
        builtin.function.kind = Function::Kind::builtin;
        builtin.function.builtin = &builtin;
        by_name.emplace(declaration.name, &builtin);
      }
    }
  }
};

const Registry& registry() {
  static const Registry all;
  return all;
}

}  // namespace

const Builtin* find_builtin(std::string_view name) {
  auto found = registry().by_name.find(name);
  return found == registry().by_name.end() ? nullptr : found->second;
}

std::span<const Builtin> all_builtins() { return registry().builtins; }

}  // namespace waggle::jsonata
