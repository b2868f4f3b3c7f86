// Any bytes as JSON: refused, or read into a value whose text reads back as the same value.
#include <cstdlib>

#include "flows/jsonata/eval_line.hpp"
#include "flows/jsonata/jsonata.hpp"

using namespace waggle::jsonata;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (bool duplicates : {false, true}) {
    ParseOptions options;
    options.allow_duplicate_keys = duplicates;
    auto parsed = Document::parse(text, options);
    if (!parsed.ok()) continue;
    auto again = Document::parse(to_json(parsed->root()));
    if (!again.ok() || !equal(parsed->root(), again->root())) std::abort();
    if (to_json(again->root()) != to_json(parsed->root())) std::abort();
  }
  return 0;
}
