// Additions for other formats: $parseJson, $toJson, $parseCsv, $toCsv, $parseXml, $parseQuery.
#include <waggle/xml.hpp>

#include "flows/jsonata/csv.hpp"
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/json_parse.hpp"
#include "flows/jsonata/json_write.hpp"
#include "flows/jsonata/members.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

Fault unreadable(std::string_view what, std::string_view reason) {
  return fault("W2002").with_text("the text is not " + std::string(what) + ": " + std::string(reason));
}

Value parse_into(Context& context, std::string_view text) {
  Value value;
  JsonFault bad;
  context.charge(text.size() / 8);
  if (!parse_json(text, context.arena, {.allow_fast_paths = context.allows_fast_paths()}, value, bad))
    throw unreadable("JSON", bad.reason + " (at byte " + std::to_string(bad.offset) + ")");
  return value;
}

Value parse_json_text(Call& call) {
  return call.has(0) ? parse_into(call.context, call[0].as_string()) : Value();
}

Value to_json_text(Call& call) {
  if (!call.has(0)) return {};
  std::size_t size = json_size(call[0], call.context.limits.string_bytes);
  call.context.check_string(size);
  call.context.charge(size / 16);
  std::string out;
  if (call[1].is_boolean() && call[1].as_boolean()) {
    append_pretty_json(call[0], out);
  } else {
    append_json(call[0], out);
  }
  return call.context.text(out);
}

CsvOptions csv_options(Value given) {
  CsvOptions options;
  Value separator = given.find("separator"), header = given.find("header"), guard = given.find("guard");
  if (separator.is_string() && separator.length == 1) options.separator = separator.text_[0];
  if (header.is_boolean()) options.header = header.as_boolean();
  if (guard.is_boolean()) options.guard_formulas = guard.as_boolean();
  return options;
}

Value parse_csv_text(Call& call) {
  return call.has(0) ? parse_csv(call.context, call[0].as_string(), csv_options(call[1])) : Value();
}
Value to_csv_text(Call& call) {
  return call.has(0) ? write_csv(call.context, call[0], csv_options(call[1])) : Value();
}

Value parse_xml_text(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 4);
  auto parsed = waggle::parse_xml(call[0].as_string());
  if (!parsed.ok()) throw unreadable("XML", parsed.error().message);
  return parse_into(call.context, call.context.arena.copy(parsed->dump()));
}

std::string unescaped(std::string_view text) {
  auto hex = [](char c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// A name that comes several times becomes an array.
Value parse_query(Call& call) {
  if (!call.has(0)) return {};
  std::string_view rest = call[0].as_string();
  call.context.charge(rest.size() / 4);
  if (!rest.empty() && rest[0] == '?') rest.remove_prefix(1);
  Members members(call.context);
  while (!rest.empty()) {
    std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    std::size_t equals = pair.find('=');
    std::string_view name = call.context.text(unescaped(pair.substr(0, equals))).as_string();
    Value value =
        call.context.text(equals == std::string_view::npos ? "" : unescaped(pair.substr(equals + 1)));
    const Value* old = members.find(name);
    members.set(name, old ? append_values(call.context, *old, value) : value);
  }
  return members.object();
}

constexpr Example json_examples[] = {{"$parseJson('{\"a\": [1, 2]}').a[1]", "2"},
                                     {"$parseJson('{a}')", "!W2002"}};
constexpr Example to_json_examples[] = {{"$toJson({'a': [1, null]})", "\"{\\\"a\\\":[1,null]}\""}};
constexpr Example csv_examples[] = {
    {"$parseCsv('name,qty\\n\"Honey, 500 g\",2\\nCandle,1')[0].name", "\"Honey, 500 g\""},
    {"$parseCsv('1;2\\n3;4', {'header': false, 'separator': ';'})", "[[\"1\",\"2\"],[\"3\",\"4\"]]"}};
constexpr Example to_csv_examples[] = {
    {"$toCsv([{'a': 1, 'b': 'x, y'}, {'a': 2}])", "\"a,b\\r\\n1,\\\"x, y\\\"\\r\\n2,\\r\\n\""}};
constexpr Example xml_examples[] = {{"$parseXml('<o id=\"7\"><i>a</i><i>b</i></o>').o.i[1]", "\"b\""},
                                    {"$parseXml('<o>')", "!W2002"}};
constexpr Example query_examples[] = {
    {"$parseQuery('a=1&b=x+y&a=%C3%A9')", "{\"a\":[\"1\",\"é\"],\"b\":\"x y\"}"}};

constexpr Declaration table[] = {
    {"parseJson", "<s:x>", parse_json_text, 1, "The value of a JSON text.", json_examples},
    {"parse", "<s:x>", parse_json_text, 1, "The same as $parseJson."},
    {"toJson", "<xb?:s>", to_json_text, 2, "A value as JSON text, over several lines if wanted.",
     to_json_examples},
    {"parseCsv", "<so?:a>", parse_csv_text, 2,
     "Rows of a CSV text: objects by the header, or arrays with {header: false}; {separator: \";\"}.",
     csv_examples},
    {"toCsv", "<ao?:s>", to_csv_text, 2,
     "Objects or arrays as CSV text; {guard: true} disarms cells that a spreadsheet would run.",
     to_csv_examples},
    {"parseXml", "<s:o>", parse_xml_text, 1,
     "XML as nested objects: attributes as @name, text as #text, repeated elements as arrays.", xml_examples},
    {"parseQuery", "<s:o>", parse_query, 1, "The fields of a form or of the query of an address.",
     query_examples},
};

}  // namespace

Family format_addition_functions() { return table; }

}  // namespace waggle::jsonata
