#include "flows/jsonata/json_parse.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "flows/jsonata/json_scalars.hpp"
#include "flows/jsonata/key_index.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::size_t kept_scratch = 4096;  // items a thread keeps room for between two texts

/// Items and members of the containers that are still open; one per thread, so that parsing allocates
/// nothing.
struct Scratch {
  std::vector<Value> items;
  std::vector<Member> members;
};

/// 256 bits that remember which hashes an object has seen; only a hit needs a comparison of names.
struct SeenHashes {
  std::array<std::uint64_t, 4> bits{};
  bool add(std::uint32_t hash) {
    std::uint64_t& word = bits[hash >> 6 & 3];
    std::uint64_t bit = std::uint64_t{1} << (hash & 63);
    bool seen = (word & bit) != 0;
    word |= bit;
    return seen;
  }
};

/// The names of the object that last stood at a place (under a name, or in the array under it). The next one
/// there mostly has the same names in the same order, so these are compared before a name is read.
struct Shape {
  const Member* members = nullptr;
  std::uint32_t count = 0;
};

bool starts_with_digit(const Member& member) {
  return member.length > 0 && member.key[0] >= '0' && member.key[0] <= '9';
}

class Parser : private JsonScalars {
 public:
  Parser(std::string_view text, Arena& arena, const ParseOptions& options, JsonFault& fault, Scratch& scratch)
      : JsonScalars(text, arena, fault), options_(options), items_(scratch.items), members_(scratch.members) {
    items_.clear();
    members_.clear();
  }

  bool parse(Value& out) {
    skip_space();
    if (!value(out, 0, 0)) return false;
    skip_space();
    return at_ == end_ || fail("nothing may follow the value");
  }

 private:
  /// `place`: hash of the name that the value stands under.
  bool value(Value& out, unsigned depth, std::uint32_t place) {
    if (at_ == end_)
      return fail(text_.empty() ? "the text is empty" : "the text ends where a value is expected");
    if (*at_ == '"') return string(out);
    switch (*at_) {
      case '{':
        return object(out, depth, place);
      case '[':
        return array(out, depth, place);
      case 't':
        return word("true", Value::boolean(true), out);
      case 'f':
        return word("false", Value::boolean(false), out);
      case 'n':
        return word("null", Value::null(), out);
      default:
        return number(out);
    }
  }

  bool spaced_value(Value& out, unsigned depth, std::uint32_t place) {
    skip_space();
    return value(out, depth, place);
  }
  bool is_next(char c) const { return at_ < end_ && *at_ == c; }

  bool word(std::string_view name, Value value, Value& out) {
    if (std::string_view(at_, std::min(left(), name.size())) != name)
      return fail("expected true, false or null");
    at_ += name.size();
    out = value;
    return true;
  }

  bool too_deep() { return fail("nested deeper than " + std::to_string(options_.max_depth) + " levels"); }

  bool array(Value& out, unsigned depth, std::uint32_t place) {
    if (depth >= options_.max_depth) return too_deep();
    ++at_;
    std::size_t first = items_.size();
    std::uint16_t height = 0;
    skip_space();
    if (at_ < end_ && *at_ == ']') {
      ++at_;
      out = Value::array(nullptr, 0);
      return true;
    }
    for (;;) {
      Value item;
      if (!value(item, depth + 1, place)) return false;
      height = std::max(height, item.height);
      items_.push_back(item);
      skip_space();
      if (at_ == end_) return fail("the text ends inside an array");
      char c = *at_++;
      if (c == ']') break;
      if (c != ',') return fail("expected , or ] in an array", at_ - 1);
      skip_space();
      if (at_ < end_ && *at_ == ']') return fail("a comma before ] is not allowed");
    }
    std::size_t count = items_.size() - first;
    auto* items = arena_.take_array<Value>(count);
    std::copy(items_.begin() + static_cast<std::ptrdiff_t>(first), items_.end(), items);
    items_.resize(first);
    out = Value::array(items, static_cast<std::uint32_t>(count));
    out.height = height + 1;
    return true;
  }

  /// What is known about the object being read.
  struct Open {
    std::size_t first = 0;     ///< its first member
    Shape expected = {};       ///< names that may come
    std::uint32_t next = 0;    ///< the one that should come now
    std::uint32_t misses = 0;  ///< in a row
    bool all_expected = true;  ///< so far; then no name can stand twice, and `seen` is empty
    bool maybe_duplicate = false;
    bool index_like = false;
    SeenHashes seen = {};
  };

  bool object(Value& out, unsigned depth, std::uint32_t place) {
    if (depth >= options_.max_depth) return too_deep();
    ++at_;
    Shape& shape = shapes_[place % shapes_.size()];
    Open open;
    open.first = members_.size();
    open.expected = shape;
    std::uint16_t height = 0;
    skip_space();
    if (at_ < end_ && *at_ == '}') {
      ++at_;
    } else {
      for (;;) {
        if (at_ == end_) return fail("the text ends inside an object");
        if (*at_ != '"') return fail("expected a name in double quotes");
        Member member;
        if (!expected_name(open, member) && !name(open, member)) return false;
        if (!is_next(':')) skip_space();
        if (!is_next(':')) return fail("expected : behind a name");
        ++at_;
        // Most values are strings, and most texts are written without spaces: both are looked for first.
        if (is_next('"') ? !string(member.value) : !spaced_value(member.value, depth + 1, member.hash))
          return false;
        height = std::max(height, member.value.height);
        members_.push_back(member);
        if (!is_next(',')) skip_space();
        if (at_ == end_) return fail("the text ends inside an object");
        char c = *at_++;
        if (c == '}') break;
        if (c != ',') return fail("expected , or } in an object", at_ - 1);
        if (is_next('"')) continue;
        skip_space();
        if (at_ < end_ && *at_ == '}') return fail("a comma before } is not allowed");
      }
    }
    if (open.maybe_duplicate && !remove_duplicates(open.first)) return false;
    close(out, open, height);
    shape = {out.object_->members, out.object_->count};
    return true;
  }

  /// Takes the name from the object that stood here before, when it is written the same; otherwise reads
  /// nothing.
  bool expected_name(Open& open, Member& member) {
    constexpr std::uint32_t most_misses = 3;  // then it is another kind of object
    if (open.misses >= most_misses || !options_.allow_fast_paths) return false;
    // One name may be left out.
    for (std::uint32_t i = open.next; i < open.expected.count && i < open.next + 2; ++i) {
      const Member& other = open.expected.members[i];
      if (other.length > scan_bytes || left() < scan_bytes + 2) continue;
      // Names with escapes lie outside the text; the bytes of such mean something else.
      if (other.key < text_.data() || other.key >= end_) continue;
      if (at_[1 + other.length] != '"' || !same_bytes(at_ + 1, other.key, other.length)) continue;
      member.key = other.key;
      member.length = other.length;
      member.hash = other.hash;
      at_ += other.length + 2;
      open.index_like |= starts_with_digit(member);
      open.next = i + 1;
      open.misses = 0;
      if (!open.all_expected) note(open, member.hash);
      return true;
    }
    ++open.misses;
    return false;
  }

  bool name(Open& open, Member& member) {
    Value key;
    const char* start = at_ + 1;
    if (!string(key)) return false;
    member.key = key.text_;
    member.length = key.length;
    bool readable =
        key.length <= scan_bytes && key.text_ == start && end_ - start >= static_cast<int>(scan_bytes);
    member.hash = readable ? short_key_hash(start, key.length) : key_hash(key.as_string());
    open.index_like |= starts_with_digit(member);
    if (open.all_expected) {
      open.all_expected = false;
      for (std::size_t i = open.first; i < members_.size(); ++i) open.seen.add(members_[i].hash);
    }
    note(open, member.hash);
    return true;
  }

  void note(Open& open, std::uint32_t hash) {
    if (open.seen.add(hash)) open.maybe_duplicate |= stood_before(open.first, hash);
  }

  /// After a hit among the seen hashes: whether a member of this object really has that hash.
  bool stood_before(std::size_t first, std::uint32_t hash) const {
    if (members_.size() - first > max_scanned_members) return true;
    for (std::size_t i = first; i < members_.size(); ++i)
      if (members_[i].hash == hash) return true;
    return false;
  }

  void close(Value& out, const Open& open, std::uint16_t height) {
    auto count = static_cast<std::uint32_t>(members_.size() - open.first);
    auto* object = arena_.make<Object>();
    object->count = object->capacity = count;
    object->members = arena_.take_array<Member>(count);
    std::copy(members_.begin() + static_cast<std::ptrdiff_t>(open.first), members_.end(), object->members);
    members_.resize(open.first);
    if (open.index_like) sort_members(object->members, count);
    if (count > max_scanned_members) build_index(*object, arena_);
    out = Value::object(object);
    if (count > 0) out.height = height + 1;
  }

  bool remove_duplicates(std::size_t first) {
    Member* members = members_.data() + first;
    auto count = static_cast<std::uint32_t>(members_.size() - first);
    std::uint32_t again = find_duplicate(members, count);
    if (again == count) return true;
    if (!options_.allow_duplicate_keys)
      return fail("the name \"" + std::string(members[again].name()) + "\" stands twice in one object");
    members_.resize(first + drop_duplicates(members, count));
    return true;
  }

  const ParseOptions& options_;
  std::vector<Value>& items_;
  std::vector<Member>& members_;
  std::array<Shape, 32> shapes_{};
};

}  // namespace

bool parse_json(std::string_view text, Arena& arena, const ParseOptions& options, Value& out,
                JsonFault& fault) {
  if (text.size() > UINT32_MAX) {
    fault = {"the text is larger than 4 GB", 0};
    return false;
  }
  thread_local Scratch scratch;
  bool good = Parser(text, arena, options, fault, scratch).parse(out);
  if (scratch.items.capacity() > kept_scratch || scratch.members.capacity() > kept_scratch) scratch = {};
  return good;
}

}  // namespace waggle::jsonata
