// The tree of a compiled expression. The parser builds it, `process` gives it paths, ancestors and tail
// calls, `resolve` chooses the function that evaluates each node. Immutable afterwards, except for cache
// hints; shared by threads.
// Longer than most headers: the kinds of node are one list, and are read together.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "flows/jsonata/arena.hpp"
#include "flows/jsonata/expression.hpp"
#include "flows/jsonata/value.hpp"

namespace waggle::jsonata {

class Context;
class Regex;
struct Builtin;
struct Frame;
struct Node;
struct Signature;

/// A variable's name or an ancestor's label, numbered within one Program.
using Symbol = std::uint32_t;
inline constexpr Symbol no_symbol = UINT32_MAX;

enum class Kind : std::uint8_t {
  // what evaluation sees
  path,
  binary,
  negate,
  array,
  object,
  name,
  string,
  number,
  value,
  wildcard,
  descendant,
  parent,
  condition,
  block,
  bind,
  regex,
  call,
  partial,
  placeholder,
  variable,
  lambda,
  apply,
  transform,
  sort,
  // only between parser and `process`
  dot,
  filter,
  group,
  order,
  focus,
  index,
  assign,
  keyword,
  end,
  error
};

enum class Op : std::uint8_t {
  none,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  concat,
  range,
  in,
  logical_and,
  logical_or
};

std::string_view op_text(Op op);
std::string_view kind_word(Kind kind);

/// Which ancestor a `%` means; several may be satisfied by one step and then share its label.
struct Slot {
  Symbol label;
  int level;
};

/// What follows a step: a predicate, or (in tuple paths) binding an index.
struct Stage {
  Node* filter = nullptr;
  Symbol index = no_symbol;
};

using EvaluateFn = Value (*)(const Node& node, Context& context, Value input, Frame* frame);

/// A name that is looked up anew each time.
inline constexpr std::uint32_t no_hint = UINT32_MAX;

struct Node {
  EvaluateFn evaluate = nullptr;
  Kind kind = Kind::error;
  Op op = Op::none;
  bool keep_array = false;      ///< `[]` stood behind it
  bool keep_singleton = false;  ///< path: some step has keep_array
  bool cons_array = false;      ///< array constructor at the first or last place of a path
  bool tuple = false;
  bool thunk = false;                ///< a call in tail position
  bool descending = false;           ///< sort term
  bool captures = false;             ///< lambda, block: a closure made inside may outlive its frame
  bool plain = false;                ///< no predicates, group or keep_array: the result needs no wrapping up
  std::uint32_t start = 0, end = 0;  ///< byte offsets of its token
  std::string_view text = {};        ///< name, operator or variable as written
  Value literal = {};                ///< string, number, value
  std::uint32_t hash = 0;            ///< of `text` when it is a name
  mutable std::atomic<std::uint32_t> hint{0};  ///< name: where the member was last time, or no_hint
  Symbol symbol = no_symbol;                   ///< variable, bind
  Symbol focus = no_symbol, index = no_symbol;
  Node* lhs = nullptr;            ///< also: condition, procedure, pattern, body
  Node* rhs = nullptr;            ///< also: then, update
  Node* third = nullptr;          ///< else, delete
  std::uint16_t height = 0;       ///< levels of the tree below
  std::vector<Node*> items = {};  ///< steps, items, arguments, statements, parameters, sort terms
  std::vector<std::pair<Node*, Node*>> pairs = {};  ///< object constructor and group-by
  std::vector<Stage> predicates = {};               ///< on a node that is no step
  std::vector<Stage> stages = {};                   ///< on a step
  Node* group = nullptr;                            ///< its `pairs` are the group-by
  Slot* slot = nullptr;                             ///< parent
  Slot* ancestor = nullptr;                         ///< step: bind the input under this label
  std::vector<Slot*> seeking = {};                  ///< only while processing
  std::vector<Symbol> bound = {};  ///< lambda: parameters; block, lambda: names set directly inside
  const Signature* signature = nullptr;
  const Regex* regex = nullptr;
  const Builtin* builtin = nullptr;  ///< variable, call: the function it names unless somebody bound the name
  const void* plan = nullptr;        ///< data of a fast path, see fast.hpp
  EvaluateFn general = nullptr;      ///< what a fast path declines to

  Node() = default;
  Node(const Node& other);
  Node& operator=(const Node&) = delete;
};

/// Everything a compiled expression owns.
struct Program {
  std::string source;
  CompileOptions options;
  std::deque<Node> nodes;
  std::deque<Slot> slots;
  std::vector<std::string> symbols;
  Arena texts;  ///< string literals
  std::vector<std::unique_ptr<Signature>> signatures;
  std::vector<std::unique_ptr<Regex>> regexes;
  std::vector<std::shared_ptr<const void>> plans;
  std::vector<FreeName> free_names, free_variables;
  std::unordered_set<Symbol> bound;  ///< every name that is set somewhere
  Node* root = nullptr;

  Program();
  ~Program();
  Symbol intern(std::string_view name);
  /// For ancestors, which have no name that could be written.
  Symbol fresh_symbol();
  Node* make(Kind kind, std::uint32_t start, std::uint32_t end, std::string_view text);
  Node* clone(const Node* node);
};

}  // namespace waggle::jsonata
