// Members: builds an object whose names are not known to be different. One thread, one Context.
#pragma once

#include <string_view>
#include <unordered_map>

#include "flows/jsonata/context.hpp"

namespace waggle::jsonata {

class Members {
 public:
  explicit Members(Context& context) : context_(context) {}

  /// Adds a member, or replaces the value of the one with that name. `name` must outlive the object.
  void set(std::string_view name, std::uint32_t hash, Value value);
  void set(std::string_view name, Value value) { set(name, key_hash(name), value); }
  const Value* find(std::string_view name) const;
  std::uint32_t size() const { return count_; }
  /// The object; call once, at the end.
  Value object() { return context_.object(members_, count_); }

 private:
  std::uint32_t position(std::string_view name, std::uint32_t hash) const;

  Context& context_;
  Member* members_ = nullptr;
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = 0;
  std::unordered_map<std::string_view, std::uint32_t> index_;  ///< only above a few members
};

}  // namespace waggle::jsonata
