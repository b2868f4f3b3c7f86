#define PCRE2_CODE_UNIT_WIDTH 8
#include "flows/jsonata/regex.hpp"

#include <pcre2.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::uint32_t heap_limit_kilobytes = 16 * 1024;
constexpr std::size_t jit_stack_start = 32 * 1024, jit_stack_most = 512 * 1024;
constexpr std::size_t clocked_subject_bytes =
    16;  // shorter subjects cannot keep a bounded match busy for long
constexpr std::uint64_t steps_per_match = 16;
constexpr std::size_t smallest_stretch = 64, largest_stretch = 1024, counted_stretch = 4;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* p) const {
    release(p);
  }
};
template <class T, auto release>
using Handle = std::unique_ptr<T, Release<release>>;

/// What matching needs besides the pattern; one per thread.
struct Workspace {
  Handle<pcre2_match_context, pcre2_match_context_free> context{pcre2_match_context_create(nullptr)};
  Handle<pcre2_jit_stack, pcre2_jit_stack_free> stack{
      pcre2_jit_stack_create(jit_stack_start, jit_stack_most, nullptr)};
  Handle<pcre2_match_data, pcre2_match_data_free> data{pcre2_match_data_create(32, nullptr)};
  std::uint32_t pairs = 32;
  std::uint32_t match_limit = 0;

  void limit(std::uint32_t steps) {
    if (steps != match_limit) pcre2_set_match_limit(context.get(), match_limit = steps);
  }

  Workspace() {
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
    pcre2_set_heap_limit(context.get(), heap_limit_kilobytes);
  }
  pcre2_match_data* room(std::uint32_t needed) {
    if (needed > pairs) {
      data.reset(pcre2_match_data_create(needed, nullptr));
      pairs = needed;
    }
    return data.get();
  }
};

/// The next byte at or behind `at` that starts a character.
std::size_t character_start(std::string_view text, std::size_t at) {
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return std::min(at, text.size());
}

unsigned count_loops(std::string_view pattern) {
  unsigned loops = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else {
      loops += c == '*' || c == '+' || (c == '{' && pattern.find(',', i) < pattern.find('}', i));
    }
  }
  return loops;
}

/// The JIT compiler counts repeated groups, but not the ways to divide a text between loops such as .*.*:
/// where these could be too many, the interpreter runs, which counts everything.
bool is_cheap(unsigned loops, std::size_t length) {
  constexpr double affordable = 3e6;  // a few milliseconds
  double ways = 1;
  for (unsigned i = 1; i <= loops && ways <= affordable; ++i) ways = ways * static_cast<double>(length) / i;
  return ways <= affordable;
}

std::string error_text(int code) {
  PCRE2_UCHAR buffer[160];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

}  // namespace

Regex::Regex(std::string_view pattern, std::string_view flags) : pattern_(pattern) {
  std::uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
                          PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
  std::string translated = translate_pattern(pattern, flags);
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(), options,
                             &error, &offset, nullptr);
  if (!code) throw fault("W1007").with_text("the regular expression is not valid: " + error_text(error));
  code_ = code;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups_);
  loops_ = count_loops(pattern);
  simple_ = SimplePattern::compile(pattern, flags);
  jit_ = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
}

Regex::~Regex() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

int Regex::match(Context& context, std::string_view subject, std::size_t from, void*& out) const {
  if (subject.size() > context.limits.regex_subject_bytes)
    throw fault("W1004").with_text("a text of " + std::to_string(subject.size()) +
                                   " bytes is too long for a regular expression; the limit is " +
                                   std::to_string(context.limits.regex_subject_bytes));
  context.charge(steps_per_match + subject.size() / 64);
  if (subject.size() >= clocked_subject_bytes) context.check_time();
  thread_local Workspace workspace;
  const auto* code = static_cast<const pcre2_code*>(code_);
  pcre2_match_data* data = workspace.room(groups_ + 1);
  workspace.limit(context.limits.regex_steps);
  const auto* bytes = reinterpret_cast<PCRE2_SPTR>(subject.empty() ? "" : subject.data());
  // PCRE2 bounds the work per place where a match may start. So a long text is searched in stretches with a
  // look at the clock between them; stretches grow as long as they go quickly.
  bool cheap = is_cheap(loops_, subject.size());
  std::size_t stretch = cheap ? smallest_stretch : counted_stretch;
  int found = PCRE2_ERROR_NOMATCH;
  for (;;) {
    bool last = subject.size() - from <= stretch;
    pcre2_set_offset_limit(workspace.context.get(), last ? PCRE2_UNSET : from + stretch);
    found = pcre2_match(code, bytes, subject.size(), from, cheap ? 0 : PCRE2_NO_JIT, data,
                        workspace.context.get());
    if (found == PCRE2_ERROR_JIT_STACKLIMIT)
      found = pcre2_match(code, bytes, subject.size(), from, PCRE2_NO_JIT, data, workspace.context.get());
    if (last || found != PCRE2_ERROR_NOMATCH) break;
    context.check_time();
    from = character_start(subject, from + stretch + 1);
    if (cheap && stretch < largest_stretch) stretch *= 2;
  }
  if (found < 0 && found != PCRE2_ERROR_NOMATCH)
    throw fault("W1004").with_text("the regular expression /" + pattern_ + "/ gave up: " + error_text(found));
  out = data;
  return found;
}

bool Regex::find_whole(Context& context, std::string_view subject, bool ascii, std::size_t from,
                       Group& whole) const {
  constexpr std::size_t characters_per_step = 16;
  bool is_simple =
      simple_ && ascii &&
      subject.size() <= std::min(SimplePattern::longest_subject, context.limits.regex_subject_bytes);
  if (is_simple && context.allows_fast_paths()) {
    SimplePattern::Found found = simple_->find(subject, from);
    context.charge(1 + found.steps / characters_per_step);
    whole = {found.start, found.end};
    return found.matched;
  }
  void* data = nullptr;
  if (match(context, subject, from, data) < 0) return false;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(static_cast<pcre2_match_data*>(data));
  whole = {ends[0], ends[1]};
  return true;
}

bool Regex::find(Context& context, std::string_view subject, std::size_t from,
                 std::vector<Group>& groups) const {
  void* data = nullptr;
  int found = match(context, subject, from, data);
  if (found < 0) return false;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(static_cast<pcre2_match_data*>(data));
  groups.resize(groups_ + 1);
  for (std::uint32_t i = 0; i <= groups_; ++i) {
    bool there = i < static_cast<std::uint32_t>(found) && ends[2 * i] != PCRE2_UNSET;
    groups[i] = there ? Group{ends[2 * i], ends[2 * i + 1]} : Group{};
  }
  return true;
}

std::size_t utf16_offset(std::string_view text, std::size_t bytes) {
  return count_utf16(text.substr(0, bytes));
}

std::size_t byte_offset(std::string_view text, std::size_t utf16) {
  std::size_t at = 0;
  for (std::size_t units = 0; at < text.size() && units < utf16;) {
    unsigned length = code_point_bytes(text[at]);
    units += length == 4 ? 2 : 1;
    at += length;
  }
  return std::min(at, text.size());
}

namespace {

Value match_object(Context& context, const Function& regex, Value subject, std::size_t from) {
  std::vector<Regex::Group> groups;
  std::string_view text = subject.as_string();
  if (from > text.size() || !regex.regex->find(context, text, from, groups)) return {};
  auto part = [&](Regex::Group g) {
    return g.start == Regex::npos
               ? Value()
               : Value::string(text.substr(g.start, g.end - g.start), subject.has(flag_ascii));
  };
  auto* captured = context.arena.take_array<Value>(groups.size());
  for (std::size_t i = 1; i < groups.size(); ++i) captured[i - 1] = part(groups[i]);
  Function next;
  next.kind = Function::Kind::next;
  next.node = regex.node;
  next.regex = regex.regex;
  next.first = subject;
  next.offset = groups[0].end;
  auto* members = context.arena.take_array<Member>(5);
  std::uint32_t count = 0;
  auto add = [&](std::string_view name, Value value) {
    members[count++] = {name.data(), static_cast<std::uint32_t>(name.size()), key_hash(name), value};
  };
  add("match", part(groups[0]));
  add("start", Value::number(static_cast<double>(utf16_offset(text, groups[0].start))));
  add("end", Value::number(static_cast<double>(utf16_offset(text, groups[0].end))));
  add("groups", context.array(captured, static_cast<std::uint32_t>(groups.size() - 1)));
  add("next", make_function(context, next));
  return context.object(members, count);
}

}  // namespace

Value match_once(Context& context, const Function& regex, Value subject, double from_utf16) {
  if (!subject.is_string())
    subject = subject.is_undefined() ? Value::string("undefined", true) : to_string_value(context, subject);
  std::size_t from =
      from_utf16 > 0 ? byte_offset(subject.as_string(), static_cast<std::size_t>(from_utf16)) : 0;
  return match_object(context, regex, subject, from);
}

Value match_next(Context& context, const Function& next) {
  if (next.offset >= next.first.length) return {};
  Value result = match_object(context, next, next.first, next.offset);
  if (result.is_object() && result.find("match").length == 0)
    throw fault("D1004")
        .with_value(Value::string(next.regex->pattern()))
        .at(next.node->start, next.node->end);
  return result;
}

Matches::Matches(Context& context, Value matcher, Value subject, Frame* frame)
    : context_(context),
      matcher_(matcher),
      subject_(subject),
      frame_(frame),
      ascii_(subject.has(flag_ascii) || jsonata::is_ascii(subject.as_string())) {}

bool Matches::next(Match& match) {
  return matcher_.function_->kind == Function::Kind::regex ? next_of_regex(match) : next_of_function(match);
}

void Matches::moved_to(const Regex::Group& whole) {
  const Function& regex = *matcher_.function_;
  if (!first_ && whole.start == whole.end)
    throw fault("D1004")
        .with_value(Value::string(regex.regex->pattern()))
        .at(regex.node->start, regex.node->end);
  first_ = false;
  at_ = whole.end;
}

bool Matches::next_whole(Regex::Group& whole) {
  if (is_over()) return false;
  if (!matcher_.function_->regex->find_whole(context_, subject_.as_string(), ascii_, at_, whole))
    return false;
  moved_to(whole);
  return true;
}

bool Matches::next_of_regex(Match& match) {
  if (is_over()) return false;
  std::string_view text = subject_.as_string();
  if (!matcher_.function_->regex->find(context_, text, at_, groups_)) return false;
  match.start = groups_[0].start;
  match.end = groups_[0].end;
  match.text = text.substr(match.start, match.end - match.start);
  moved_to(groups_[0]);
  match.groups.clear();
  for (std::size_t i = 1; i < groups_.size(); ++i) {
    const Regex::Group& g = groups_[i];
    match.groups.push_back(
        g.start == Regex::npos ? Value() : Value::string(text.substr(g.start, g.end - g.start), ascii_));
  }
  match.object = Value();
  return true;
}

bool Matches::next_of_function(Match& match) {
  Value found;
  if (first_) {
    found = apply(context_, matcher_, &subject_, 1, Value::null(), frame_);
  } else if (pending_.is_function()) {
    found = apply(context_, pending_, nullptr, 0, Value::null(), frame_);
  }
  first_ = false;
  if (found.is_undefined()) return false;
  Value start = found.find("start"), end = found.find("end"), groups = found.find("groups");
  pending_ = found.find("next");
  bool good = start.is_number() || end.is_number() || groups.is_array() || pending_.is_function();
  if (!good) throw fault("T1010");
  auto offset = [&](Value v) {
    return v.is_number() && v.as_number() > 0
               ? byte_offset(subject_.as_string(), static_cast<std::size_t>(v.as_number()))
               : 0;
  };
  Value text = found.find("match");
  match.text = text.is_string() ? text.as_string() : std::string_view();
  match.start = offset(start);
  match.end = offset(end);
  match.groups.clear();
  if (groups.is_array())
    for (std::uint32_t i = 0; i < groups.length; ++i) match.groups.push_back(groups.item(i));
  match.object = found;
  return true;
}

Value evaluate_regex(const Node& node, Context& context, Value, Frame*) {
  Function regex;
  regex.kind = Function::Kind::regex;
  regex.node = &node;
  regex.regex = node.regex;
  return make_function(context, regex);
}

}  // namespace waggle::jsonata
