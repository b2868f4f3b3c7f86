// Any text as an expression: it compiles or not, evaluates or not, but never crashes, hangs or disagrees with
// itself: the fast paths must give what the general evaluator gives.
#include <cstdio>
#include <cstdlib>

#include "flows/jsonata/jsonata.hpp"

using namespace waggle::jsonata;

namespace {

const Document& payload() {
  static const Document document = *Document::parse(
      R"({"id":7,"total":"59.35","a":[1,2,[3]],"b":{"a":{"a":1}},"lines":[{"sku":"A-1","price":12.5,"qty":2,"tags":["x","y"]},)"
      R"({"sku":"é😀","price":8,"qty":1,"tags":[]},{"price":null}],"s":"2018-02-01T09:42:13.123Z","n":null,"t":true,"e":{},"1":[[]]})");
  return document;
}

std::string answer(std::string_view text, bool fast_paths, std::string& code) {
  CompileOptions options;
  options.allow_eval = true;
  options.allow_fast_paths = fast_paths;
  auto expression = Expression::compile(text, options);
  if (!expression) {
    describe(expression.problem(), text);
    code = expression.problem().code;
    return {};
  }
  Limits limits;
  limits.steps = 200'000;
  limits.time = limits.hard_time = std::chrono::seconds(20);
  limits.string_bytes = 1 << 18;
  limits.memory_bytes = 16 << 20;
  limits.items = 100'000;
  limits.regex_steps = 10'000;
  limits.depth = 200;
  Evaluation evaluation(limits);
  auto result = evaluation.evaluate(*expression, payload().root());
  if (!result) {
    describe(result.problem(), text);
    code = result.problem().code;
    return {};
  }
  return result->is_undefined() ? "undefined" : to_json(*result);
}

bool is_limit(const std::string& code) {
  return code[0] == 'W' || code == "D1011" || code == "D1012" || code == "D2015";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string fast_code, general_code;
  std::string fast = answer(text, true, fast_code), general = answer(text, false, general_code);
  // The two ways need different numbers of steps, so only one may meet a limit.
  bool at_limit =
      (!fast_code.empty() && is_limit(fast_code)) || (!general_code.empty() && is_limit(general_code));
  if (!at_limit && (fast != general || fast_code != general_code)) {
    std::fprintf(stderr, "fast: %s %s\ngeneral: %s %s\n", fast.c_str(), fast_code.c_str(), general.c_str(),
                 general_code.c_str());
    std::abort();
  }
  return 0;
}
