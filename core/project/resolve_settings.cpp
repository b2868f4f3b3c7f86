#include "core/project/resolve_settings.hpp"

#include <algorithm>
#include <filesystem>

#include "core/secrets/redactor.hpp"
#include "flows/duration.hpp"
#include "flows/suggest.hpp"

namespace waggle::project {
namespace {

using flows::Severity;

class Resolver {
 public:
  Resolver(const SettingsOf& of, flows::Problems& problems, std::vector<std::string>& secrets)
      : of_(of), problems_(problems), secrets_(secrets) {}

  Json members(const std::vector<Field>& fields, const Json& given, bool top) {
    Json out = Json::object();
    for (const auto& [name, value] : given.members()) {
      if (top) field_ = name;
      auto field = std::find_if(fields.begin(), fields.end(), [&](auto& f) { return f.name == name; });
      out.set(name, this->value(field == fields.end() ? nullptr : &*field, value));
    }
    for (const Field& field : fields)
      if (!field.fallback.is_null() && out.at(field.name).is_null())
        out.set(field.name, value(&field, field.fallback));
    return out;
  }

 private:
  Json value(const Field* field, const Json& given) {
    static const std::vector<Field> unknown;
    if (given.is_object()) return members(field != nullptr ? field->fields : unknown, given, false);
    if (given.is_array()) {
      Json out = Json::array();
      const Field* item = field != nullptr && !field->fields.empty() ? &field->fields.front() : nullptr;
      for (const Json& one : given.items()) out.push(value(item, one));
      return out;
    }
    bool secret = field != nullptr && field->type == FieldType::secret;
    if (secret && !given.is_null()) return secret_text(given.to_text());
    if (!given.is_string()) return given;
    auto resolved = secrets::resolve(given.as_string(), of_.references);
    if (!resolved) return report(resolved.error());
    if (field == nullptr) return std::move(resolved->text);
    if (field->type == FieldType::path && !resolved->text.empty()) return absolute(resolved->text);
    if (!resolved->referred) return std::move(resolved->text);
    return typed(*field, std::move(resolved->text));
  }

  /// A plugin knows no project folder and must not depend on where the process was started.
  std::string absolute(const std::string& path) const {
    return (std::filesystem::path(of_.references.dir) / path).lexically_normal().string();
  }

  Json secret_text(const std::string& given) {
    auto resolved = secrets::resolve(given, of_.references);
    if (!resolved) return report(resolved.error());
    const std::string& text = resolved->text;
    bool blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
    if (blank ||
        std::any_of(resolved->found.begin(), resolved->found.end(), [](auto& v) { return v.empty(); })) {
      problem(
          Severity::error, "empty_secret", "the secret `" + field_ + "` of " + of_.owner + " is empty",
          "nothing could be verified with it; " +
              std::string(resolved->referred ? "give the variable or file a value" : "write ${env.NAME}"));
      return {};
    }
    if (text.size() < secrets::min_masked_bytes)
      problem(Severity::warning, "short_secret",
              "the secret `" + field_ + "` of " + of_.owner +
                  " is too short to be masked in logs and stored texts",
              "use one of at least " + std::to_string(secrets::min_masked_bytes) + " characters");
    secrets_.push_back(text);
    for (const std::string& part : resolved->found)
      if (part != text) secrets_.push_back(part);
    return text;
  }

  /// A value that came as text from outside, as the type that its field wants. The value itself is never
  /// repeated in a message.
  Json typed(const Field& field, std::string text) {
    std::string wanted;
    switch (field.type) {
      case FieldType::integer:
      case FieldType::decimal:
        if (Json number = Json::number(text); number.is_number()) {
          if (field.type == FieldType::decimal || text.find_first_of(".eE") == std::string::npos)
            return number;
        }
        wanted = field.type == FieldType::integer ? "a whole number" : "a number";
        break;
      case FieldType::boolean:
        if (text == "true" || text == "false") return text == "true";
        wanted = "true or false";
        break;
      case FieldType::duration:
        if (flows::parse_duration(text)) return text;
        wanted = "a duration, like 30s, 10m or 7d";
        break;
      case FieldType::url:
        if (text.starts_with("http://") || text.starts_with("https://") || text.starts_with("/")) return text;
        wanted = "an address that begins with https://";
        break;
      case FieldType::path:  // the others were made absolute
        wanted = "the path of a file or folder, and is empty";
        break;
      case FieldType::choice:
        if (std::find(field.choices.begin(), field.choices.end(), text) != field.choices.end()) return text;
        problem(Severity::error, "not_a_choice",
                "what `" + field.name + "` of " + of_.owner + " refers to is none of its choices",
                flows::did_you_mean("", field.choices));
        return {};
      case FieldType::list:
      case FieldType::object:
        wanted = "a list or mapping, which no reference can hold";
        break;
      default:
        return text;
    }
    problem(Severity::error, "wrong_type",
            "what `" + field.name + "` of " + of_.owner + " refers to must be " + wanted,
            "correct the variable or the file");
    return {};
  }

  Json report(const Error& error) {
    problem(Severity::error, error.code, "`" + field_ + "` of " + of_.owner + ": " + error.message, {});
    return {};
  }

  void problem(Severity severity, std::string code, std::string message, std::string hint) {
    problems_.push_back({of_.place(field_), severity, std::move(code), std::move(message), std::move(hint)});
  }

  const SettingsOf& of_;
  flows::Problems& problems_;
  std::vector<std::string>& secrets_;
  std::string field_;  // the top-level field that is being resolved
};

}  // namespace

ReadySettings resolve_settings(const std::vector<Field>& fields, const Json& settings, const SettingsOf& of,
                               flows::Problems& problems) {
  ReadySettings ready;
  ready.settings = Resolver(of, problems, ready.secrets).members(fields, settings, true);
  return ready;
}

}  // namespace waggle::project
