// Frame: the values of a flow's names (`event`, `meta`, what `as` gave ...) where a run stands. Each branch
// that works beside others has a Frame of its own, so that no branch sees what another one does meanwhile.
// Owns no values; one thread at a time.
#pragma once

#include <vector>

#include "flows/body.hpp"

namespace waggle::flows {

class Frame {
 public:
  explicit Frame(const Program& program) : members_(program.members) { point(); }
  Frame(const Frame& other) : members_(other.members_) { point(); }
  Frame& operator=(const Frame&) = delete;

  jsonata::Value get(std::size_t slot) const { return members_[slot].value; }
  void set(std::size_t slot, jsonata::Value value) { members_[slot].value = value; }
  std::size_t size() const { return members_.size(); }
  jsonata::Value find(std::string_view name) const { return root().find(name); }
  /// The object that expressions see.
  jsonata::Value root() const { return jsonata::Value::object(&object_); }

 private:
  void point() {
    object_.members = members_.data();
    object_.count = object_.capacity = static_cast<std::uint32_t>(members_.size());
  }

  std::vector<jsonata::Member> members_;
  mutable jsonata::Object object_;  // never changed by reading; Value::object wants it without const
};

}  // namespace waggle::flows
