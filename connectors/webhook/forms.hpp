// Forms as JSON. A name that comes once is a text, a name that comes again becomes an array of texts in
// order; nothing in a name has a meaning (`a[b]` and `__proto__` are plain names). Bytes that are not UTF-8
// reach flows as U+FFFD; the raw body is kept beside. Any thread. Source:
// https://url.spec.whatwg.org/#application/x-www-form-urlencoded (read 2026-11)
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include <waggle/call.hpp>
#include <waggle/encoding.hpp>
#include <waggle/json.hpp>

namespace waggle::webhook {

inline constexpr std::size_t most_fields = 1000;  ///< fields or parts; a hostile form has a million

[[noreturn]] inline void refuse(int status, std::string message, std::string code) {
  throw Refusal{status, invalid(std::move(message), std::move(code))};
}

/// Collects fields in the order of their first coming.
class FormFields {
 public:
  void add(const std::string& name, Json value) {
    if (++count_ > most_fields) refuse(413, "the form has more than 1000 fields", "too_many_fields");
    const auto [at, fresh] = places_.try_emplace(name, members_.size());
    if (fresh) {
      members_.emplace_back(name, std::move(value));
      return;
    }
    Json& had = members_[at->second].second;
    if (!had.is_array()) had = Json::array({std::move(had)});
    had.push(std::move(value));
  }
  Json take() { return Json::object(std::move(members_)); }

 private:
  Json::Object members_;
  std::map<std::string, std::size_t> places_;
  std::size_t count_ = 0;
};

/// Also for a query. Empty pieces (`a=1&&b=2`) are skipped.
inline Json form_to_json(std::string_view text) {
  if (static_cast<std::size_t>(std::count(text.begin(), text.end(), '&')) >= 2 * most_fields)
    refuse(413, "the form has more than 1000 fields", "too_many_fields");
  FormFields fields;
  for (auto& [name, value] : parse_form(text))
    if (!name.empty() || !value.empty()) fields.add(name, std::move(value));
  return fields.take();
}

}  // namespace waggle::webhook
