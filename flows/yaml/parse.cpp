#include "flows/yaml/parse.hpp"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_set>

#include "flows/yaml/hints.hpp"

namespace waggle::flows::yaml {
namespace {

/// Ends yaml-cpp's work from inside its callbacks; never leaves this file.
struct Refused {
  Problem problem;
};

bool is_number(std::string_view text) { return Json::number(text).is_number(); }

Kind kind_of_plain(std::string_view text) {
  static const std::unordered_set<std::string_view> nulls{"", "~", "null", "Null", "NULL"};
  static const std::unordered_set<std::string_view> booleans{"true",  "True",  "TRUE",
                                                             "false", "False", "FALSE"};
  if (nulls.count(text)) return Kind::null;
  if (booleans.count(text)) return Kind::boolean;
  return is_number(text) ? Kind::number : Kind::text;
}

/// Builds the tree from yaml-cpp's events; refuses what the subset leaves out.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const Source& source) : source_(source) {}

  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(make(mark, Kind::null));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "yaml_unsupported", "aliases (`*name`) are not supported",
           "write the value out, or put an expression that begins with `*` into quotes");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    bool quoted = tag == "!";
    if (!quoted) refuse_tag(mark, tag);
    Node node = make(mark, quoted ? Kind::text : kind_of_plain(value));
    if (quoted) node.style = style_at(node.offset);
    if (quoted && node.style == Style::plain) refuse_tag(mark, "!");
    node.text = value;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, Kind::list);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, Kind::mapping);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Open {
    Node node;
    bool has_key = false;
    Node key;
    std::unordered_set<std::string> keys;
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string code, std::string message,
                           std::string hint = {}) {
    throw Refused{{source_.place(static_cast<std::size_t>(std::max(mark.pos, 0))), Severity::error,
                   std::move(code), std::move(message), std::move(hint)}};
  }
  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      refuse(mark, "yaml_unsupported", "anchors (`&name`) are not supported",
             "write the value out where it is needed, or put an expression that begins with `&` into quotes");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?") return;
    refuse(mark, "yaml_unsupported", "tags are not supported, and `" + tag.substr(0, 60) + "` is one",
           "put a value that begins with `!` into quotes");
  }
  Style style_at(std::size_t offset) const {
    char first = offset < source_.text().size() ? source_.text()[offset] : '\0';
    return first == '\''  ? Style::single_quoted
           : first == '"' ? Style::double_quoted
           : first == '|' ? Style::literal
           : first == '>' ? Style::folded
                          : Style::plain;
  }
  Node make(const YAML::Mark& mark, Kind kind) {
    if (++count_ > max_nodes)
      refuse(mark, "too_big", "the file has more than " + std::to_string(max_nodes) + " values");
    Node node;
    node.kind = kind;
    node.offset = static_cast<std::size_t>(std::max(mark.pos, 0));
    Position place = source_.place(node.offset);
    node.line = place.line;
    node.column = place.column;
    return node;
  }
  void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag == "!" ? "!" : tag);
    if (open_.size() >= static_cast<std::size_t>(max_depth))
      refuse(mark, "too_big", "values are nested more than " + std::to_string(max_depth) + " deep");
    if (!open_.empty() && open_.back().node.is_mapping() && !open_.back().has_key)
      refuse(mark, "yaml_unsupported", "a key must be a plain name",
             "put it into quotes when it is meant to be text");
    open_.emplace_back();
    open_.back().node = make(mark, kind);
    open_.back().node.style = Style::collection;
  }
  void end() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }
  void add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      take_key(parent, std::move(node));
    } else {
      if (node.is_null() && node.text.empty()) stand_at(node, parent.key);
      parent.node.entries.push_back({std::move(parent.key), std::move(node)});
      parent.has_key = false;
    }
  }
  /// An empty value has no place of its own: yaml-cpp gives that of whatever comes next.
  static void stand_at(Node& node, const Node& key) {
    node.line = key.line;
    node.column = key.column;
    node.offset = key.offset;
  }
  void take_key(Open& parent, Node key) {
    YAML::Mark mark;
    mark.pos = static_cast<int>(key.offset);
    if (key.text == "<<" && key.style == Style::plain)
      refuse(mark, "yaml_unsupported", "merge keys (`<<`) are not supported", "write the values out");
    if (!parent.keys.insert(key.text).second)
      refuse(mark, "duplicate_key", "the key `" + key.text.substr(0, 60) + "` stands here twice",
             "remove one of them");
    parent.key = std::move(key);
    parent.has_key = true;
  }

  const Source& source_;
  std::vector<Open> open_;
  Node root_;
  std::size_t count_ = 0;
};

Problem problem_at(const Source& source, std::size_t offset, std::string code, std::string message,
                   std::string hint = {}) {
  return {source.place(offset), Severity::error, std::move(code), std::move(message), std::move(hint)};
}

/// First byte that is not UTF-8, or npos.
std::size_t invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = detail::utf8_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

/// First byte that YAML does not allow (control characters), or npos.
std::size_t forbidden_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) return i;
  }
  return std::string_view::npos;
}

/// Errors of the bytes themselves, before YAML is looked at.
bool check_bytes(std::string_view text, const Source& source, Problems& problems) {
  if (text.size() > max_file_bytes) {
    problems.push_back({{source.file(), 0, 0},
                        Severity::error,
                        "too_big",
                        "the file is larger than " + std::to_string(max_file_bytes >> 10) + " KiB",
                        "split it"});
  } else if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
             (text.size() > 1 && (text[0] == '\0' || text[1] == '\0'))) {
    problems.push_back(problem_at(source, 0, "yaml_syntax", "the file is not UTF-8 (it looks like UTF-16)",
                                  "save it as UTF-8"));
  } else if (std::size_t bad = invalid_utf8(text); bad != std::string_view::npos) {
    problems.push_back(problem_at(source, bad, "yaml_syntax", "the file is not UTF-8", "save it as UTF-8"));
  } else if (std::size_t odd = forbidden_byte(text); odd != std::string_view::npos) {
    problems.push_back(problem_at(source, odd, "yaml_syntax", "there is a control character here",
                                  "remove it; inside double quotes it may be written as \\x.."));
  }
  return problems.empty();
}

/// The scalar that stands last in the file; the node itself when there is none.
const Node& last_scalar(const Node& node) {
  if (!node.items.empty()) return last_scalar(node.items.back());
  if (node.entries.empty()) return node;
  const Entry& entry = node.entries.back();
  bool no_value = entry.value.is_null() && entry.value.text.empty();
  return no_value ? entry.key : last_scalar(entry.value);
}

/// yaml-cpp 0.7 takes a quote that is never closed: its text then ends with the file.
void check_end(const Source& source, Parsed& parsed) {
  const Node& last = last_scalar(parsed.root);
  bool quoted = last.style == Style::single_quoted || last.style == Style::double_quoted;
  if (quoted && source.quoted_end(last) == std::string::npos)
    parsed.problems.push_back(problem_at(source, last.offset, "yaml_syntax", "this quote is never closed"));
}

void read_documents(const Source& source, Parsed& parsed) {
  std::istringstream stream{std::string(source.text())};
  YAML::Parser parser(stream);
  TreeBuilder builder(source);
  if (!parser.HandleNextDocument(builder)) return;
  parsed.root = builder.take_root();
  TreeBuilder second(source);
  bool more = parser.HandleNextDocument(second);
  if (!more) check_end(source, parsed);
  if (more)
    parsed.problems.push_back(problem_at(source, second.take_root().offset, "yaml_unsupported",
                                         "the file holds more than one document",
                                         "one file is one document: split it"));
}

Problem syntax_problem(const Source& source, const YAML::Exception& e) {
  auto offset = static_cast<std::size_t>(std::max(e.mark.pos, 0));
  std::string hint = hint_for_line(source.line(source.place(offset).line));
  return problem_at(source, offset, "yaml_syntax", "this is not valid YAML: " + e.msg, std::move(hint));
}

}  // namespace

Parsed parse(std::string_view text, std::string_view file) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);  // a byte order mark, written by some Windows editors
  Parsed parsed;
  auto source = std::make_shared<Source>(std::string(file), text.substr(0, max_file_bytes + 1));
  parsed.source = source;
  if (!check_bytes(text, *source, parsed.problems)) return parsed;
  try {
    read_documents(*source, parsed);
  } catch (const Refused& refused) {
    parsed.problems.push_back(refused.problem);
  } catch (const YAML::Exception& e) {
    parsed.problems.push_back(syntax_problem(*source, e));
  } catch (const std::exception& e) {
    parsed.problems.push_back(
        problem_at(*source, 0, "yaml_syntax", std::string("this is not valid YAML: ") + e.what()));
  }
  return parsed;
}

}  // namespace waggle::flows::yaml
