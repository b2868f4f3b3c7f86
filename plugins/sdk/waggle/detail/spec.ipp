// ConnectorSpec <-> JSON. Included by spec.hpp alone. Keys that are not known are passed over, so that an old
// host reads what a newer SDK wrote.
#pragma once

#include <algorithm>
#include <array>

#include <waggle/spec.hpp>

namespace waggle {
namespace detail {

/// Longest name or id; longer ones break tables and file names.
inline constexpr std::size_t name_limit = 64;
/// Nesting of fields in fields; deeper is a mistake.
inline constexpr int field_depth_limit = 16;

template <class E, std::size_t N>
struct Words {
  std::array<std::pair<E, std::string_view>, N> all;

  constexpr std::string_view of(E value) const {
    for (const auto& [known, word] : all)
      if (known == value) return word;
    return "unset";
  }
  constexpr E from(std::string_view word) const {
    for (const auto& [known, name] : all)
      if (name == word) return known;
    return E::unset;
  }
};

inline constexpr Words<FieldType, 14> field_type_words{{{{FieldType::text, "text"},
                                                         {FieldType::secret, "secret"},
                                                         {FieldType::integer, "integer"},
                                                         {FieldType::decimal, "decimal"},
                                                         {FieldType::boolean, "boolean"},
                                                         {FieldType::datetime, "datetime"},
                                                         {FieldType::date, "date"},
                                                         {FieldType::duration, "duration"},
                                                         {FieldType::url, "url"},
                                                         {FieldType::path, "path"},
                                                         {FieldType::choice, "choice"},
                                                         {FieldType::list, "list"},
                                                         {FieldType::object, "object"},
                                                         {FieldType::any, "any"}}}};
inline constexpr Words<Delivery, 2> delivery_words{{{{Delivery::hook, "hook"}, {Delivery::path, "path"}}}};
inline constexpr Words<Idempotency, 3> idempotency_words{
    {{{Idempotency::native, "native"}, {Idempotency::lookup, "lookup"}, {Idempotency::read, "read"}}}};

// To JSON. What is empty or false is left out.

inline void set_unless_empty(Json& json, std::string key, const std::string& text) {
  if (!text.empty()) json.set(std::move(key), text);
}
inline void set_if(Json& json, std::string key, bool flag) {
  if (flag) json.set(std::move(key), true);
}

inline Json to_json(const Field& field);

template <class T, class F>
void set_list(Json& json, std::string key, const std::vector<T>& items, F convert) {
  if (items.empty()) return;
  Json& list = json.set(std::move(key), Json::array());
  for (const T& item : items) list.push(convert(item));
}
inline void set_fields(Json& json, std::string key, const std::vector<Field>& fields) {
  set_list(json, std::move(key), fields, [](const Field& field) { return to_json(field); });
}
inline void set_words(Json& json, std::string key, const std::vector<std::string>& words) {
  set_list(json, std::move(key), words, [](const std::string& word) { return Json(word); });
}

inline Json to_json(const Field& field) {
  Json out{{"name", field.name}, {"type", to_string(field.type)}};
  set_unless_empty(out, "help", field.help);
  set_if(out, "required", field.required);
  if (!field.fallback.is_null()) out.set("fallback", field.fallback);
  set_words(out, "choices", field.choices);
  set_fields(out, "fields", field.fields);
  if (!field.example.is_null()) out.set("example", field.example);
  return out;
}

inline Json to_json(const TriggerSpec& trigger) {
  Json out{{"id", trigger.id}};
  set_unless_empty(out, "help", trigger.help);
  out.set("delivery", to_string(trigger.delivery));
  set_fields(out, "settings", trigger.settings);
  set_fields(out, "payload", trigger.payload);
  set_words(out, "samples", trigger.samples);
  return out;
}

inline Json to_json(const ActionSpec& action) {
  Json out{{"id", action.id}};
  set_unless_empty(out, "help", action.help);
  set_fields(out, "inputs", action.inputs);
  set_fields(out, "outputs", action.outputs);
  if (action.idempotency != Idempotency::unset) out.set("idempotency", to_string(action.idempotency));
  set_if(out, "open_inputs", action.open_inputs);
  set_words(out, "samples", action.samples);
  return out;
}

// From JSON.

inline bool good_id(std::string_view id) {
  if (id.empty() || id.size() > name_limit || id[0] < 'a' || id[0] > 'z') return false;
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

/// Reads one object of a declaration; `where` goes into every error, like "action post_message, input
/// channel".
class SpecReader {
 public:
  SpecReader(const Json& json, std::string where) : json_(json), where_(std::move(where)) {}

  Error error(const std::string& what) const { return invalid(where_ + ": " + what, "bad_declaration"); }

  Result<void> text(std::string_view key, std::string& out) const {
    const Json& value = json_.at(key);
    if (!value.is_null() && !value.is_string()) return error(std::string(key) + " must be text");
    out = value.as_string();
    return {};
  }
  Result<void> flag(std::string_view key, bool& out) const {
    const Json& value = json_.at(key);
    if (!value.is_null() && !value.is_bool()) return error(std::string(key) + " must be true or false");
    out = value.as_bool();
    return {};
  }
  Result<void> id(std::string& out) const {
    WAGGLE_TRY_VOID(text("id", out));
    if (good_id(out)) return {};
    return error("the id \"" + out +
                 "\" must be lower-case letters, digits and _, begin with a letter and have at most " +
                 std::to_string(name_limit) + " characters");
  }
  Result<void> words(std::string_view key, std::vector<std::string>& out) const {
    return each(key, [&](const Json& item) -> Result<void> {
      if (!item.is_string()) return error(std::string(key) + " must be a list of texts");
      out.push_back(item.as_string());
      return {};
    });
  }
  template <class F>
  Result<void> each(std::string_view key, F read) const {
    const Json& list = json_.at(key);
    if (!list.is_null() && !list.is_array()) return error(std::string(key) + " must be a list");
    for (const Json& item : list.items()) {
      if (!item.is_object() && key != "choices" && key != "samples")
        return error(std::string(key) + " must be a list of objects");
      WAGGLE_TRY_VOID(read(item));
    }
    return {};
  }
  Result<void> fields(std::string_view key, std::vector<Field>& out, int depth = 0) const;

  const Json& json() const { return json_; }
  const std::string& where() const { return where_; }

 private:
  const Json& json_;
  std::string where_;
};

inline Result<Field> read_field(const Json& json, const std::string& where, int depth) {
  Field out;
  const SpecReader reader(json, where + " \"" + json.text("name") + "\"");
  WAGGLE_TRY_VOID(reader.text("name", out.name));
  constexpr std::size_t longest_path = 4 * name_limit;  // payload fields are paths
  if (out.name.size() > longest_path)
    return reader.error("the name is longer than " + std::to_string(longest_path));
  const std::string word = json.text("type");
  out.type = field_type_from(word);
  if (out.type == FieldType::unset) return reader.error("there is no type \"" + word + "\"");
  WAGGLE_TRY_VOID(reader.text("help", out.help));
  WAGGLE_TRY_VOID(reader.flag("required", out.required));
  out.fallback = json.at("fallback");
  out.example = json.at("example");
  WAGGLE_TRY_VOID(reader.words("choices", out.choices));
  if (out.type == FieldType::choice && out.choices.empty())
    return reader.error("a choice must list its choices");
  WAGGLE_TRY_VOID(reader.fields("fields", out.fields, depth + 1));
  const bool may_have_fields = out.type == FieldType::object || out.type == FieldType::list;
  if (!out.fields.empty() && !may_have_fields) return reader.error("only an object or a list has fields");
  if (out.type == FieldType::list && out.fields.size() > 1)
    return reader.error("a list has one entry under fields: the type of its items");
  if (out.type != FieldType::list)
    for (const Field& inner : out.fields)
      if (inner.name.empty()) return reader.error("one of its fields has no name");
  return out;
}

inline Result<void> SpecReader::fields(std::string_view key, std::vector<Field>& out, int depth) const {
  if (depth > field_depth_limit)
    return error("fields are nested deeper than " + std::to_string(field_depth_limit));
  out.reserve(json_.at(key).items().size());  // they are kept as long as the plugin
  return each(key, [&](const Json& item) -> Result<void> {
    WAGGLE_TRY(Field field, read_field(item, where_ + ", " + std::string(key), depth));
    if (depth == 0 && field.name.empty()) return error("one of " + std::string(key) + " has no name");
    for (const Field& other : out)
      if (other.name == field.name) return error(std::string(key) + " has two fields \"" + field.name + "\"");
    out.push_back(std::move(field));
    return {};
  });
}

inline Result<TriggerSpec> read_trigger(const Json& json, const std::string& where) {
  TriggerSpec out;
  const SpecReader reader(json, where + ", trigger \"" + json.text("id") + "\"");
  WAGGLE_TRY_VOID(reader.id(out.id));
  WAGGLE_TRY_VOID(reader.text("help", out.help));
  out.delivery = json.contains("delivery") ? delivery_words.from(json.text("delivery")) : Delivery::hook;
  if (out.delivery == Delivery::unset)
    return reader.error("there is no delivery \"" + json.text("delivery") + "\"");
  WAGGLE_TRY_VOID(reader.fields("settings", out.settings));
  WAGGLE_TRY_VOID(reader.fields("payload", out.payload));
  WAGGLE_TRY_VOID(reader.words("samples", out.samples));
  return out;
}

inline Result<ActionSpec> read_action(const Json& json, const std::string& where) {
  ActionSpec out;
  const SpecReader reader(json, where + ", action \"" + json.text("id") + "\"");
  WAGGLE_TRY_VOID(reader.id(out.id));
  WAGGLE_TRY_VOID(reader.text("help", out.help));
  WAGGLE_TRY_VOID(reader.fields("inputs", out.inputs));
  WAGGLE_TRY_VOID(reader.fields("outputs", out.outputs));
  out.idempotency = idempotency_words.from(json.text("idempotency"));
  if (out.idempotency == Idempotency::unset && json.contains("idempotency"))
    return reader.error("there is no idempotency \"" + json.text("idempotency") + "\"");
  WAGGLE_TRY_VOID(reader.flag("open_inputs", out.open_inputs));
  WAGGLE_TRY_VOID(reader.words("samples", out.samples));
  return out;
}

template <class T>
const T* by_id(const std::vector<T>& all, std::string_view id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace detail

inline std::string_view to_string(FieldType type) { return detail::field_type_words.of(type); }
inline FieldType field_type_from(std::string_view word) { return detail::field_type_words.from(word); }
inline std::string_view to_string(Delivery delivery) { return detail::delivery_words.of(delivery); }
inline std::string_view to_string(Idempotency idempotency) {
  return detail::idempotency_words.of(idempotency);
}

inline const TriggerSpec* ConnectorSpec::trigger(std::string_view trigger_id) const {
  return detail::by_id(triggers, trigger_id);
}
inline const ActionSpec* ConnectorSpec::action(std::string_view action_id) const {
  return detail::by_id(actions, action_id);
}

inline Json ConnectorSpec::to_json() const {
  Json out{{"id", id}, {"title", title}, {"version", version}};
  detail::set_unless_empty(out, "help", help);
  detail::set_fields(out, "settings", settings);
  detail::set_if(out, "connection_optional", connection_optional);
  detail::set_if(out, "checks", checks);
  detail::set_list(out, "triggers", triggers,
                   [](const TriggerSpec& trigger) { return detail::to_json(trigger); });
  detail::set_list(out, "actions", actions, [](const ActionSpec& action) { return detail::to_json(action); });
  return out;
}

inline Result<ConnectorSpec> ConnectorSpec::from_json(const Json& json) {
  if (!json.is_object())
    return invalid("the declaration of a connector must be a JSON object", "bad_declaration");
  ConnectorSpec out;
  const detail::SpecReader reader(json, "connector \"" + json.text("id") + "\"");
  WAGGLE_TRY_VOID(reader.id(out.id));
  WAGGLE_TRY_VOID(reader.text("title", out.title));
  WAGGLE_TRY_VOID(reader.text("version", out.version));
  WAGGLE_TRY_VOID(reader.text("help", out.help));
  WAGGLE_TRY_VOID(reader.fields("settings", out.settings));
  WAGGLE_TRY_VOID(reader.flag("connection_optional", out.connection_optional));
  WAGGLE_TRY_VOID(reader.flag("checks", out.checks));
  if (out.title.empty()) out.title = out.id;
  WAGGLE_TRY_VOID(reader.each("triggers", [&](const Json& item) -> Result<void> {
    WAGGLE_TRY(TriggerSpec trigger, detail::read_trigger(item, reader.where()));
    if (out.trigger(trigger.id)) return reader.error("two triggers are called \"" + trigger.id + "\"");
    out.triggers.push_back(std::move(trigger));
    return {};
  }));
  WAGGLE_TRY_VOID(reader.each("actions", [&](const Json& item) -> Result<void> {
    WAGGLE_TRY(ActionSpec action, detail::read_action(item, reader.where()));
    if (out.action(action.id)) return reader.error("two actions are called \"" + action.id + "\"");
    out.actions.push_back(std::move(action));
    return {};
  }));
  return out;
}

}  // namespace waggle
