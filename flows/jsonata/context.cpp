#include "flows/jsonata/context.hpp"

#include <ctime>

#include "flows/jsonata/key_index.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::uint64_t steps_between_clock_reads = 4096;  // about 50 microseconds
constexpr int busy_share = 2;  // a thread that gets less than half of its time is on a busy machine

std::int64_t thread_cpu_ns() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

std::string_view suite_code(const Limits& limits, std::string_view own) {
  return limits.suite_codes ? "U1001" : own;
}

}  // namespace

void Context::use(const Program& running) {
  program = &running;
  fast_ = running.options.allow_fast_paths;
}

void Context::begin() {
  steps_ = 0;
  depth = 0;
  next_check_ = std::min(steps_between_clock_reads, limits.steps);
  started_ = {};
}

void Context::check() {
  if (steps_ >= limits.steps)
    throw fault(suite_code(limits, "W1002"))
        .with_text("the expression needs more than " + std::to_string(limits.steps) +
                   " steps; it may never end");
  next_check_ = std::min(steps_ + steps_between_clock_reads, limits.steps);
  check_time();
}

void Context::check_time() {
  auto now = std::chrono::steady_clock::now();
  if (started_ == std::chrono::steady_clock::time_point{}) {
    // The first check comes a fraction of a millisecond after the start: short evaluations never read a
    // clock.
    started_ = now;
    started_cpu_ns_ = thread_cpu_ns();
    return;
  }
  auto wall = now - started_;
  if (wall < limits.time) return;
  bool cpu_used_up = std::chrono::nanoseconds(thread_cpu_ns() - started_cpu_ns_) >= limits.time / busy_share;
  if (!cpu_used_up && wall < limits.hard_time) return;
  throw fault(suite_code(limits, "D1012"))
      .with_value(Value::number(static_cast<double>(limits.time.count())));
}

void Context::too_deep() const { throw fault(suite_code(limits, "D1011")); }
void Context::too_long(std::size_t bytes) const {
  std::string size = bytes == SIZE_MAX ? "a huge text" : "a text of " + std::to_string(bytes) + " bytes";
  throw fault("W1003").with_text(size + " would be made; the limit is " +
                                 std::to_string(limits.string_bytes));
}
void Context::too_many(std::uint64_t count) const {
  throw fault("D2015").with_value(Value::number(static_cast<double>(count)));
}

Value Context::text(std::string_view text, bool ascii) {
  check_string(text.size());
  return Value::string(arena.copy(text), ascii);
}
Value Context::text(std::string_view s) { return text(s, is_ascii(s)); }

Value Context::array_of(Value item) { return array(&item, 1); }

Value Context::array(const Value* items, std::uint32_t count, std::uint8_t flags) {
  auto* copy = arena.take_array<Value>(count);
  std::uint16_t height = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    copy[i] = items[i];
    height = std::max(height, items[i].height);
  }
  Value result = Value::array(copy, count, flags);
  result.height = static_cast<std::uint16_t>(height + 1);
  if (result.height > max_value_height) throw fault("W1001").with_text("a value is nested too deeply");
  return result;
}

Value Context::object(Member* members, std::uint32_t count) {
  auto* object = arena.make<Object>();
  object->members = members;
  object->count = object->capacity = count;
  std::uint16_t height = 0;
  bool index_like = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    height = std::max(height, members[i].value.height);
    index_like |= members[i].length > 0 && members[i].key[0] >= '0' && members[i].key[0] <= '9';
  }
  if (index_like) sort_members(members, count);
  build_index(*object, arena);
  Value result = Value::object(object);
  result.height = static_cast<std::uint16_t>(height + 1);
  if (result.height > max_value_height) throw fault("W1001").with_text("a value is nested too deeply");
  return result;
}

Value Context::global(std::string_view name) const {
  for (const auto& [key, value] : globals)
    if (key == name) return value;
  return Value::unbound();
}

Value Context::lookup(Symbol symbol, std::string_view name, const Frame* frame) const {
  for (; frame; frame = frame->parent)
    for (std::uint32_t i = 0; i < frame->count; ++i)
      if (frame->bindings[i].symbol == symbol) return frame->bindings[i].value;
  return globals.empty() ? Value::unbound() : global(name);
}

void Context::bind(Frame& frame, Symbol symbol, Value value) {
  for (std::uint32_t i = 0; i < frame.count; ++i) {
    if (frame.bindings[i].symbol == symbol) {
      frame.bindings[i].value = value;
      return;
    }
  }
  if (frame.count == frame.capacity) {
    std::uint32_t capacity = frame.capacity * 2 + 2;
    auto* larger = arena.take_array<Binding>(capacity);
    std::copy(frame.bindings, frame.bindings + frame.count, larger);
    frame.bindings = larger;
    frame.capacity = capacity;
  }
  frame.bindings[frame.count++] = {symbol, value};
}

/// splitmix64 (Steele, Lea, Flood 2014): one addition and a few shifts per number, any seed is good.
std::uint64_t Context::random() {
  std::uint64_t z = seed += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

double Context::random_fraction() { return static_cast<double>(random() >> 11) * 0x1.0p-53; }

void Sequence::grow() {
  context_.check_items(std::uint64_t{count_} + 1);
  std::uint64_t capacity = std::min<std::uint64_t>(std::uint64_t{capacity_} * 4, context_.limits.items);
  capacity = std::max<std::uint64_t>(capacity, count_ + 1);
  context_.charge(count_ / 8);
  auto* larger = context_.arena.take_array<Value>(capacity);
  std::memcpy(static_cast<void*>(larger), data_, count_ * sizeof(Value));
  data_ = larger;
  capacity_ = static_cast<std::uint32_t>(capacity);
}

Value Sequence::array(std::uint8_t flags) {
  const Value* items = count_ > 0 ? data_ : nullptr;
  if (data_ == inline_ && count_ > 0) {
    auto* copy = context_.arena.take_array<Value>(count_);
    std::memcpy(static_cast<void*>(copy), inline_, count_ * sizeof(Value));
    items = copy;
  }
  Value result = Value::array(items, count_, flags);
  if (count_ > 0) result.height = static_cast<std::uint16_t>(height_ + 1);
  if (result.height > max_value_height) throw fault("W1001").with_text("a value is nested too deeply");
  return result;
}

}  // namespace waggle::jsonata
