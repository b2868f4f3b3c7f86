// The parts of Reader that compile expressions and templates.
#include <algorithm>

#include "flows/load/reader.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using jsonata::Expression;
using yaml::Node;

constexpr std::string_view blanks = " \t\r\n";

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  at = text.find_first_not_of(blanks, at);
  return at == std::string_view::npos ? text.size() : at;
}

}  // namespace

Formula Reader::make_formula(Expression expression, std::shared_ptr<const Origin> origin,
                             std::uint32_t start) {
  Formula formula{std::move(expression), std::move(origin), start, 0, next_salt_++};
  check_names(formula);
  return formula;
}

void Reader::report(const jsonata::Problem& problem, const Origin& origin, std::string_view field) {
  std::string hint = problem.hint;
  std::string_view comment = source_->comment_after(origin.scalar);
  if (!comment.empty())
    hint = "YAML takes `" + std::string(comment.substr(0, 30)) +
           "` for a comment; if it belongs to the expression put all of it into quotes, or behind `|` on the "
           "next line";
  std::string where = field.empty() ? "" : " in `" + std::string(field) + "`";
  error(source_->within(origin.scalar, problem.offset), "bad_expression",
        problem.message + where + " (" + problem.code + ")", std::move(hint));
}

/// `${expr}` and nothing else in a field that is an expression anyway: taken as expr.
std::optional<Formula> Reader::whole_template(const std::shared_ptr<const Origin>& origin) {
  const std::string& text = origin->scalar.text;
  std::size_t start = skip_blanks(text, 0);
  if (text.compare(start, 2, "${") != 0) return std::nullopt;
  auto prefix = Expression::compile_prefix(text, start + 2, compile_options_);
  if (!prefix || skip_blanks(text, prefix->end + 1) != text.size()) return std::nullopt;
  return make_formula(std::move(prefix->expression), origin, static_cast<std::uint32_t>(start + 2));
}

std::optional<Formula> Reader::formula(const Node& node, std::string_view field) {
  std::string name = "`" + std::string(field) + "`";
  if (!node.is_scalar()) {
    error(node, "bad_expression",
          name + " must be an expression, and this is " + std::string(node.kind_name()) + " to YAML",
          "put an expression that begins with { or [ into quotes, or behind `|` on the next line");
    return std::nullopt;
  }
  if (node.is_null()) {
    error(node, "bad_expression", name + " is empty", "write an expression, like event.total >= 20");
    return std::nullopt;
  }
  auto origin = std::make_shared<const Origin>(Origin{source_, node});
  if (auto whole = whole_template(origin)) return whole;
  auto compiled = Expression::compile(node.text, compile_options_);
  warn_of_comment(node);
  if (compiled) return make_formula(std::move(*compiled), std::move(origin), 0);
  if (std::size_t at = node.text.find("${"); at != std::string::npos) {
    error(source_->within(node, at), "template_in_expression",
          name + " is an expression already and takes no ${...}",
          "write the expression alone, like event.total >= 20");
  } else {
    report(compiled.problem(), *origin, field);
  }
  return std::nullopt;
}

std::optional<Condition> Reader::condition(const Node& node, std::string_view field) {
  auto read = formula(node, field);
  if (!read) return std::nullopt;
  auto comparison = split_comparison(*read, compile_options_);
  return Condition{std::move(*read), std::move(comparison)};
}

bool Reader::collect_parts(const std::shared_ptr<const Origin>& origin, std::vector<Pattern::Part>& parts) {
  const std::string& text = origin->scalar.text;
  std::string literal;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t open = text.find("${", at);
    if (open != std::string::npos && open > at && text[open - 1] == '\\') {  // \${ is a literal ${
      literal.append(text, at, open - 1 - at);
      literal += "${";
      at = open + 2;
      continue;
    }
    literal.append(text, at, open == std::string::npos ? std::string::npos : open - at);
    if (open == std::string::npos) break;
    auto prefix = Expression::compile_prefix(text, open + 2, compile_options_);
    if (!prefix) {
      report(prefix.problem(), *origin, "");
      return false;
    }
    if (!literal.empty()) parts.push_back({std::move(literal), std::nullopt});
    literal.clear();
    parts.push_back(
        {{}, make_formula(std::move(prefix->expression), origin, static_cast<std::uint32_t>(open + 2))});
    at = prefix->end + 1;
  }
  if (!literal.empty()) parts.push_back({std::move(literal), std::nullopt});
  return true;
}

namespace {

std::shared_ptr<const jsonata::Document> constant_document(const Json& json) {
  auto parsed = jsonata::Document::parse(json.dump(), {.allow_duplicate_keys = true});
  return std::make_shared<const jsonata::Document>(parsed.ok() ? std::move(parsed).value()
                                                               : jsonata::Document());
}

/// In `event.first-name`, which subtracts `name`: what to write when `first-name` is meant. Empty when the
/// name at `at` does not stand behind a path and a minus without blanks.
std::string name_with_minus(std::string_view text, std::size_t at) {
  constexpr std::string_view in_names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  std::size_t dot = text.find_last_not_of(in_names, at);
  if (at == 0 || text[at - 1] != '-' || dot == std::string_view::npos || text[dot] != '.') return {};
  std::size_t end = std::min(text.find_first_not_of(in_names, at), text.size());
  std::string_view meant = text.substr(dot + 1, end - dot - 1);
  return "`." + std::string(meant) + "` subtracts; if it is one name, write .`" + std::string(meant) + "`";
}

}  // namespace

std::optional<Pattern> Reader::text_pattern(const Node& node) {
  Pattern pattern;
  pattern.at = place(node);
  warn_of_looks(node);
  if (!node.is_text() || node.text.find("${") == std::string::npos) {
    pattern.kind = Pattern::Kind::constant;
    pattern.constant = constant_document(yaml::to_json(node));
    return pattern;
  }
  auto origin = std::make_shared<const Origin>(Origin{source_, node});
  if (!collect_parts(origin, pattern.parts)) return std::nullopt;
  if (pattern.parts.size() == 1 && pattern.parts[0].formula) {
    pattern.kind = Pattern::Kind::formula;
    pattern.formula = std::move(pattern.parts[0].formula);
    pattern.parts.clear();
  } else if (pattern.parts.size() == 1) {
    pattern.kind = Pattern::Kind::constant;
    pattern.constant = constant_document(pattern.parts[0].literal);
    pattern.parts.clear();
  } else {
    pattern.kind = Pattern::Kind::text;
  }
  return pattern;
}

std::optional<Pattern> Reader::pattern(const Node& node) {
  if (node.is_scalar()) return text_pattern(node);
  Pattern pattern;
  pattern.at = place(node);
  bool good = true, constant = true;
  for (const Node& item : node.items) {
    auto read = this->pattern(item);
    good = good && read;
    if (!read) continue;
    constant = constant && read->kind == Pattern::Kind::constant;
    pattern.items.push_back(std::move(*read));
  }
  for (const yaml::Entry& entry : node.entries) {
    if (entry.key.text.find("${") != std::string::npos) {
      error(entry.key, "no_expression_here", "a name on the left of `:` takes no ${...}",
            "build the object in an expression: ${ {key: value} }");
      good = false;
    }
    auto read = this->pattern(entry.value);
    good = good && read;
    if (!read) continue;
    constant = constant && read->kind == Pattern::Kind::constant;
    pattern.members.push_back({entry.key.text, std::move(*read)});
  }
  if (!good) return std::nullopt;
  pattern.kind = node.is_list() ? Pattern::Kind::list : Pattern::Kind::object;
  if (constant) {
    pattern.kind = Pattern::Kind::constant;
    Json json = yaml::to_json(node);
    pattern.constant = constant_document(json);
  }
  return pattern;
}

/// `text #word`: people write a blank behind the # of a comment.
void Reader::warn_of_comment(const Node& node) {
  std::string_view comment = source_->comment_after(node);
  if (comment.size() > 1 && blanks.find(comment[1]) == std::string_view::npos)
    warn(node, "cut_by_comment",
         "YAML takes `" + std::string(comment.substr(0, 30)) + "` for a comment and drops it",
         "put the whole text into quotes if it belongs there");
}

/// Texts that were probably meant to be something else.
void Reader::warn_of_looks(const Node& node) {
  if (!node.is_text()) return;
  warn_of_comment(node);
  if (node.text.find("{{") != std::string::npos && node.text.find("${") == std::string::npos)
    warn(node, "looks_like_template", "`{{...}}` is plain text here", "expressions are written ${...}");
  std::size_t dot = node.text.find('.');
  if (node.style == yaml::Style::plain && dot != std::string::npos &&
      names_.visible(node.text.substr(0, dot)) && node.text.find_first_of(" ,;!?$") == std::string::npos &&
      dot + 1 < node.text.size())
    warn(node, "looks_like_expression", "`" + node.text.substr(0, 60) + "` is plain text here",
         "write ${" + node.text.substr(0, 60) + "} for the value, or quotes for the text");
  warn_of_secret(node);
}

void Reader::check_names(const Formula& formula) {
  for (const jsonata::FreeName& name : formula.expression.free_names()) check_name(formula, name);
  for (const jsonata::FreeName& variable : formula.expression.free_variables()) {
    bool is_name = names_.visible(variable.name);
    error(formula.place(variable.offset), "unknown_variable",
          "there is no variable or function `$" + variable.name + "`",
          is_name ? "names are written without a dollar sign: " + variable.name
                  : "set it in the expression with := , or check the spelling of the function");
  }
}

void Reader::check_name(const Formula& formula, const jsonata::FreeName& name) {
  if (names_.visible(name.name)) return;
  Position at = formula.place(name.offset);
  if (std::string hint = name_with_minus(formula.expression.text(), name.offset); !hint.empty())
    return error(at, "unknown_name", "there is no name `" + name.name + "`", std::move(hint));
  if (int line = names_.line_of(name.name))
    return error(
        at, "name_not_yet",
        "the name `" + name.name + "` is given in line " + std::to_string(line) + " and has no value here",
        "use it only in steps that follow, and not in a branch beside the one that gives it");
  if (name.name == "env" || name.name == "secrets" || name.name == "secret")
    return error(at, "unknown_name", "expressions cannot read secrets or the environment",
                 "put them into connections.yaml; the connector gets them from there");
  if (name.name == "item" || name.name == "index")
    return error(at, "unknown_name", "`" + name.name + "` exists only inside the steps of `each`");
  if (name.name == "error") return error(at, "unknown_name", "`error` exists only inside `if_failed`");
  std::string hint = did_you_mean(name.name, names_.visible_names());
  if (nearest(name.name, names_.visible_names()).empty())
    hint = "write event." + name.name + " for a field of the event; " + hint;
  error(at, "unknown_name", "there is no name `" + name.name + "`", std::move(hint));
}

}  // namespace waggle::flows
