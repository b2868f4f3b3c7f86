#include "core/project/connections.hpp"

#include <algorithm>

#include "core/project/files.hpp"
#include "core/project/resolve_settings.hpp"
#include "flows/load/declared_fields.hpp"
#include "flows/rate.hpp"
#include "flows/suggest.hpp"
#include "flows/yaml/parse.hpp"

namespace waggle::project {
namespace {

using flows::Severity;
using flows::yaml::Entry;
using flows::yaml::Node;

constexpr std::string_view file_name = "connections.yaml";
constexpr std::string_view example =
    "write: my-shop: { connector: woocommerce, webhook_secret: \"${env.SHOP_SECRET}\" }";

/// A name stands in /hooks/<name> and in flows.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
}

/// Calls to one app at the same time: each holds a socket, and there are some thousands of these.
constexpr std::int64_t most_at_once = 1'000;

/// Keys of a connection that are the engine's and not its connector's.
bool is_ours(std::string_view key) { return key == "connector" || key == "at_once" || key == "limit"; }

class ConnectionsReader {
 public:
  ConnectionsReader(const std::string& dir, const flows::Catalog& catalog, const flows::yaml::Parsed& parsed,
                    ReadConnections& out)
      : references_{.dir = dir}, catalog_(catalog), parsed_(parsed), out_(out) {}

  void read(const Entry& entry) {
    const std::string& name = entry.key.text;
    if (!is_name(name))
      return error(entry.key, "bad_name", "`" + name.substr(0, 60) + "` cannot be the name of a connection",
                   "use letters, digits, - and _ (at most 100)");
    if (!entry.value.is_mapping())
      return error(entry.value, "wrong_type", "connection " + name + " must be a mapping",
                   std::string(example));
    const Node* connector = entry.value.find("connector");
    if (connector == nullptr || !connector->is_text())
      return error(entry.key, "missing_setting",
                   "connection " + name + " does not say which `connector` it is of",
                   flows::did_you_mean("", catalog_.connector_ids()));
    out_.connectors.emplace(name, connector->text);
    const ConnectorSpec* spec = catalog_.connector(connector->text);
    if (spec == nullptr)
      return error(*connector, "unknown_connector",
                   "there is no connector `" + connector->text.substr(0, 60) + "`",
                   flows::did_you_mean(connector->text, catalog_.connector_ids()));
    read_settings(entry, *spec);
  }

 private:
  void read_settings(const Entry& entry, const ConnectorSpec& spec) {
    const std::string& name = entry.key.text;
    Node settings = entry.value;
    std::erase_if(settings.entries, [](const Entry& one) { return is_ours(one.key.text); });
    std::size_t before = out_.problems.size();
    flows::LoadContext context{catalog_, {}, {}, {}};
    flows::Reader reader(context, parsed_.source, out_.problems);
    Connection connection{name, spec.id, {}, {}, parsed_.source->place(entry.key)};
    read_limits(reader, entry.value, connection);
    flows::check_fields(
        reader, &settings, entry.key, spec.settings,
        {.owner = "connection " + name + " (" + spec.id + ")", .one = "setting", .references = true});
    auto place = [&](const std::string& field) {
      const Node* node = settings.find(field);
      return parsed_.source->place(node != nullptr ? *node : entry.key);
    };
    ReadySettings ready = resolve_settings(spec.settings, flows::yaml::to_json(settings),
                                           {"connection " + name, place, references_}, out_.problems);
    bool broken =
        std::any_of(out_.problems.begin() + static_cast<std::ptrdiff_t>(before), out_.problems.end(),
                    [](const flows::Problem& p) { return p.severity == Severity::error; });
    if (broken) return;
    connection.settings = std::move(ready.settings);
    connection.secrets = std::move(ready.secrets);
    out_.connections.emplace(name, std::move(connection));
  }

  /// How much of it an app bears.
  static void read_limits(flows::Reader& reader, const Node& settings, Connection& connection) {
    if (const Node* at_once = settings.find("at_once"))
      connection.at_once =
          static_cast<std::size_t>(reader.integer(*at_once, "at_once", 1, most_at_once).value_or(1));
    const Node* limit = settings.find("limit");
    if (!limit) return;
    connection.limit = flows::parse_rate(limit->is_text() ? limit->text : "");
    if (!connection.limit)
      reader.error(*limit, "wrong_type", "`limit` must be a rate: a count up to 10000, a slash, and a time",
                   "like 5/s, 100/min or 1000/15m");
  }

  void error(const Node& at, std::string code, std::string message, std::string hint) {
    out_.problems.push_back(
        {parsed_.source->place(at), Severity::error, std::move(code), std::move(message), std::move(hint)});
  }

  secrets::References references_;
  const flows::Catalog& catalog_;
  const flows::yaml::Parsed& parsed_;
  ReadConnections& out_;
};

}  // namespace

ReadConnections read_connections(const std::string& dir, const flows::Catalog& catalog) {
  ReadConnections out;
  auto text = read_file(dir + "/" + std::string(file_name));
  if (!text) {
    out.usable = false;
    out.problems.push_back(
        {{std::string(file_name)}, Severity::error, text.error().code, text.error().message, {}});
    return out;
  }
  if (!*text) return out;
  auto parsed = flows::yaml::parse(**text, file_name);
  out.problems = parsed.problems;
  if (parsed.ok() && !parsed.root.is_mapping() && !parsed.root.is_null())
    out.problems.push_back({{std::string(file_name), 1, 1},
                            Severity::error,
                            "wrong_type",
                            "connections.yaml must be a mapping from names to connections",
                            std::string(example)});
  out.usable = out.problems.empty();
  if (!out.usable) return out;
  ConnectionsReader reader(dir, catalog, parsed, out);
  for (const Entry& entry : parsed.root.entries) reader.read(entry);
  return out;
}

}  // namespace waggle::project
