// Context: the state of one evaluation: memory, fuel, depth, clock, seed, variables given from outside. Lives
// inside an Evaluation; every evaluating function gets it. One thread.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "flows/jsonata/evaluation.hpp"
#include "flows/jsonata/fault.hpp"
#include "flows/jsonata/frame.hpp"

namespace waggle::jsonata {

class Context {
 public:
  explicit Context(const Limits& limits) : limits(limits) {}

  /// One step of work; more for loops inside built-in functions. Throws Fault when fuel or time is used up.
  void charge(std::uint64_t steps = 1) {
    steps_ += steps;
    if (steps_ >= next_check_) check();
  }
  void enter() {
    charge();
    if (++depth > limits.depth) too_deep();
  }
  void leave() { --depth; }
  void begin();
  /// Reads the clock now; for work whose length the steps do not show. Throws Fault when time is used up.
  void check_time();
  std::uint64_t steps() const { return steps_; }
  bool allows_fast_paths() const { return fast_; }  ///< of the program that runs; see CompileOptions
  void use(const Program& program);                 ///< before it runs

  /// Values made in the arena.
  Value text(std::string_view text);  ///< copies; checks the length limit
  Value text(std::string_view text, bool ascii);
  Value array_of(Value item);
  Value array(const Value* items, std::uint32_t count, std::uint8_t flags = 0);
  void check_string(std::size_t bytes) const {
    if (bytes > limits.string_bytes) too_long(bytes);
  }
  void check_items(std::uint64_t count) const {
    if (count > limits.items) too_many(count);
  }
  /// Takes the members over; brings them into order. `members` live in the arena.
  Value object(Member* members, std::uint32_t count);

  /// A variable, or Tag::unbound.
  Value lookup(Symbol symbol, std::string_view name, const Frame* frame) const;
  void bind(Frame& frame, Symbol symbol, Value value);
  Value global(std::string_view name) const;

  std::uint64_t random();    ///< 64 bits
  double random_fraction();  ///< 0 <= x < 1, 53 bits

  Arena arena;
  Limits limits;
  std::uint32_t depth = 0;
  Value root;            ///< $$
  std::int64_t now = 0;  ///< milliseconds since 1970
  std::uint64_t seed = 0;
  std::vector<std::pair<std::string, Value>> globals;
  Value tables;
  bool shadows = false;                   ///< a name in `globals` is that of a built-in function
  const Program* program = nullptr;       ///< set by use()
  std::vector<std::string> eval_symbols;  ///< names shared by all texts given to $eval
  std::vector<std::shared_ptr<const Program>> eval_programs;  ///< kept until the results are forgotten

  /// A call in tail position, left to whoever applies the function that made it.
  struct TailCall {
    Value function;
    const Node* node = nullptr;
    const Value* arguments = nullptr;
    std::uint32_t count = 0;
  } tail;

  std::string scratch;  ///< for building text; empty between uses

 private:
  void check();
  [[noreturn]] void too_deep() const;
  [[noreturn]] void too_long(std::size_t bytes) const;
  [[noreturn]] void too_many(std::uint64_t count) const;

  std::uint64_t steps_ = 0;
  std::uint64_t next_check_ = 0;
  bool fast_ = true;
  std::chrono::steady_clock::time_point started_;
  std::int64_t started_cpu_ns_ = 0;
};

/// Collects the items of a sequence; a few of them without touching the arena.
class Sequence {
 public:
  explicit Sequence(Context& context) : context_(context) {}
  Sequence(const Sequence&) = delete;
  Sequence& operator=(const Sequence&) = delete;

  void push(Value v) {
    if (count_ == capacity_) grow();
    if (v.height > height_) height_ = v.height;
    data_[count_++] = v;
  }
  /// Pushes the items of an array, or the value itself.
  void append(Value v) {
    if (v.tag == Tag::array) {
      for (std::uint32_t i = 0; i < v.length; ++i) push(v.items_[i]);
    } else if (v.tag == Tag::range) {
      context_.charge(v.length);
      for (std::uint32_t i = 0; i < v.length; ++i) push(v.item(i));
    } else {
      push(v);
    }
  }
  std::uint32_t size() const { return count_; }
  Value operator[](std::uint32_t i) const { return data_[i]; }
  Value* data() { return data_; }

  /// An array of what was pushed.
  Value array(std::uint8_t flags = 0);
  Value sequence() { return array(flag_sequence); }
  /// Nothing, the item itself, or a sequence.
  Value collapsed() { return count_ == 0 ? Value() : count_ == 1 ? data_[0] : sequence(); }

 private:
  void grow();
  static constexpr std::uint32_t inline_items = 8;

  Context& context_;
  Value* data_ = inline_;
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = inline_items;
  std::uint16_t height_ = 0;
  Value inline_[inline_items];
};

/// The items of an array, or a single value as if it were an array of one.
struct Items {
  Value value;
  explicit Items(Value v) : value(v) {}
  std::uint32_t size() const { return value.is_array() ? value.length : 1; }
  Value operator[](std::uint32_t i) const { return value.is_array() ? value.item(i) : value; }
};

}  // namespace waggle::jsonata
