// `waggle check`: every problem of a project at once, each with its place and what to do.
#include <algorithm>
#include <ostream>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/plugins.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string dir = ".";
};

std::string place_of(const flows::Position& at) {
  std::string place = at.file;
  if (at.line > 0) place += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  return place;
}

std::string_view word_of(flows::Severity severity) {
  return severity == flows::Severity::warning ? "warning" : "error";
}

void print_problem(const Context& context, const flows::Problem& problem) {
  const Style style = problem.severity == flows::Severity::warning ? Style::yellow : Style::red;
  context.out() << context.terminal.styled(Style::bold, place_of(problem.at)) << ' '
                << context.terminal.styled(style, word_of(problem.severity)) << ' '
                << context.terminal.styled(Style::dim, problem.code) << ' ' << problem.message << '\n';
  if (!problem.hint.empty()) context.out() << "    " << problem.hint << '\n';
}

Json json_of(const flows::Problem& problem) {
  Json json{{"file", problem.at.file},     {"line", problem.at.line},
            {"column", problem.at.column}, {"severity", std::string(word_of(problem.severity))},
            {"code", problem.code},        {"message", problem.message}};
  if (!problem.hint.empty()) json.set("hint", problem.hint);
  return json;
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

int check(const Context& context, const Options& options) {
  const auto opened = open_project(context, options.dir);
  if (!opened) return context.refuse(opened.error());
  const project::Project& project = **opened;
  const auto is_error = [](const flows::Problem& problem) {
    return problem.severity != flows::Severity::warning;
  };
  const auto errors =
      static_cast<std::size_t>(std::count_if(project.problems.begin(), project.problems.end(), is_error));
  const std::size_t warnings = project.problems.size() - errors;

  if (context.json) {
    Json problems = Json::array();
    for (const auto& problem : project.problems) problems.push(json_of(problem));
    context.print(
        Json{{"ok", errors == 0}, {"flows", project.flow_texts.size()}, {"problems", std::move(problems)}});
  } else {
    for (const auto& problem : project.problems) print_problem(context, problem);
    context.out() << counted(project.flow_texts.size(), "flow") << ", "
                  << counted(project.connections.size(), "connection") << ": ";
    if (project.problems.empty())
      context.out() << context.terminal.styled(Style::green, "no problems") << '\n';
    else
      context.out() << counted(errors, "error") << ", " << counted(warnings, "warning") << '\n';
  }
  return errors == 0 ? exit_ok : exit_problems;
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "check", "Say everything that is wrong with a project",
                                  group_project, [options, &context] { return check(context, *options); });
  command->add_option("dir", options->dir, "Project folder")
      ->capture_default_str()
      ->check(CLI::ExistingDirectory);
}

}  // namespace waggle::cli
