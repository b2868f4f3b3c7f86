#include "core/project/settings_keys.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "flows/duration.hpp"

namespace waggle::project {
namespace {

using flows::yaml::Node;
using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr Unit units[] = {{"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}, {"GB", 1'000'000'000},
                          {"MB", 1'000'000}, {"KB", 1'000},     {"B", 1}};

template <class T>
std::optional<T> number_in(std::string_view text) {
  T number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `10MiB`, `10 MiB`
std::optional<std::uint64_t> parse_size(std::string_view text) {
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.name)) continue;
    text.remove_suffix(unit.name.size());
    while (text.ends_with(' ')) text.remove_suffix(1);
    auto number = number_in<std::uint32_t>(text);
    if (!number) return std::nullopt;
    return *number * unit.bytes;
  }
  return std::nullopt;
}

std::string size_text(std::uint64_t bytes) {
  for (const Unit& unit : units)
    if (bytes % unit.bytes == 0) return std::to_string(bytes / unit.bytes) + std::string(unit.name);
  return {};
}

SettingsKey text(std::string_view name, std::string Settings::*member, std::string form,
                 std::string_view help) {
  return {name, std::move(form), help,
          [member](Settings& settings, const Node& value) {
            settings.*member = value.text;
            return value.is_text() && !value.text.empty();
          },
          [member](const Settings& settings) { return settings.*member; }};
}

template <class T>
SettingsKey number(std::string_view name, T Settings::*member, std::int64_t least, std::int64_t most,
                   std::string_view help) {
  return {name, "a number from " + std::to_string(least) + " to " + std::to_string(most), help,
          [=](Settings& settings, const Node& value) {
            auto number = number_in<std::int64_t>(value.text);
            if (!value.is_scalar() || !number || *number < least || *number > most) return false;
            settings.*member = static_cast<T>(*number);
            return true;
          },
          [member](const Settings& settings) { return std::to_string(settings.*member); }};
}

SettingsKey size(std::string_view name, std::size_t Settings::*member, std::uint64_t least,
                 std::uint64_t most, std::string_view help) {
  return {name, "a size from " + size_text(least) + " to " + size_text(most), help,
          [=](Settings& settings, const Node& value) {
            auto bytes = parse_size(value.text);
            if (!value.is_scalar() || !bytes || *bytes < least || *bytes > most) return false;
            settings.*member = static_cast<std::size_t>(*bytes);
            return true;
          },
          [member](const Settings& settings) { return size_text(settings.*member); }};
}

SettingsKey duration(std::string_view name, milliseconds Settings::*member, milliseconds least,
                     milliseconds most, std::string_view help) {
  return {name, "a duration from " + flows::to_text(least) + " to " + flows::to_text(most), help,
          [=](Settings& settings, const Node& value) {
            auto parsed = flows::parse_duration(value.text);
            if (!value.is_scalar() || !parsed || *parsed < least || *parsed > most) return false;
            settings.*member = *parsed;
            return true;
          },
          [member](const Settings& settings) { return flows::to_text(settings.*member); }};
}

SettingsKey choice(std::string_view name, std::string Settings::*member, std::vector<std::string> words,
                   std::string_view help) {
  std::string form;
  for (const std::string& word : words)
    form += (form.empty() ? "" : word == words.back() ? " or " : ", ") + word;
  return {name, form, help,
          [=](Settings& settings, const Node& value) {
            settings.*member = value.text;
            return std::find(words.begin(), words.end(), value.text) != words.end();
          },
          [member](const Settings& settings) { return settings.*member; }};
}

SettingsKey public_url() {
  return {"public_url", "an address that begins with http:// or https://",
          "Where the outside world reaches this server: addresses of hooks begin with it. Without: "
          "http://address:port",
          [](Settings& settings, const Node& value) {
            settings.public_url = value.text;
            while (settings.public_url.ends_with('/')) settings.public_url.pop_back();
            return value.text.starts_with("http://") || value.text.starts_with("https://");
          },
          [](const Settings& settings) { return settings.public_url; }};
}

constexpr milliseconds least_kept = std::chrono::minutes(1);
constexpr std::uint64_t least_stored_bytes = 16u << 20;
constexpr std::string_view no_limit = "unlimited";

bool read_retention(Settings& settings, const std::string& name, const Node& value) {
  if (!value.is_scalar()) return false;
  const bool unlimited = value.text == no_limit;
  if (name == "events") {
    const auto kept = unlimited ? milliseconds(0) : flows::parse_duration(value.text);
    if (!kept || (!unlimited && *kept < least_kept)) return false;
    settings.keep_events = *kept;
    return true;
  }
  if (name != "max_size") return false;
  const auto bytes = unlimited ? std::uint64_t{0} : parse_size(value.text);
  if (!bytes || (!unlimited && *bytes < least_stored_bytes)) return false;
  settings.max_stored_bytes = *bytes;
  return true;
}

SettingsKey retention() {
  return {
      "retention",
      "a mapping: `events` a duration of at least 1m, `max_size` a size of at least 16MiB; either may be "
      "`unlimited`",
      "How long events and their runs are kept after the last run's end, and how large the database may "
      "become before the oldest go earlier. What is queued, waiting or parked stays",
      [](Settings& settings, const Node& value) {
        return value.is_mapping() &&
               std::all_of(value.entries.begin(), value.entries.end(), [&](const flows::yaml::Entry& entry) {
                 return read_retention(settings, entry.key.text, entry.value);
               });
      },
      [](const Settings& settings) {
        const auto kept = settings.keep_events, none = milliseconds(0);
        return "{ events: " + (kept == none ? std::string(no_limit) : flows::to_text(kept)) + ", max_size: " +
               (settings.max_stored_bytes == 0 ? std::string(no_limit)
                                               : size_text(settings.max_stored_bytes)) +
               " }";
      }};
}

SettingsKey format_version() {
  return {"waggle", "1", "The version of this format; may be left out",
          [](Settings&, const Node& value) { return value.text == "1"; },
          [](const Settings&) { return "1"; }};
}

SettingsKey vars() {
  return {
      "vars", "a mapping",
      "What expressions see as `vars`: facts that differ between installations. No secrets: runs keep them.",
      [](Settings& settings, const Node& value) {
        settings.vars = flows::yaml::to_json(value);
        return value.is_mapping();
      },
      [](const Settings&) { return std::string(); }};
}

std::vector<SettingsKey> make_keys() {
  using namespace std::chrono_literals;
  std::vector<SettingsKey> keys;
  keys.push_back(format_version());
  keys.push_back(text("address", &Settings::address, "an IP address",
                      "Where the front door listens; 0.0.0.0 or :: for all networks, which needs a reason"));
  keys.push_back(number("port", &Settings::port, 0, 65535, "Its port; 0 takes any free one"));
  keys.push_back(public_url());
  keys.push_back(text("data", &Settings::data_dir, "a folder",
                      "Events, runs and all else that must be backed up; relative to the project folder"));
  keys.push_back(number("loops", &Settings::loops, 0, 256, "Event loops; 0 is one per core"));
  keys.push_back(number("blocking_threads", &Settings::blocking_threads, 1, 256,
                        "Threads for what must block: files, mail, reads of the dashboard"));
  keys.push_back(size("max_body", &Settings::max_body_bytes, 1u << 10, 1u << 30,
                      "The largest request body; more gets a 413"));
  keys.push_back(number("max_runs_in_memory", &Settings::max_runs_in_memory, 1, 10'000'000,
                        "Runs that are live at one moment; the rest wait on disk"));
  keys.push_back(size("run_memory", &Settings::run_memory_bytes, 1u << 20, std::size_t{1} << 40,
                      "What live runs may hold in memory, about; the rest wait on disk"));
  keys.push_back(duration("action_timeout", &Settings::action_timeout, 100ms, 1h,
                          "One attempt of an action, when neither step nor connector says another"));
  keys.push_back(duration("shutdown_deadline", &Settings::shutdown_deadline, 0ms, 10min,
                          "How long work in progress may take to end when Waggle is stopped"));
  keys.push_back(retention());
  keys.push_back(choice("log_level", &Settings::log_level, {"debug", "info", "warning", "error"},
                        "The least that is logged; a change holds at once"));
  keys.push_back(vars());
  return keys;
}

}  // namespace

const std::vector<SettingsKey>& settings_keys() {
  static const std::vector<SettingsKey> keys = make_keys();
  return keys;
}

std::string settings_markdown() {
  Settings defaults;
  defaults.data_dir = "data";
  std::string out = "| key | form | default | meaning |\n|---|---|---|---|\n";
  for (const SettingsKey& key : settings_keys()) {
    std::string shown = key.show(defaults);
    out += "| `" + std::string(key.name) + "` | " + key.form + " | " +
           (shown.empty() ? "" : "`" + shown + "`") + " | " + std::string(key.help) + " |\n";
  }
  return out;
}

}  // namespace waggle::project
