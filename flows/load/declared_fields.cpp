#include "flows/load/declared_fields.hpp"

#include <algorithm>
#include <cctype>

#include "flows/duration.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using yaml::Kind;
using yaml::Node;

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  for (std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u})
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) return false;
  return true;
}

bool is_url(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("/");
}

bool is_decimal(std::string_view text) { return Json::number(text).is_number(); }

/// What a constant should be, in words; empty when it is that already.
std::string wanted(const Node& node, const Field& field) {
  bool scalar = node.is_scalar();
  switch (field.type) {
    case FieldType::text:
    case FieldType::secret:
      return scalar ? "" : "a text";
    case FieldType::integer:
      return scalar && is_integer(node.text) ? "" : "a whole number";
    case FieldType::decimal:
      return scalar && is_decimal(node.text) ? "" : "a number";
    case FieldType::boolean:
      return node.kind == Kind::boolean ? "" : "true or false";
    case FieldType::datetime:
      return scalar && is_date(node.text) ? "" : "a date and time, like 2026-11-23T10:00:00Z";
    case FieldType::date:
      return scalar && is_date(node.text) && node.text.size() == 10 ? "" : "a date, like 2026-11-23";
    case FieldType::duration:
      return scalar && parse_duration(node.text) ? "" : "a duration, like 30s, 10m or 7d";
    case FieldType::url:
      return scalar && is_url(node.text) ? "" : "an address that begins with https://";
    case FieldType::path:
      return scalar && !node.text.empty() ? "" : "the path of a file or folder";
    case FieldType::list:
      return node.is_list() ? "" : "a list";
    case FieldType::object:
      return node.is_mapping() ? "" : "a mapping";
    case FieldType::choice:
    case FieldType::any:
    case FieldType::unset:
      return "";
  }
  return "";
}

std::vector<std::string> names_of(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

void report_unknown(Reader& reader, const Node& key, const std::vector<Field>& fields, const FieldsOf& of) {
  reader.error(key, "unknown_" + std::string(of.one),
               of.owner + " has no " + std::string(of.one) + " `" + key.text + "`",
               did_you_mean(key.text, names_of(fields)));
}

bool is_known_later(const Node& node, const FieldsOf& of) {
  if (!node.is_text() || node.text.find("${") == std::string::npos) return false;
  return of.templates || (of.references && (node.text.find("${env.") != std::string::npos ||
                                            node.text.find("${file.") != std::string::npos));
}

}  // namespace

void check_value(Reader& reader, const Node& node, const Field& field, const FieldsOf& of) {
  if (node.is_null() || is_known_later(node, of)) return;
  std::string name = "the " + std::string(of.one) + " `" + field.name + "` of " + of.owner;
  if (field.type == FieldType::secret && node.is_text())
    reader.warn(node, "plain_secret", name + " is a secret written in plain text",
                of.references ? "write ${env.NAME} and set it outside" : "keep it in connections.yaml");
  if (!of.templates && node.is_text() && node.text.find("${") != std::string::npos)
    return reader.error(node, "no_expression_here",
                        name + " is read before there is an event and takes no expressions",
                        of.references ? "only ${env.NAME} and ${file.PATH} stand here" : "");
  if (field.type == FieldType::choice) {
    if (std::find(field.choices.begin(), field.choices.end(), node.text) == field.choices.end() ||
        !node.is_scalar())
      reader.error(node, "not_a_choice", name + " cannot be `" + node.text.substr(0, 60) + "`",
                   did_you_mean(node.text, field.choices));
    return;
  }
  if (std::string type = wanted(node, field); !type.empty())
    return reader.error(node, "wrong_type",
                        name + " must be " + type + ", and this is " + std::string(node.kind_name()));
  if (field.type == FieldType::object && !field.fields.empty())
    check_fields(reader, &node, node, field.fields, of);
  if (field.type == FieldType::list && !field.fields.empty())
    for (const Node& item : node.items) check_value(reader, item, field.fields.front(), of);
}

void check_fields(Reader& reader, const Node* mapping, const Node& at, const std::vector<Field>& fields,
                  const FieldsOf& of) {
  for (const yaml::Entry& entry : mapping ? mapping->entries : std::vector<yaml::Entry>()) {
    auto field = std::find_if(fields.begin(), fields.end(),
                              [&](const Field& one) { return one.name == entry.key.text; });
    if (field != fields.end())
      check_value(reader, entry.value, *field, of);
    else if (!of.open)
      report_unknown(reader, entry.key, fields, of);
  }
  for (const Field& field : fields) {
    const Node* given = mapping ? mapping->find(field.name) : nullptr;
    if (field.required && field.fallback.is_null() && (!given || given->is_null()))
      reader.error(at, "missing_" + std::string(of.one),
                   of.owner + " needs the " + std::string(of.one) + " `" + field.name + "`", field.help);
  }
}

}  // namespace waggle::flows
