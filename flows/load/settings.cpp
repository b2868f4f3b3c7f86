// Settings that several kinds of steps and triggers share: retry plans and connections.
#include <algorithm>

#include "flows/duration.hpp"
#include "flows/load/step_reader.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using yaml::Node;

constexpr std::int64_t most_tries = 100;  // at a day each, three months: nobody waits longer

std::string list_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

}  // namespace

std::optional<RetryPlan> read_retry(Reader& reader, const Node& node) {
  if (node.is_text()) {
    auto plan = named_retry_plan(node.text);
    if (!plan)
      reader.error(node, "unknown_plan", "there is no retry plan `" + node.text.substr(0, 60) + "`",
                   did_you_mean(node.text, {"none", "quick", "normal", "patient"}));
    return plan;
  }
  if (!node.is_mapping()) {
    reader.error(node, "wrong_type", "`retry` must be a plan or a mapping",
                 "write none, quick, normal, patient, or { tries: 5, first: 10s, max: 1h }");
    return std::nullopt;
  }
  if (!reader.check_keys(node, {"tries", "first", "max"}, "retry")) return std::nullopt;
  std::optional<std::int64_t> tries = 4;
  std::optional<std::chrono::milliseconds> first = std::chrono::seconds(5), most = std::chrono::hours(1);
  if (const Node* given = node.find("tries")) tries = reader.integer(*given, "retry.tries", 1, most_tries);
  if (const Node* given = node.find("first")) first = reader.duration(*given, "retry.first");
  if (const Node* given = node.find("max")) most = reader.duration(*given, "retry.max");
  if (!tries || !first || !most) return std::nullopt;
  RetryPlan plan;
  std::chrono::milliseconds delay = std::min(*first, *most);
  for (std::int64_t i = 1; i < *tries; ++i, delay = std::min(delay * 2, *most)) plan.delays.push_back(delay);
  return plan;
}

std::optional<std::string> read_connection(Reader& reader, const Node* node, const Node& at,
                                           const ConnectorSpec& connector) {
  std::vector<std::string> known = reader.catalog().connections_of(connector.id);
  if (node) {
    auto name = reader.constant_text(*node, "connection");
    if (!name) return std::nullopt;
    std::string owner = reader.catalog().connection_connector(*name);
    if (owner == connector.id) return name;
    if (owner.empty())
      reader.error(*node, "unknown_connection", "there is no connection `" + *name + "`",
                   did_you_mean(*name, known));
    else
      reader.error(*node, "wrong_connection",
                   "the connection `" + *name + "` is one of " + owner + ", not of " + connector.id,
                   known.empty() ? "" : "connections of " + connector.id + ": " + list_of(known));
    return std::nullopt;
  }
  if (connector.settings.empty() || connector.connection_optional) return std::string();
  if (known.size() == 1) return known.front();
  if (known.empty())
    reader.error(at, "missing_connection", connector.id + " needs a connection, and there is none",
                 "add one to connections.yaml");
  else
    reader.error(at, "missing_connection", "there are several connections of " + connector.id,
                 "say which by `connection:` (" + list_of(known) + ")");
  return std::nullopt;
}

}  // namespace waggle::flows
