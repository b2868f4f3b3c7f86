#include "flows/load/reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "flows/duration.hpp"
#include "flows/suggest.hpp"

namespace waggle::flows {

using yaml::Kind;
using yaml::Node;

void Reader::error(Position at, std::string code, std::string message, std::string hint) {
  problems_.push_back({std::move(at), Severity::error, std::move(code), std::move(message), std::move(hint)});
}

void Reader::error(const Node& at, std::string code, std::string message, std::string hint) {
  error(source_->place(at), std::move(code), std::move(message), std::move(hint));
}

void Reader::warn(const Node& at, std::string code, std::string message, std::string hint) {
  problems_.push_back(
      {source_->place(at), Severity::warning, std::move(code), std::move(message), std::move(hint)});
}

std::optional<std::string> Reader::constant_text(const Node& node, std::string_view field) {
  if (!node.is_scalar() || node.is_null()) {
    error(node, "wrong_type",
          "`" + std::string(field) + "` must be a text, and this is " + std::string(node.kind_name()));
    return std::nullopt;
  }
  if (node.text.find("${") != std::string::npos) {
    error(node, "no_expression_here", "`" + std::string(field) + "` is a plain text and takes no ${...}");
    return std::nullopt;
  }
  return node.text;
}

std::optional<std::chrono::milliseconds> Reader::duration(const Node& node, std::string_view field) {
  auto parsed = node.is_scalar() ? parse_duration(node.text) : std::nullopt;
  if (!parsed)
    error(node, "wrong_type", "`" + std::string(field) + "` must be a duration",
          "write a number and a unit, like 30s, 10m, 2h or 7d");
  return parsed;
}

std::optional<bool> Reader::boolean(const Node& node, std::string_view field) {
  if (node.kind == Kind::boolean) return yaml::to_json(node).as_bool();
  error(node, "wrong_type", "`" + std::string(field) + "` must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> Reader::integer(const Node& node, std::string_view field, std::int64_t least,
                                            std::int64_t most) {
  std::int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  bool is_integer = node.kind == Kind::number && std::from_chars(node.text.data(), end, value).ptr == end;
  if (is_integer && value >= least && value <= most) return value;
  error(node, "wrong_type",
        "`" + std::string(field) + "` must be a whole number from " + std::to_string(least) + " to " +
            std::to_string(most));
  return std::nullopt;
}

bool Reader::check_keys(const Node& mapping, const std::vector<std::string>& known, std::string_view of) {
  bool all_known = true;
  for (const yaml::Entry& entry : mapping.entries) {
    if (std::find(known.begin(), known.end(), entry.key.text) != known.end()) continue;
    all_known = false;
    error(entry.key, "unknown_key", std::string(of) + " has no key `" + entry.key.text + "`",
          did_you_mean(entry.key.text, known));
  }
  return all_known;
}

void Reader::warn_of_secret(const Node& text) {
  // Beginnings of keys that vendors document as secret: Stripe, Slack, GitHub, AWS, Google, OpenAI-style,
  // Standard Webhooks.
  static constexpr std::array<std::string_view, 16> beginnings{
      "sk_live_", "sk_test_",    "rk_live_", "xoxb-", "xoxp-",  "xapp-",  "ghp_",   "gho_",
      "ghs_",     "github_pat_", "AKIA",     "AIza",  "whsec_", "glpat-", "shpat_", "EAACEd"};
  for (std::string_view beginning : beginnings) {
    std::size_t found = text.text.find(beginning);
    if (found == std::string::npos || text.text.size() - found < beginning.size() + 12) continue;
    warn(text, "plain_secret", "this looks like a secret written in plain text",
         "keep it in connections.yaml as ${env.NAME} or ${file.PATH}");
    return;
  }
}

}  // namespace waggle::flows
