// Any text through the parser alone: as a whole expression and as the inside of ${...}, with what `check`
// asks afterwards.
#include <cstdlib>

#include "flows/jsonata/jsonata.hpp"

using namespace waggle::jsonata;

namespace {

void look_at(const Expression& expression, std::string_view text) {
  for (const FreeName& name : expression.free_names())
    if (name.offset > text.size() || name.second_offset > text.size()) std::abort();
  for (const FreeName& name : expression.free_variables())
    if (name.offset > text.size()) std::abort();
  expression.literal_json();
}

void look_at(const Problem& problem, std::string_view text) {
  if (problem.code.empty() || problem.message.empty() || problem.offset > text.size()) std::abort();
  if (problem.line == 0 || problem.column == 0) std::abort();
  describe(problem, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto whole = Expression::compile(text);
  whole ? look_at(*whole, text) : look_at(whole.problem(), text);
  CompileOptions options;
  options.decimal_numbers = options.reference_compat = true;
  auto prefix = Expression::compile_prefix(text, size / 8, options);
  if (!prefix) {
    look_at(prefix.problem(), text);
  } else if (prefix->end >= size || text[prefix->end] != '}') {
    std::abort();
  } else {
    look_at(prefix->expression, text);
  }
  return 0;
}
