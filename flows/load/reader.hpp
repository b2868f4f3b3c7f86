// Reader: reads the values of one flow file (expressions, templates, durations, texts) and reports what is
// wrong with them. Used by everything under flows/load and flows/steps while a file is loaded; one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flows/body.hpp"
#include "flows/load/names.hpp"
#include "flows/yaml/parse.hpp"

namespace waggle::flows {

/// What the files of one load have in common: a flow and the flows it calls.
struct LoadContext {
  const Catalog& catalog;
  std::vector<std::string> calling;  ///< ids from the top to the file being read
  std::map<std::string, std::shared_ptr<const Program>> programs;  ///< called flows, loaded once
  std::map<std::string, std::string> texts;                        ///< id -> YAML: becomes the bundle
};

class Reader {
 public:
  Reader(LoadContext& context, std::shared_ptr<const yaml::Source> source, Problems& problems)
      : context_(context), source_(std::move(source)), problems_(problems) {}

  void error(const yaml::Node& at, std::string code, std::string message, std::string hint = {});
  void error(Position at, std::string code, std::string message, std::string hint = {});
  void warn(const yaml::Node& at, std::string code, std::string message, std::string hint = {});

  /// How the expressions from here on calculate: exactly in decimals, or as JSONata does.
  void use_decimal_numbers(bool exact) { compile_options_.decimal_numbers = exact; }

  /// A bare expression. nullopt after reporting. `field` is how messages name it: "filter".
  std::optional<Formula> formula(const yaml::Node& node, std::string_view field);
  std::optional<Condition> condition(const yaml::Node& node, std::string_view field);
  /// A value that may hold `${...}` anywhere.
  std::optional<Pattern> pattern(const yaml::Node& node);
  /// A plain text without expressions.
  std::optional<std::string> constant_text(const yaml::Node& node, std::string_view field);
  std::optional<std::chrono::milliseconds> duration(const yaml::Node& node, std::string_view field);
  std::optional<bool> boolean(const yaml::Node& node, std::string_view field);
  std::optional<std::int64_t> integer(const yaml::Node& node, std::string_view field, std::int64_t least,
                                      std::int64_t most);
  /// Reports every key that is not among `known`, with "did you mean". False when there was one.
  bool check_keys(const yaml::Node& mapping, const std::vector<std::string>& known, std::string_view of);
  /// Warns when a text looks like a key or token written in plain sight; never repeats it.
  void warn_of_secret(const yaml::Node& text);

  Position place(const yaml::Node& node) const { return source_->place(node); }
  const yaml::Source& source() const { return *source_; }
  Names& names() { return names_; }
  LoadContext& context() { return context_; }
  const Catalog& catalog() const { return context_.catalog; }
  Problems& problems() { return problems_; }

 private:
  std::optional<Formula> whole_template(const std::shared_ptr<const Origin>& origin);
  std::optional<Pattern> text_pattern(const yaml::Node& node);
  bool collect_parts(const std::shared_ptr<const Origin>& origin, std::vector<Pattern::Part>& parts);
  void report(const jsonata::Problem& problem, const Origin& origin, std::string_view field);
  void check_names(const Formula& formula);
  void check_name(const Formula& formula, const jsonata::FreeName& name);
  void warn_of_looks(const yaml::Node& node);
  void warn_of_comment(const yaml::Node& node);
  Formula make_formula(jsonata::Expression expression, std::shared_ptr<const Origin> origin,
                       std::uint32_t start);

  LoadContext& context_;
  std::shared_ptr<const yaml::Source> source_;
  Problems& problems_;
  Names names_;
  std::uint64_t next_salt_ = 1;
  jsonata::CompileOptions compile_options_;
};

/// Takes a comparison apart: `a >= b`. Null when the expression is anything else at its top.
std::shared_ptr<const Comparison> split_comparison(const Formula& formula,
                                                   const jsonata::CompileOptions& options);

}  // namespace waggle::flows
