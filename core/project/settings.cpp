#include "core/project/settings.hpp"

#include <algorithm>
#include <filesystem>

#include "core/project/files.hpp"
#include "core/project/settings_keys.hpp"
#include "core/secrets/references.hpp"
#include "flows/suggest.hpp"
#include "flows/yaml/parse.hpp"

namespace waggle::project {
namespace {

using flows::Severity;
using flows::yaml::Node;

constexpr std::string_view file_name = "waggle.yaml";

/// Puts in what ${env.NAME} and ${file.PATH} stand for, everywhere below `node`.
void resolve_texts(Node& node, const flows::yaml::Source& source, const secrets::References& references,
                   flows::Problems& problems) {
  for (Node& item : node.items) resolve_texts(item, source, references, problems);
  for (flows::yaml::Entry& entry : node.entries) resolve_texts(entry.value, source, references, problems);
  if (!node.is_text()) return;
  auto resolved = secrets::resolve(node.text, references);
  if (resolved)
    node.text = std::move(resolved->text);
  else
    problems.push_back(
        {source.place(node), Severity::error, resolved.error().code, resolved.error().message, {}});
}

void read_key(ReadSettings& out, const flows::yaml::Entry& entry, const flows::yaml::Source& source,
              const secrets::References& references) {
  const auto& keys = settings_keys();
  auto key = std::find_if(keys.begin(), keys.end(), [&](auto& k) { return k.name == entry.key.text; });
  if (key == keys.end()) {
    std::vector<std::string> names;
    for (const SettingsKey& known : keys) names.emplace_back(known.name);
    out.problems.push_back({source.place(entry.key), Severity::error, "unknown_key",
                            "waggle.yaml has no key `" + entry.key.text.substr(0, 60) + "`",
                            flows::did_you_mean(entry.key.text, names)});
    return;
  }
  Node value = entry.value;
  std::size_t before = out.problems.size();
  resolve_texts(value, source, references, out.problems);
  if (value.is_null() || out.problems.size() != before) return;
  Settings tried = out.settings;
  if (key->read(tried, value))
    out.settings = std::move(tried);
  else
    out.problems.push_back({source.place(entry.value), Severity::error, "wrong_type",
                            "`" + entry.key.text + "` must be " + key->form,
                            key->show(Settings{}).empty() ? "" : "like " + key->show(Settings{})});
}

}  // namespace

ReadSettings read_settings(const std::string& dir) {
  ReadSettings out;
  out.settings.data_dir = "data";
  out.settings.vars = Json::object();
  auto text = read_file(dir + "/" + std::string(file_name));
  if (!text) {
    out.usable = false;
    out.problems.push_back(
        {{std::string(file_name)}, Severity::error, text.error().code, text.error().message, {}});
  } else if (*text) {
    auto parsed = flows::yaml::parse(**text, file_name);
    out.problems = parsed.problems;
    if (parsed.ok() && !parsed.root.is_mapping() && !parsed.root.is_null())
      out.problems.push_back({{std::string(file_name), 1, 1},
                              Severity::error,
                              "wrong_type",
                              "waggle.yaml must be a mapping",
                              "write lines like `port: 8080`"});
    out.usable = out.problems.empty();
    if (out.usable)
      for (const flows::yaml::Entry& entry : parsed.root.entries)
        read_key(out, entry, *parsed.source, {.dir = dir});
  }
  out.settings.data_dir = (std::filesystem::path(dir) / out.settings.data_dir).lexically_normal().string();
  return out;
}

Result<Settings> load_settings(const std::string& dir) {
  std::error_code error;
  std::string absolute = std::filesystem::canonical(dir, error).string();
  if (error || !std::filesystem::is_directory(absolute))
    return invalid("there is no project folder " + dir + "; name one, or make it with `waggle new project`",
                   "no_project");
  ReadSettings read = read_settings(absolute);
  for (const flows::Problem& problem : read.problems)
    if (problem.severity == Severity::error) return invalid(problem.to_text(), problem.code);
  return std::move(read.settings);
}

}  // namespace waggle::project
