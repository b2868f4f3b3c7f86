#include "flows/jsonata/expression_error.hpp"

#include <algorithm>

#include "flows/jsonata/document.hpp"
#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/messages.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::size_t longest_shown_value = 400;

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

std::string shortened(const std::string& json) {
  if (json.empty()) return "undefined";
  if (json.size() <= longest_shown_value) return json;
  std::size_t cut = longest_shown_value;
  while (cut > 0 && (static_cast<unsigned char>(json[cut]) & 0xC0) == 0x80) --cut;
  return json.substr(0, cut) + "...";
}

std::string insert_of(const Fault& f, std::string_view name) {
  if (name == "token") return f.token.empty() ? "undefined" : quoted(f.token);
  if (name == "$token") return f.token;
  if (name == "value") return shortened(f.value);
  if (name == "value2") return shortened(f.value2);
  if (name == "index") return std::to_string(f.index);
  if (name == "type") return quoted(f.type);
  if (name == "$function") return f.function;
  return {};
}

std::string message_of(const Fault& f) {
  if (!f.message.empty()) return f.message;
  std::string_view text = message_template(f.code);
  std::string out;
  while (!text.empty()) {
    std::size_t open = text.find('{');
    std::size_t close = text.find('}', open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    out += text.substr(0, open);
    out += insert_of(f, text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return out += text;
}

std::string place(const Problem& p, std::string_view file_name) {
  std::string out(file_name);
  if (!out.empty()) out += ':';
  return out + std::to_string(p.line) + ":" + std::to_string(p.column);
}

}  // namespace

std::string json_for_message(Value value) {
  constexpr std::size_t longest_kept = 16 * 1024, longest_start = 256;
  if (json_size(value, longest_kept) <= longest_kept) return to_json(value);
  if (value.is_object()) return R"({"...":"..."})";
  if (value.is_array()) return R"(["..."])";
  std::string_view text = value.as_string().substr(0, longest_start);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.remove_suffix(1);
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.remove_suffix(1);
  return to_json(Value::string(std::string(text) + "..."));
}

Fault&& Fault::with_value(Value v) && {
  if (!v.is_undefined()) value = json_for_message(v);
  return std::move(*this);
}

Fault&& Fault::with_values(Value v, Value v2) && {
  value = json_for_message(v);
  value2 = json_for_message(v2);
  return std::move(*this);
}

Problem to_problem(const Fault& f, std::string_view source) {
  Problem p;
  p.code = f.code;
  p.message = message_of(f);
  p.token = f.token;
  p.value = f.value;
  p.function = f.function;
  p.offset = std::min<std::uint32_t>(f.start, static_cast<std::uint32_t>(source.size()));
  // What is missing at the end is missing behind the last word, not on the empty lines below it.
  constexpr std::string_view blanks = " \t\r\n";
  if (source.find_first_not_of(blanks, p.offset) == std::string_view::npos)
    p.offset = std::min(p.offset, static_cast<std::uint32_t>(source.find_last_not_of(blanks) + 1));
  p.end = std::min<std::uint32_t>(std::max(f.end, f.start), static_cast<std::uint32_t>(source.size()));
  p.position = static_cast<std::uint32_t>(count_utf16(source.substr(0, p.end)));
  std::string_view before = source.substr(0, p.offset);
  p.line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
  std::size_t line_start = before.rfind('\n');
  line_start = line_start == std::string_view::npos ? 0 : line_start + 1;
  p.column = static_cast<std::uint32_t>(count_code_points(before.substr(line_start)) + 1);
  p.hint = hint_for(f, source);
  return p;
}

std::string describe(const Problem& problem, std::string_view source, std::string_view file_name) {
  std::string out = place(problem, file_name) + " " + problem.code + " " + problem.message + "\n";
  std::size_t start = problem.offset == 0 ? std::string_view::npos : source.rfind('\n', problem.offset - 1);
  start = start == std::string_view::npos ? 0 : start + 1;
  std::size_t end = std::min(source.find('\n', problem.offset), source.size());
  std::string_view line = source.substr(start, end - start);
  if (!line.empty()) {
    // Tabs stay tabs in the line of the caret, so that it stands under its character.
    std::string under;
    for (std::size_t i = 0; i < problem.offset - start && i < line.size(); i += code_point_bytes(line[i]))
      under += line[i] == '\t' ? '\t' : ' ';
    std::size_t width = 1;
    if (std::min<std::size_t>(problem.end, end) > problem.offset) {
      std::string_view token =
          source.substr(problem.offset, std::min<std::size_t>(problem.end, end) - problem.offset);
      width = std::max<std::size_t>(1, count_code_points(token));
    }
    out += "    ";
    out += line;
    out += "\n    " + under + std::string(width, '^') + "\n";
  }
  if (!problem.hint.empty()) out += problem.hint + "\n";
  return out;
}

Error to_error(const Problem& problem) {
  std::string message = place(problem, {}) + " " + problem.code + ": " + problem.message;
  if (!problem.hint.empty()) message += "; " + problem.hint;
  return invalid(std::move(message), problem.code);
}

}  // namespace waggle::jsonata
