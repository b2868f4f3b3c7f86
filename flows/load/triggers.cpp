#include "flows/load/triggers.hpp"

#include <algorithm>
#include <cctype>

#include "flows/duration.hpp"
#include "flows/load/declared_fields.hpp"
#include "flows/load/step_reader.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using yaml::Node;

constexpr std::chrono::milliseconds least_every =
    std::chrono::seconds(1);  // faster is a loop, not a schedule

std::vector<std::string> known_triggers(const Catalog& catalog) {
  std::vector<std::string> known{"schedule", "manual"};
  for (const std::string& id : catalog.connector_ids()) {
    const ConnectorSpec* connector = catalog.connector(id);
    if (!connector) continue;
    for (const TriggerSpec& trigger : connector->triggers) {
      if (trigger.id == "default") known.push_back(id);
      known.push_back(id + "." + trigger.id);
    }
  }
  return known;
}

/// `Europe/Berlin`, `UTC`: the form only; the engine knows which zones there are.
bool looks_like_zone(std::string_view text) {
  return !text.empty() && text.size() < 64 && text.find("..") == std::string_view::npos &&
         text.front() != '/' && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
         });
}

bool looks_like_cron(std::string_view text) {
  int fields = 0;
  bool inside = false;
  for (unsigned char c : text) {
    bool blank = c == ' ' || c == '\t';
    if (!blank && !std::isalnum(c) && c != '*' && c != '/' && c != ',' && c != '-' && c != '?' && c != '#' &&
        c != '@')
      return false;
    if (!blank && !inside) ++fields;
    inside = !blank;
  }
  return fields == 5 || (fields == 1 && text.front() == '@');
}

void check_schedule(Reader& reader, const Node& at, const Node& settings) {
  static const std::vector<std::string> keys{"cron", "every", "timezone", "missed"};
  if (!settings.is_mapping())
    return reader.error(
        at, "missing_setting", "`schedule` needs `cron` or `every`",
        "write schedule: { cron: \"0 9 * * 1-5\", timezone: Europe/Berlin } or schedule: { every: 15m }");
  reader.check_keys(settings, keys, "schedule");
  const Node *cron = settings.find("cron"), *every = settings.find("every");
  if (!cron == !every)
    reader.error(
        at, "missing_setting",
        cron ? "`schedule` takes `cron` or `every`, not both" : "`schedule` needs `cron` or `every`");
  if (cron && !(cron->is_text() && looks_like_cron(cron->text)))
    reader.error(*cron, "wrong_type",
                 "`cron` must have five fields: minute, hour, day of month, month, day of week",
                 "like \"0 9 * * 1-5\", in quotes");
  if (every) {
    auto pause = reader.duration(*every, "every");
    if (pause && *pause < least_every)
      reader.error(*every, "wrong_type", "`every` must be at least one second");
  }
  if (const Node* zone = settings.find("timezone"); zone && !(zone->is_text() && looks_like_zone(zone->text)))
    reader.error(*zone, "wrong_type", "`timezone` must be the name of a time zone",
                 "like Europe/Berlin or UTC");
  if (const Node* missed = settings.find("missed")) {
    std::vector<std::string> choices{"once", "skip", "all"};
    if (std::find(choices.begin(), choices.end(), missed->text) == choices.end())
      reader.error(*missed, "not_a_choice", "`missed` cannot be `" + missed->text.substr(0, 60) + "`",
                   did_you_mean(missed->text, choices));
  }
}

/// Whether nothing is verified: `verify` is absent and no connection brings a secret, or it says none.
bool is_unverified(const Node* verify, const std::string& connection) {
  if (!verify || verify->is_null()) return connection.empty();
  if (verify->text == "none") return true;
  const Node* preset = verify->find("preset");
  return preset && preset->text == "none";
}

/// A query is covered by a password or a token, and by no signature: the connector refuses it.
void check_query(Reader& reader, const Node& verify, const Node* accept) {
  const Node* preset = verify.find("preset");
  if (!accept || !preset || !preset->is_text() || preset->text == "basic" || preset->text == "bearer") return;
  const std::vector<Node> one{*accept};
  for (const Node& kind : accept->is_list() ? accept->items : one)
    if (kind.text == "query")
      reader.error(kind, "unsigned_query",
                   "`verify: { preset: " + preset->text.substr(0, 60) +
                       " }` signs the body, so anybody could write into the query",
                   "take query out of `accept`, or verify with { preset: bearer } or { preset: basic }");
}

/// A path that anybody may post to is warned of; one that nobody can post to, for want of a secret or of a
/// word on how to use it, is an error.
void check_verified(Reader& reader, const Node& at, const Node* settings, const TriggerSpec& spec,
                    const std::string& connection) {
  bool can_verify = std::any_of(spec.settings.begin(), spec.settings.end(),
                                [](const Field& field) { return field.name == "verify"; });
  const Node* verify = settings ? settings->find("verify") : nullptr;
  if (!can_verify) return;
  const bool unverified = is_unverified(verify, connection);
  if (!unverified && (!verify || verify->is_null()))
    return reader.error(verify ? *verify : at, "missing_preset",
                        "`verify.preset` is missing, which says how the secret of the connection `" +
                            connection + "` is used, so every delivery would be refused",
                        "write verify: { preset: ... } with what the sender does, like hmac_sha256 or basic");
  if (!unverified && verify->find("preset") && connection.empty() && !verify->find("secret") &&
      !verify->find("secrets"))
    reader.error(*verify, "missing_secret",
                 "`verify` has no secret to check with, so every delivery would be refused",
                 "write secret: ${env.NAME} beside the preset, or name a connection that has one");
  if (!unverified) check_query(reader, *verify, settings->find("accept"));
  if (unverified)
    reader.warn(verify ? *verify : at, "unverified_webhook",
                "anybody who knows the address can start this flow",
                "set `verify` to what the sender can do, like { preset: basic } or { preset: hmac_sha256 }");
}

/// The settings without `connection`, which is the trigger's own.
Node without_connection(const Node& settings) {
  Node rest = settings;
  std::erase_if(rest.entries, [](const yaml::Entry& entry) { return entry.key.text == "connection"; });
  return rest;
}

bool declares(const TriggerSpec& spec, std::string_view name) {
  return std::any_of(spec.settings.begin(), spec.settings.end(),
                     [&](const Field& field) { return field.name == name; });
}

std::optional<Trigger> read_connectors_trigger(Reader& reader, const Node& name, const Node& settings) {
  std::size_t dot = name.text.find('.');
  std::string id = name.text.substr(0, dot);
  std::string trigger_id = dot == std::string::npos ? "default" : name.text.substr(dot + 1);
  const ConnectorSpec* connector = reader.catalog().connector(id);
  const TriggerSpec* spec = connector ? connector->trigger(trigger_id) : nullptr;
  if (!spec) {
    reader.error(name, connector ? "unknown_trigger" : "unknown_connector",
                 connector ? id + " has no trigger `" + trigger_id + "`"
                           : "there is no connector `" + id.substr(0, 60) + "`",
                 did_you_mean(name.text, known_triggers(reader.catalog())));
    return std::nullopt;
  }
  if (!settings.is_mapping() && !settings.is_null()) {
    reader.error(settings, "wrong_type", "the settings of " + name.text + " must be a mapping");
    return std::nullopt;
  }
  Trigger trigger{id, trigger_id, {}, Json::object(), reader.place(name)};
  const Node rest = declares(*spec, "connection") ? settings : without_connection(settings);
  check_fields(reader, &rest, name, spec->settings,
               {.owner = name.text, .one = "setting", .references = true});
  if (rest.is_mapping()) trigger.settings = yaml::to_json(rest);
  auto connection = read_connection(reader, settings.find("connection"), name, *connector);
  if (!connection) return std::nullopt;
  trigger.connection = *connection;
  check_verified(reader, name, &rest, *spec, trigger.connection);
  return trigger;
}

std::optional<Trigger> read_trigger(Reader& reader, const Node& name, const Node& settings) {
  if (name.text == "schedule") {
    check_schedule(reader, name, settings);
    return Trigger{"schedule", {}, {}, yaml::to_json(settings), reader.place(name)};
  }
  if (name.text == "manual") {
    if (settings.is_mapping()) reader.check_keys(settings, {}, "manual");
    if (!settings.is_mapping() && !settings.is_null())
      reader.error(settings, "wrong_type", "`manual` takes no settings", "write manual: {}");
    return Trigger{"manual", {}, {}, Json::object(), reader.place(name)};
  }
  return read_connectors_trigger(reader, name, settings);
}

}  // namespace

std::vector<Trigger> read_triggers(Reader& reader, const Node& when) {
  std::vector<Trigger> triggers;
  auto add = [&](const Node& name, const Node& settings) {
    if (auto trigger = read_trigger(reader, name, settings)) triggers.push_back(std::move(*trigger));
  };
  if (when.is_text()) {
    add(when, Node());
  } else if (when.is_mapping()) {
    for (const yaml::Entry& entry : when.entries) add(entry.key, entry.value);
  } else if (when.is_list()) {
    for (const Node& item : when.items)
      for (Trigger& trigger : read_triggers(reader, item)) triggers.push_back(std::move(trigger));
  } else {
    reader.error(when, "wrong_type", "`when` must name what starts this flow",
                 "like `when: { woocommerce.order_created: {} }`");
  }
  return triggers;
}

}  // namespace waggle::flows
