// `waggle eval`: evaluates a JSONata expression, once for a person or line by line for a program.
#include <unistd.h>

#include <chrono>
#include <istream>
#include <optional>
#include <ostream>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/file_text.hpp"
#include "flows/jsonata/eval_line.hpp"
#include "flows/jsonata/jsonata.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string expression;
  std::string file;
  bool lines = false;
  bool general = false;
};

/// One request a line in, one answer a line out, in order. Answers are flushed when no further request is
/// waiting, so that a program on the other end of two pipes never waits for us.
int evaluate_lines(const Context& context, bool fast_paths) {
  std::string line;
  while (std::getline(context.terminal.in, line)) {
    if (line.empty()) continue;
    context.out() << jsonata::evaluate_jsonl(line, fast_paths) << '\n';
    if (context.terminal.in.rdbuf()->in_avail() <= 0) context.out().flush();
  }
  return exit_ok;
}

int print_problem(const Context& context, const jsonata::Problem& problem, const Options& options) {
  if (context.json) {
    Json error{{"code", problem.code}, {"position", problem.position}, {"message", problem.message}};
    if (!problem.hint.empty()) error.set("hint", problem.hint);
    context.print(Json{{"error", std::move(error)}});
  } else {
    context.err() << jsonata::describe(problem, options.expression);
    context.err() << '\n';
  }
  return exit_problems;
}

int print_result(const Context& context, jsonata::Value result) {
  std::string text;
  if (context.json) {
    if (result.is_undefined()) {
      text = R"({"undefined":true})";
    } else {
      text = R"({"result":)";
      jsonata::append_json(result, text);
      text += '}';
    }
    context.out() << text << '\n';
  } else if (result.is_undefined()) {
    context.err() << context.terminal.styled(Style::dim, "nothing: the expression found no value") << '\n';
  } else {
    jsonata::append_pretty_json(result, text);
    context.out() << text << '\n';
  }
  return exit_ok;
}

int evaluate(const Context& context, const Options& options) {
  if (options.lines) return evaluate_lines(context, !options.general);
  if (options.expression.empty())
    return context.refuse(
        invalid("there is no expression to evaluate; write waggle eval 'EXPRESSION' [FILE]"), exit_usage);

  std::string text;
  jsonata::Document input;
  if (!options.file.empty()) {
    auto read = read_input(options.file, context.terminal.in);
    if (!read) return context.refuse(read.error(), exit_usage);
    text = *std::move(read);
    auto parsed = jsonata::Document::parse_in_place(text, {.allow_fast_paths = !options.general});
    if (!parsed)
      return context.refuse(invalid(options.file + " is not JSON: " + parsed.error().message), exit_problems);
    input = *std::move(parsed);
  }

  auto expression = jsonata::Expression::compile(options.expression, {.allow_fast_paths = !options.general});
  if (!expression) return print_problem(context, expression.problem(), options);
  jsonata::Evaluation evaluation;  // the limits of flows: what ends here with an answer does so there
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  evaluation.set_now(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  evaluation.set_seed(static_cast<std::uint64_t>(now.count()));
  auto result = evaluation.evaluate(*expression, input.root());
  if (!result) return print_problem(context, result.problem(), options);
  return print_result(context, *result);
}

}  // namespace

void add_eval(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "eval", "Evaluate a JSONata expression", group_try,
                                  [options, &context] { return evaluate(context, *options); });
  command->add_option("expression", options->expression, "The expression, as in flows between ${ and }");
  command->add_option("file", options->file, "JSON file that the expression reads; - is standard input");
  command->add_flag("--jsonl", options->lines,
                    R"(Read {"expr", "input", "bindings", "limits"} a line, answer a line)");
  command->add_flag("--general", options->general, "Without fast paths; the answers must be the same");
}

}  // namespace waggle::cli
