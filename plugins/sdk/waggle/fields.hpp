// Builders of a declaration's fields: text("channel").describe("Channel id.").required().example("C024BE91L")
// A field is optional unless it says .required(). Any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <waggle/spec.hpp>

namespace waggle {

/// A Field in the making; turns into a Field wherever one is wanted.
class FieldDeclaration {
 public:
  FieldDeclaration(FieldType type, std::string name) : field_{.name = std::move(name), .type = type} {}

  FieldDeclaration& describe(std::string help) { return put(field_.help, std::move(help)); }
  FieldDeclaration& required() { return put(field_.required, true); }
  FieldDeclaration& fallback(Json value) {
    return put(field_.fallback, std::move(value));
  }  ///< default value
  FieldDeclaration& example(Json value) { return put(field_.example, std::move(value)); }
  FieldDeclaration& choices(std::vector<std::string> words) { return put(field_.choices, std::move(words)); }
  FieldDeclaration& fields(std::vector<Field> fields) { return put(field_.fields, std::move(fields)); }

  operator Field() const& { return field_; }         // NOLINT: implicit on purpose
  operator Field() && { return std::move(field_); }  // NOLINT: implicit on purpose

 private:
  template <class T>
  FieldDeclaration& put(T& slot, T value) {
    slot = std::move(value);
    return *this;
  }

  Field field_;
};

inline FieldDeclaration text(std::string name) { return {FieldType::text, std::move(name)}; }
inline FieldDeclaration secret(std::string name) { return {FieldType::secret, std::move(name)}; }
inline FieldDeclaration integer(std::string name) { return {FieldType::integer, std::move(name)}; }
inline FieldDeclaration decimal(std::string name) { return {FieldType::decimal, std::move(name)}; }
inline FieldDeclaration boolean(std::string name) { return {FieldType::boolean, std::move(name)}; }
inline FieldDeclaration datetime(std::string name) { return {FieldType::datetime, std::move(name)}; }
inline FieldDeclaration date(std::string name) { return {FieldType::date, std::move(name)}; }
inline FieldDeclaration duration(std::string name) { return {FieldType::duration, std::move(name)}; }
inline FieldDeclaration url(std::string name) { return {FieldType::url, std::move(name)}; }
/// A file or folder. As a setting of a connection or trigger it reaches the plugin as an absolute path.
inline FieldDeclaration path(std::string name) { return {FieldType::path, std::move(name)}; }
inline FieldDeclaration any(std::string name) { return {FieldType::any, std::move(name)}; }

/// choice("colour", {"red", "green"})
inline FieldDeclaration choice(std::string name, std::vector<std::string> words) {
  return FieldDeclaration(FieldType::choice, std::move(name)).choices(std::move(words));
}
/// object("address", {text("street"), text("city")}); without fields: any object
inline FieldDeclaration object(std::string name, std::vector<Field> fields = {}) {
  return FieldDeclaration(FieldType::object, std::move(name)).fields(std::move(fields));
}
/// list("tags", text("")); list("postings", object("", {text("account"), decimal("amount")})); without: items
/// of any kind
inline FieldDeclaration list(std::string name) { return {FieldType::list, std::move(name)}; }
inline FieldDeclaration list(std::string name, Field item) {
  return FieldDeclaration(FieldType::list, std::move(name)).fields({std::move(item)});
}

}  // namespace waggle
