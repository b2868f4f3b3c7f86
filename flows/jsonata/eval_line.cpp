#include "flows/jsonata/eval_line.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {

namespace {

constexpr unsigned line_json_depth = 900;  // inputs of tests nest deeper than payloads may

std::string error_line(std::string_view code, std::string_view message) {
  std::string out = "{\"error\":{\"code\":";
  append_json_string(code, out);
  out += ",\"position\":0,\"message\":";
  append_json_string(message, out);
  return out + "}}";
}

void member(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(text, out);
}

std::string error_line(const Problem& p) {
  std::string out = "{\"error\":{\"code\":";
  append_json_string(p.code, out);
  out += ",\"position\":" + std::to_string(p.position) + ",\"line\":" + std::to_string(p.line) +
         ",\"column\":" + std::to_string(p.column) + ",\"message\":";
  append_json_string(p.message, out);
  member(out, "token", p.token);
  member(out, "hint", p.hint);
  member(out, "functionName", p.function);
  if (!p.value.empty()) out += ",\"value\":" + p.value;
  return out + "}}";
}

/// As in a flow, but with room for the ten million items that the conformance suite builds.
Limits limits_of(Value given) {
  Limits limits;
  limits.items = 10'000'000;
  limits.memory_bytes = std::size_t{512} << 20;
  limits.result_bytes = std::size_t{256} << 20;
  if (!given.is_object()) return limits;
  Value depth = given.find("depth"), time = given.find("time_ms");
  if (depth.is_number())
    limits.depth = static_cast<std::uint32_t>(std::clamp(depth.as_number(), 1.0, 2000.0));
  if (time.is_number())
    limits.time = std::chrono::milliseconds(static_cast<int>(std::clamp(time.as_number(), 1.0, 10'000.0)));
  limits.hard_time = std::max(limits.time * 2, limits.hard_time);
  limits.suite_codes = true;
  return limits;
}

std::int64_t clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::string evaluate_jsonl(std::string_view line, bool fast_paths) {
  ParseOptions options;
  options.max_depth = line_json_depth;
  options.allow_duplicate_keys = true;
  options.allow_fast_paths = fast_paths;
  auto request = Document::parse(line, options);
  if (!request.ok()) return error_line("json", request.error().message);
  Value root = request->root();
  Value text = root.find("expr");
  if (!text.is_string()) return error_line("json", "the line must be an object with \"expr\": a text");
  CompileOptions compile;
  compile.allow_eval = true;
  compile.allow_fast_paths = fast_paths;
  auto expression = Expression::compile(text.as_string(), compile);
  if (!expression) return error_line(expression.problem());
  Evaluation evaluation(limits_of(root.find("limits")));
  evaluation.set_now(clock_ms());
  evaluation.set_seed(std::random_device{}());
  Value bindings = root.find("bindings");
  for (std::uint32_t i = 0; bindings.is_object() && i < bindings.size(); ++i)
    evaluation.bind(bindings.key_at(i), bindings.value_at(i));
  auto answer = evaluation.evaluate(*expression, root.find("input"));
  if (!answer) return error_line(answer.problem());
  if (answer->is_undefined()) return "{\"undefined\":true}";
  std::string out = "{\"result\":";
  append_json(*answer, out);
  return out + "}";
}

}  // namespace waggle::jsonata
