#include "plugins/host/normalise.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>

#include <waggle/detail/number.ipp>
#include <waggle/time.hpp>

namespace waggle::host {
namespace {

/// The typed fields as a tree: what a key, or `[]` for every item, leads to.
struct Types {
  FieldType type = FieldType::unset;
  std::string name;  ///< the last key on the way, for _gmt
  std::map<std::string, Types, std::less<>> members;
  std::unique_ptr<Types> items;

  bool empty() const { return type == FieldType::unset && members.empty() && !items; }
};

Types& items_of(Types& at) {
  if (!at.items) at.items = std::make_unique<Types>();
  at.items->name = at.name;
  return *at.items;
}

/// `line_items[].total`, from `at` on.
Types& walk(Types& at, std::string_view path) {
  Types* here = &at;
  while (!path.empty()) {
    if (path.starts_with("[]")) {
      here = &items_of(*here);
      path.remove_prefix(2);
    } else if (path.starts_with('.')) {
      path.remove_prefix(1);
    } else {
      const auto end = std::min({path.find('.'), path.find("[]"), path.size()});
      const std::string_view key = path.substr(0, end);
      here = &here->members[std::string(key)];
      here->name = key;
      path.remove_prefix(end);
    }
  }
  return *here;
}

void add(Types& at, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    Types& here = walk(at, field.name);
    if (field.type == FieldType::list) {
      add(items_of(here), field.fields);  // one entry without a name: its type is the items' type
    } else {
      here.type = field.type;
      add(here, field.fields);
    }
  }
}

// One function for each type: the JSON text that stands in place of `text` (the content of a JSON string, or
// a number's digits), or nullopt to leave it.

std::string quoted(std::string_view text) { return Json(text).dump(); }

std::optional<std::string> as_number(std::string_view text, bool whole) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return "null";
  std::string out(text);
  if (out[0] == '+') out.erase(0, 1);
  const std::size_t sign = out.starts_with('-') ? 1 : 0;
  if (out.substr(sign).starts_with('.')) out.insert(sign, "0");
  // 0007 is a number to people, but not to JSON.
  while (out.size() > sign + 1 && out[sign] == '0' && out[sign + 1] >= '0' && out[sign + 1] <= '9')
    out.erase(sign, 1);
  if (waggle::detail::number_length(out) != out.size()) return std::nullopt;
  if (whole && out.find_first_of(".eE") != std::string::npos) return std::nullopt;
  return out;
}

std::optional<std::string> as_boolean(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (word == "true" || word == "yes" || word == "1") return "true";
  if (word == "false" || word == "no" || word == "0") return "false";
  return std::nullopt;
}

std::optional<std::string> as_datetime(std::string_view text, std::string_view name) {
  if (text.empty()) return "null";
  if (parse_rfc3339(text) && text[10] == 'T') return std::nullopt;  // as it should be, with all its digits
  const bool is_utc = name.ends_with("_gmt") || name.ends_with("_utc");
  auto time = is_utc ? parse_utc(text) : parse_rfc3339(text);
  if (!time) time = parse_http_date(text);
  if (!time) return std::nullopt;
  return quoted(to_rfc3339(*time));
}

std::optional<std::string> unix_as_datetime(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  constexpr std::int64_t year_2286_s =
      10'000'000'000;  // so ten digits and fewer are seconds; thirteen are milliseconds
  constexpr std::int64_t year_2286_ms = year_2286_s * 1000;
  if (value <= 0 || value >= year_2286_ms) return std::nullopt;
  return quoted(to_rfc3339(value < year_2286_s ? from_unix_seconds(value) : from_unix_ms(value)));
}

std::optional<std::string> as_date(std::string_view text) {
  if (text.empty()) return "null";
  std::string day(text.substr(0, 10));
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && text.size() == 8)
    day = std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
          std::string(text.substr(6));
  else if (text.size() == 10 || !parse_utc(text))
    return std::nullopt;
  return parse_utc(day) ? std::optional(quoted(day)) : std::nullopt;
}

std::optional<std::string> convert(const Types& types, std::string_view text, bool is_string) {
  switch (types.type) {
    case FieldType::decimal:
      return is_string ? as_number(text, false) : std::nullopt;
    case FieldType::integer:
      return is_string ? as_number(text, true) : std::nullopt;
    case FieldType::boolean:
      return as_boolean(text);
    case FieldType::datetime:
      return is_string ? as_datetime(text, types.name) : unix_as_datetime(text);
    case FieldType::date:
      return is_string ? as_date(text) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Walks the text along the typed fields and copies the rest. Gives up (and with it the whole rewriting) at
/// what is not JSON.
class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  std::optional<std::string> run(const Types& types) {
    if (!value(types)) return std::nullopt;
    skip_space();
    if (at_ != text_.size()) return std::nullopt;
    out_.append(text_.substr(copied_));
    return std::move(out_);
  }

 private:
  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void replace(std::size_t begin, std::size_t end, std::string_view with) {
    out_.append(text_.substr(copied_, begin - copied_)).append(with);
    copied_ = end;
  }

  /// The whole string token, quotes included.
  std::optional<std::string_view> string_token() {
    if (peek() != '"') return std::nullopt;
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return std::nullopt;
    return text_.substr(begin, ++at_ - begin);
  }

  static std::string unquote(std::string_view token) {
    if (token.find('\\') == token.npos) return std::string(token.substr(1, token.size() - 2));
    const auto json = Json::parse(token);
    return json.ok() ? json->as_string() : std::string(token);
  }

  bool value(const Types& types) {
    if (types.empty()) return skip_value();
    switch (peek()) {
      case '{':
        return object(types);
      case '[':
        return array(types);
      default:
        return scalar(types);
    }
  }

  bool scalar(const Types& types) {
    const bool is_string = peek() == '"';
    const std::size_t begin = at_;
    if (!skip_value()) return false;
    const std::string_view token = text_.substr(begin, at_ - begin);
    if (!is_string && waggle::detail::number_length(token) != token.size()) return true;  // true, false, null
    if (const auto instead = convert(types, is_string ? unquote(token) : std::string(token), is_string))
      replace(begin, at_, *instead);
    return true;
  }

  bool object(const Types& types) {
    take('{');
    if (take('}')) return true;
    static const Types nothing;
    do {
      const auto key = string_token();
      if (!key || !take(':')) return false;
      const auto member = types.members.find(unquote(*key));
      if (!value(member == types.members.end() ? nothing : member->second)) return false;
    } while (take(','));
    return take('}');
  }

  bool array(const Types& types) {
    take('[');
    if (take(']')) return true;
    static const Types nothing;
    do {
      if (!value(types.items ? *types.items : nothing)) return false;
    } while (take(','));
    return take(']');
  }

  /// Over a value that nobody typed, whatever is in it; brackets are only counted.
  bool skip_value() {
    std::size_t depth = 0;
    do {
      const char next = peek();
      if (next == '"') {
        if (!string_token()) return false;
      } else if (next == '{' || next == '[') {
        ++depth;
        ++at_;
      } else if (next == '}' || next == ']') {
        if (depth-- == 0) return false;
        ++at_;
      } else if (depth > 0 && (next == ',' || next == ':')) {
        ++at_;
      } else {
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               std::string_view(",:]}[{\" \n\t\r").find(text_[at_]) == std::string_view::npos)
          ++at_;
        if (at_ == begin) return false;
      }
    } while (depth > 0);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // of text_ into out_
  std::string out_;
};

}  // namespace

std::string normalise_payload(std::string_view json, const std::vector<Field>& fields) {
  Types types;
  add(types, fields);
  auto out = Rewriter(json).run(types);
  return out ? std::move(*out) : std::string(json);
}

}  // namespace waggle::host
