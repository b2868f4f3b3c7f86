// Built-in functions: what a function's declaration looks like and where they are found. One file per family
// in functions/; a family's table is listed in functions/all.cpp. Tables are immutable; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "flows/jsonata/context.hpp"
#include "flows/jsonata/signature.hpp"

namespace waggle::jsonata {

/// What a built-in function gets: validated arguments, undefined where optional ones were left out.
struct Call {
  Context& context;
  const Value* arguments;
  std::uint32_t count;
  Value input;   ///< the context value
  Frame* frame;  ///< of the caller
  const Builtin& self;
  std::uint32_t given;  ///< arguments that were written, before the signature filled any in

  Value operator[](std::uint32_t i) const { return i < count ? arguments[i] : Value(); }
  bool has(std::uint32_t i) const { return i < count && !arguments[i].is_undefined(); }
};

/// An executable sentence of the documentation: tests evaluate every one.
struct Example {
  std::string_view expression;
  std::string_view result;  ///< JSON; empty = undefined; "!D3030" = this error
};

struct Declaration {
  std::string_view name;
  std::string_view signature;
  Value (*run)(Call& call);
  std::uint8_t arity;  ///< how many arguments $map and its kin offer it
  std::string_view summary = {};
  std::span<const Example> examples = {};
  std::string_view extended = {};  ///< the signature when more arguments are given than the standard knows
};

struct Builtin {
  Declaration declaration;
  Signature signature;
  Signature extended;
  Function function;
};

/// The function of that name, or nullptr.
const Builtin* find_builtin(std::string_view name);
std::span<const Builtin> all_builtins();

using Family = std::span<const Declaration>;
Family string_functions();
Family url_functions();
Family matching_functions();
Family number_functions();
Family picture_functions();
Family logic_functions();
Family array_functions();
Family object_functions();
Family higher_order_functions();
Family date_functions();
Family text_addition_functions();
Family collection_addition_functions();
Family format_addition_functions();
Family money_functions();
Family date_addition_functions();
Family digest_functions();

}  // namespace waggle::jsonata
