// `waggle new project|flow|connector NAME`: writes a small working example to start from. The templates are
// the files in core/cli/templates/; `{{name}}` and `{{title}}` in them, and NAME in their paths, are
// replaced.
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/file_text.hpp"
#include "core/cli/templates.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string name;
  std::string dir = ".";
  std::string when = "webhook";
};

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// my-app -> My app
std::string title_of(std::string name) {
  std::replace(name.begin(), name.end(), '-', ' ');
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

/// Names become file names, ids in flows and parts of addresses.
Result<void> check_name(const std::string& name, bool dashes) {
  const auto good = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (dashes && c == '-');
  };
  const bool starts_well = !name.empty() && name[0] >= 'a' && name[0] <= 'z';
  if (starts_well && std::all_of(name.begin(), name.end(), good)) return {};
  return invalid("\"" + name + "\" cannot be a name here; begin with a letter and use a-z, 0-9, _" +
                 (dashes ? " and -" : ""));
}

struct NewFile {
  std::string path;
  std::string content;
};

NewFile fill(std::string path, std::string_view content, const std::string& name) {
  NewFile file{std::move(path), std::string(content)};
  replace_all(file.path, "NAME", name);
  if (file.path.ends_with("gitignore"))
    replace_all(file.path, "gitignore", ".gitignore");  // git would take the template for its own
  replace_all(file.content, "{{name}}", name);
  replace_all(file.content, "{{title}}", title_of(name));
  return file;
}

std::vector<NewFile> files_of(std::string_view kind, const std::string& folder, const std::string& name) {
  std::vector<NewFile> files;
  for (const Template& part : templates) {
    if (!part.path.starts_with(kind)) continue;
    files.push_back(fill(folder + "/" + std::string(part.path.substr(kind.size())), part.content, name));
  }
  return files;
}

/// Either all files are written or, when one of them is there already, none.
int write(const Context& context, const std::vector<NewFile>& files, const std::string& what_next) {
  for (const auto& file : files)
    if (std::filesystem::exists(file.path))
      return context.refuse(
          invalid(file.path + " is there already; nothing was written. Choose another name or folder"),
          exit_usage);
  Json list = Json::array();
  for (const auto& file : files) {
    if (const auto written = write_new_file(file.path, file.content); !written)
      return context.refuse(written.error());
    list.push(file.path);
    if (!context.json) context.out() << context.terminal.styled(Style::green, "new ") << file.path << '\n';
  }
  if (context.json)
    context.print(Json{{"files", std::move(list)}});
  else
    context.out() << '\n' << what_next << '\n';
  return exit_ok;
}

int new_project(const Context& context, const Options& options) {
  if (const auto good = check_name(options.name, true); !good)
    return context.refuse(good.error(), exit_usage);
  const std::string folder = options.dir == "." ? options.name : options.dir + "/" + options.name;
  return write(context, files_of("project/", folder, options.name),
               "Next: cd " + folder + " && waggle run hello --event events/hello.json");
}

int new_flow(const Context& context, const Options& options) {
  if (const auto good = check_name(options.name, true); !good)
    return context.refuse(good.error(), exit_usage);
  if (!std::filesystem::is_directory(options.dir + "/flows"))
    return context.refuse(invalid("there is no folder " + options.dir +
                                  "/flows; go to a project's folder, or give it by --dir"),
                          exit_usage);
  std::vector<NewFile> files;
  for (const Template& part : templates)
    if (part.path == "flow/" + options.when + ".yaml")
      files.push_back(fill(options.dir + "/flows/NAME.yaml", part.content, options.name));
  return write(context, files, "Next: waggle check " + options.dir);
}

int new_connector(const Context& context, const Options& options) {
  if (const auto good = check_name(options.name, false); !good)
    return context.refuse(good.error(), exit_usage);
  const std::string folder = options.dir + "/" + options.name;
  return write(context, files_of("connector/", folder, options.name),
               "Next: read " + folder + "/CMakeLists.txt; it says how to build it");
}

}  // namespace

void add_new(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("new", "Begin a project, a flow or a connector")->group(group_project);
  command->require_subcommand(1);
  const auto add_kind = [&](const std::string& kind, const std::string& help,
                            int (*action)(const Context&, const Options&)) {
    CLI::App* made = add_command(*command, context, kind, help, "Commands",
                                 [options, &context, action] { return action(context, *options); });
    made->add_option("name", options->name, "Its name: a-z, 0-9, - and _")->required();
    made->add_option("--dir", options->dir, "Where to write it")->capture_default_str();
    return made;
  };
  add_kind("project", "A project folder with a first flow", new_project);
  add_kind("flow", "A flow file in flows/", new_flow)
      ->add_option("--when", options->when, "What starts it")
      ->check(CLI::IsMember({"webhook", "schedule", "manual"}))
      ->capture_default_str();
  add_kind("connector", "A connector that builds against the installed SDK", new_connector);
}

}  // namespace waggle::cli
