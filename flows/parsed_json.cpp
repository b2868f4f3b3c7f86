#include "flows/parsed_json.hpp"

#include <waggle/json.hpp>

namespace waggle::flows {

Result<std::shared_ptr<const ParsedJson>> ParsedJson::strict(std::string text) {
  std::shared_ptr<ParsedJson> payload(new ParsedJson(std::move(text)));
  WAGGLE_TRY_VOID(payload->parse(false));
  // The expression engine keeps half a surrogate pair, as JavaScript does; nobody may send us one. Escapes of
  // that range are rare, so the slower reader judges them.
  const std::string& given = payload->text_;
  if (given.find("\\ud") != std::string::npos || given.find("\\uD") != std::string::npos)
    if (auto judged = Json::parse(given); !judged.ok()) return judged.error();
  return std::shared_ptr<const ParsedJson>(std::move(payload));
}

Result<std::shared_ptr<const ParsedJson>> ParsedJson::stored(std::string text) {
  std::shared_ptr<ParsedJson> payload(new ParsedJson(std::move(text)));
  WAGGLE_TRY_VOID(payload->parse(true));
  return std::shared_ptr<const ParsedJson>(std::move(payload));
}

Result<void> ParsedJson::parse(bool allow_duplicate_keys) {
  auto parsed = jsonata::Document::parse_in_place(text_, {.allow_duplicate_keys = allow_duplicate_keys});
  if (!parsed.ok()) return invalid("not valid JSON: " + parsed.error().message, "bad_json");
  document_ = std::move(parsed).value();
  return {};
}

}  // namespace waggle::flows
