// Searching in text: $contains, $match, $replace, $split, by plain text, regular expression or a matcher
// function.
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/regex.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

/// How many matches are wanted: the optional limit argument, checked.
double limit_of(Call& call, std::uint32_t index, std::string_view code) {
  if (!call.has(index)) return HUGE_VAL;
  double limit = call[index].as_number();
  if (limit < 0) throw fault(code).with_value(call[index]).with_index(static_cast<int>(index) + 1);
  return limit;
}

void require_matcher(const Call& call, std::uint32_t index) {
  if (!call[index].is_function())
    throw fault("T0410").with_value(call[index]).with_index(static_cast<int>(index) + 1);
}

Value contains(Call& call) {
  if (!call.has(0) || !call.has(1)) return {};
  call.context.charge(call[0].length / 64);
  if (call[1].is_string())
    return Value::boolean(call[0].as_string().find(call[1].as_string()) != std::string_view::npos);
  const Function& matcher = *call[1].function_;
  if (matcher.kind == Function::Kind::regex && call.context.allows_fast_paths()) {
    Regex::Group whole;
    return Value::boolean(Matches(call.context, call[1], call[0], call.frame).next_whole(whole));
  }
  Match match;
  return Value::boolean(Matches(call.context, call[1], call[0], call.frame).next(match));
}

void put(Member& member, std::string_view name, Value value) {
  member = {name.data(), static_cast<std::uint32_t>(name.size()), key_hash(name), value};
}

Value groups_of(Call& call, const Match& match) {
  return call.context.array(match.groups.data(), static_cast<std::uint32_t>(match.groups.size()));
}

Value start_of(std::string_view text, const Match& match) {
  return Value::number(static_cast<double>(utf16_offset(text, match.start)));
}

Value match(Call& call) {
  if (!call.has(0)) return {};
  double limit = limit_of(call, 2, "D3040");
  Sequence found(call.context);
  if (limit > 0) {
    require_matcher(call, 1);
    Matches matches(call.context, call[1], call[0], call.frame);
    Match one;
    for (double n = 0; n < limit && matches.next(one); ++n) {
      auto* members = call.context.arena.take_array<Member>(3);
      put(members[0], "match", Value::string(one.text));
      put(members[1], "index", start_of(call[0].as_string(), one));
      put(members[2], "groups", groups_of(call, one));
      found.push(call.context.object(members, 3));
    }
  }
  return found.sequence();
}

Value match_argument(Call& call, const Match& match) {
  if (match.object.is_object()) return match.object;
  std::string_view text = call[0].as_string();
  auto* members = call.context.arena.take_array<Member>(4);
  put(members[0], "match", Value::string(match.text));
  put(members[1], "start", start_of(text, match));
  put(members[2], "end", Value::number(static_cast<double>(utf16_offset(text, match.end))));
  put(members[3], "groups", groups_of(call, match));
  return call.context.object(members, 4);
}

void append_group(const Match& match, std::size_t number, std::string& out) {
  if (number == 0 || number > match.groups.size()) return;
  Value group = match.groups[number - 1];
  if (group.is_string()) out += group.as_string();
}

/// $0 is the match, $1 ... its groups, $$ a dollar sign; as many digits count as the number of groups has.
void substitute(std::string_view replacement, const Match& match, std::string& out) {
  std::size_t most_digits = 1;
  for (std::size_t n = match.groups.size(); n >= 10; n /= 10) ++most_digits;
  std::size_t at = 0;
  for (std::size_t dollar = replacement.find('$'); dollar != std::string_view::npos;
       dollar = replacement.find('$', at)) {
    out += replacement.substr(at, dollar - at);
    at = dollar + 1;
    char next = at < replacement.size() ? replacement[at] : '\0';
    if (next == '$') {
      out += '$';
      ++at;
      continue;
    }
    if (next == '0') {
      out += match.text;
      ++at;
      continue;
    }
    std::size_t number = 0, digits = 0;
    auto read = [&](std::size_t most) {
      number = digits = 0;
      while (digits < most && at + digits < replacement.size() && replacement[at + digits] >= '0' &&
             replacement[at + digits] <= '9')
        number = number * 10 + static_cast<std::size_t>(replacement[at + digits++] - '0');
    };
    read(most_digits);
    if (most_digits > 1 && number > match.groups.size()) read(most_digits - 1);
    if (digits == 0) {
      out += '$';
      continue;
    }
    append_group(match, number, out);
    at += digits;
  }
  out += replacement.substr(at);
}

std::string replace_text(Call& call, double limit) {
  std::string_view text = call[0].as_string(), pattern = call[1].as_string();
  std::string out;
  std::size_t at = 0;
  double n = 0;
  for (std::size_t found = text.find(pattern); found != std::string_view::npos && n < limit;
       found = text.find(pattern, at), ++n) {
    call.context.charge();
    if (!call[2].is_string()) throw fault("D3012").with_value(call[2]);  // a function knows only patterns
    out += text.substr(at, found - at);
    out += call[2].as_string();
    at = found + pattern.size();
    call.context.check_string(out.size());
  }
  out += text.substr(at);
  return out;
}

/// By a text that says nothing about groups: only where the matches lie matters.
Value replace_by_text(Call& call, double limit) {
  Matches matches(call.context, call[1], call[0], call.frame);
  std::string_view text = call[0].as_string(), replacement = call[2].as_string();
  std::string& out = call.context.scratch;
  out.clear();
  std::size_t at = 0;
  Regex::Group whole;
  for (double n = 0; n < limit && matches.next_whole(whole); ++n) {
    out.append(text, at, whole.start - at);
    out += replacement;
    at = whole.end;
    call.context.check_string(out.size());
  }
  out.append(text, at);
  Value result =
      matches.is_ascii() && call[2].has(flag_ascii) ? call.context.text(out, true) : call.context.text(out);
  out.clear();
  return result;
}

Value replace_matches(Call& call, double limit) {
  require_matcher(call, 1);
  bool by_text = call.context.allows_fast_paths() && call[1].function_->kind == Function::Kind::regex &&
                 call[2].is_string() && call[2].as_string().find('$') == std::string_view::npos;
  if (by_text) return replace_by_text(call, limit);
  std::string_view text = call[0].as_string();
  Matches matches(call.context, call[1], call[0], call.frame);
  Match one;
  std::string out;
  std::size_t at = 0;
  for (double n = 0; n < limit && matches.next(one); ++n) {
    if (one.start > at) out += text.substr(at, one.start - at);
    if (call[2].is_string()) {
      substitute(call[2].as_string(), one, out);
    } else {
      if (!call[2].is_function()) throw fault("T0410").with_value(call[2]).with_index(3);
      Value argument = match_argument(call, one);
      Value replaced = apply(call.context, call[2], &argument, 1, Value::null(), call.frame);
      if (!replaced.is_string()) throw fault("D3012").with_value(replaced);
      out += replaced.as_string();
    }
    at = std::min(one.start + one.text.size(), text.size());
    call.context.check_string(out.size());
  }
  out += text.substr(at);
  return call.context.text(out);
}

Value replace(Call& call) {
  if (!call.has(0)) return {};
  if (call[1].is_string() && call[1].length == 0) throw fault("D3010").with_value(call[1]).with_index(2);
  double limit = limit_of(call, 3, "D3011");
  call.context.charge(call[0].length / 64);
  if (!(limit > 0)) return call[0];
  return call[1].is_string() ? call.context.text(replace_text(call, limit)) : replace_matches(call, limit);
}

/// $split("abc", "") cuts into UTF-16 units, so halves of surrogate pairs can come out.
void split_units(Call& call, double limit, Sequence& parts) {
  std::string_view text = call[0].as_string();
  for (std::size_t at = 0; at < text.size() && parts.size() < limit;) {
    std::size_t start = at;
    std::uint32_t c = next_code_point(text, at);
    if (c < 0x10000) {
      parts.push(Value::string(text.substr(start, at - start)));
      continue;
    }
    for (std::uint32_t unit : {0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF)}) {
      if (parts.size() >= limit) return;
      char bytes[4];
      parts.push(call.context.text({bytes, write_code_point(bytes, unit)}));
    }
  }
}

Value split(Call& call) {
  if (!call.has(0)) return {};
  double limit = limit_of(call, 2, "D3020");
  Sequence parts(call.context);
  std::string_view text = call[0].as_string();
  call.context.charge(text.size() / 16);
  bool ascii = call[0].has(flag_ascii);
  if (!(limit > 0)) return parts.array();
  if (call[1].is_string()) {
    limit = std::floor(limit);
    std::string_view separator = call[1].as_string();
    if (separator.empty()) {
      split_units(call, limit, parts);
      return parts.array();
    }
    for (std::size_t at = 0; parts.size() < limit;) {
      std::size_t found = text.find(separator, at);
      parts.push(Value::string(text.substr(at, found == std::string_view::npos ? found : found - at), ascii));
      if (found == std::string_view::npos) break;
      at = found + separator.size();
    }
    return parts.array();
  }
  require_matcher(call, 1);
  Matches matches(call.context, call[1], call[0], call.frame);
  Match one;
  std::size_t at = 0;
  while (parts.size() < limit && matches.next(one)) {
    parts.push(
        Value::string(text.substr(std::min(at, text.size()), one.start > at ? one.start - at : 0), ascii));
    at = one.end;
  }
  if (parts.size() < limit) parts.push(Value::string(text.substr(std::min(at, text.size())), ascii));
  return parts.array();
}

constexpr Declaration table[] = {
    {"contains", "<s-(sf):b>", contains, 2},
    {"match", "<s-f<s:o>n?:a<o>>", match, 3},
    {"replace", "<s-(sf)(sf)n?:s>", replace, 4},
    {"split", "<s-(sf)n?:a<s>>", split, 3},
};

}  // namespace

Family matching_functions() { return table; }

}  // namespace waggle::jsonata
