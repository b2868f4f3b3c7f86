#include "flows/jsonata/signature.hpp"

#include "flows/jsonata/context.hpp"
#include "flows/jsonata/fault.hpp"

namespace waggle::jsonata {

namespace {

constexpr std::string_view symbols = "snbloafm";
constexpr std::uint16_t any_json = 0b10111111;  // without f
constexpr std::uint16_t anything = 0b11111111;

std::uint16_t bit(char symbol) {
  std::size_t i = symbols.find(symbol);
  return i == std::string_view::npos ? 0 : static_cast<std::uint16_t>(1u << i);
}

std::size_t closing(std::string_view text, std::size_t open, char opening_sign, char closing_sign) {
  int depth = 1;
  std::size_t at = open;
  while (at < text.size()) {
    ++at;
    char c = at < text.size() ? text[at] : '\0';
    if (c == closing_sign && --depth == 0) break;
    if (c == opening_sign) ++depth;
  }
  return at;
}

std::string_view plural(std::string_view subtype) {
  if (subtype == "a") return "arrays";
  if (subtype == "b") return "booleans";
  if (subtype == "f") return "functions";
  if (subtype == "n") return "numbers";
  if (subtype == "o") return "objects";
  if (subtype == "s") return "strings";
  return "values of one type";
}

/// Matches parameters against the types as the reference's regular expression does, greedily with
/// backtracking.
struct Matcher {
  const std::vector<Signature::Parameter>& parameters;
  std::string_view types;
  std::uint8_t* taken;  ///< arguments per parameter

  bool match(std::size_t p, std::size_t at) {
    if (p == parameters.size()) return at == types.size();
    const auto& parameter = parameters[p];
    std::size_t longest = 0;
    std::size_t most = parameter.many ? types.size() - at : 1;
    while (longest < most && at + longest < types.size() && (bit(types[at + longest]) & parameter.accepts))
      ++longest;
    std::size_t least = parameter.optional ? 0 : 1;
    if (parameter.lazy) {
      for (std::size_t n = least; n <= longest; ++n)
        if (take(p, at, n)) return true;
      return false;
    }
    for (std::size_t n = longest + 1; n-- > least;)
      if (take(p, at, n)) return true;
    return false;
  }
  bool take(std::size_t p, std::size_t at, std::size_t n) {
    taken[p] = static_cast<std::uint8_t>(n);
    return match(p + 1, at + n);
  }
};

/// Finds the first argument that does not fit, for the message.
std::uint32_t first_misfit(const std::vector<Signature::Parameter>& parameters, std::string_view types) {
  std::uint32_t good = 0;
  for (std::size_t n = 1; n <= parameters.size(); ++n) {
    std::vector<Signature::Parameter> some(parameters.begin(),
                                           parameters.begin() + static_cast<std::ptrdiff_t>(n));
    std::vector<std::uint8_t> taken(n);
    bool found = false;
    for (std::size_t length = types.size() + 1; length-- > 0 && !found;) {
      if (Matcher{some, types.substr(0, length), taken.data()}.match(0, 0)) {
        good = static_cast<std::uint32_t>(length);
        found = true;
      }
    }
    if (!found) return good;
  }
  return good;
}

Value as_argument_array(const Signature::Parameter& parameter, Value argument, char symbol,
                        std::uint32_t matched, std::uint32_t index, Context& context) {
  if (symbol == 'm') return {};
  bool good = true;
  if (!parameter.subtype.empty()) {
    if (symbol != 'a') {
      good = matched == 1 && parameter.subtype.size() == 1 && parameter.subtype[0] == symbol;
    } else if (argument.length > 0 && argument.tag == Tag::range) {
      good = parameter.subtype[0] == 'n';
    } else if (argument.length > 0) {
      char wanted = parameter.subtype[0];
      for (std::uint32_t i = 0; i < argument.length && good; ++i)
        good = type_symbol(argument.items_[i]) == wanted;
    }
  }
  if (!good) {
    Fault f = fault("T0412").with_value(argument).with_index(static_cast<int>(index) + 1);
    f.type = plural(parameter.subtype);
    throw f;
  }
  return symbol == 'a' ? argument : context.array_of(argument);
}

}  // namespace

char type_symbol(Value value) {
  switch (value.tag) {
    case Tag::string:
      return 's';
    case Tag::number:
      return 'n';
    case Tag::boolean:
      return 'b';
    case Tag::null:
      return 'l';
    case Tag::array:
    case Tag::range:
      return 'a';
    case Tag::object:
      return 'o';
    case Tag::function:
      return 'f';
    default:
      return 'm';
  }
}

Signature Signature::parse(std::string_view text) {
  Signature signature;
  auto& parameters = signature.parameters;
  for (std::size_t at = 1; at < text.size() && text[at] != ':'; ++at) {
    char c = text[at];
    Parameter* last = parameters.empty() ? nullptr : &parameters.back();
    switch (c) {
      case 's':
      case 'n':
      case 'b':
      case 'l':
      case 'o':
        parameters.push_back({c, static_cast<std::uint16_t>(bit(c) | bit('m'))});
        break;
      case 'f':
        parameters.push_back({c, bit('f')});
        break;
      case 'j':
        parameters.push_back({c, any_json});
        break;
      case 'a':
      case 'x':
        parameters.push_back({c, anything});
        break;
      case '-':
        if (!last) break;
        last->context = true;
        last->context_accepts = last->accepts;
        last->lazy = last->optional;
        last->optional = true;
        break;
      case '?':
        if (!last) break;
        last->lazy = last->optional;
        last->optional = true;
        break;
      case '+':
        if (last) last->many = true;
        break;
      case '(': {
        std::size_t close = closing(text, at, '(', ')');
        std::string_view choice = text.substr(at + 1, close - at - 1);
        if (choice.find('<') != std::string_view::npos)
          throw fault("S0402")
              .with_value(Value::string(choice))
              .at(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at));
        std::uint16_t accepts = bit('m');
        for (char type : choice) accepts |= bit(type);
        parameters.push_back({'(', accepts});
        at = close;
        break;
      }
      case '<': {
        if (!last || (last->type != 'a' && last->type != 'f'))
          throw fault("S0401")
              .with_value(last ? Value::string({&last->type, 1}) : Value())
              .at(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at));
        std::size_t close = closing(text, at, '<', '>');
        last->subtype = text.substr(at + 1, close - at - 1);
        at = close;
        break;
      }
      default:
        break;
    }
  }
  return signature;
}

namespace {
/// By Tag: what a value counts as in `accepts`; undefined and internal tags never fit at once.
constexpr std::uint16_t bit_of_tag[] = {0, 8, 4, 2, 1, 32, 32, 16, 64, 0, 0};
}  // namespace

bool Signature::fits(const Value* arguments, std::uint32_t count) const {
  if (count > parameters.size()) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Parameter& p = parameters[i];
    std::uint16_t type = bit_of_tag[static_cast<std::size_t>(arguments[i].tag)];
    if (!(type & p.accepts) || p.many) return false;
    if (p.type != 'a') continue;
    if (!arguments[i].is_array()) return false;
    if (p.subtype.empty()) continue;
    if (arguments[i].tag == Tag::range || p.subtype.size() != 1) return false;
    std::uint16_t wanted = bit(p.subtype[0]);
    for (std::uint32_t k = 0; k < arguments[i].length; ++k)
      if (!(bit_of_tag[static_cast<std::size_t>(arguments[i].items_[k].tag)] & wanted)) return false;
  }
  // Optional arguments at the end may be missing, unless the context stands in for them.
  for (std::uint32_t i = count; i < parameters.size(); ++i)
    if (!parameters[i].optional || parameters[i].context) return false;
  return true;
}

std::uint32_t Signature::validate(const Value* arguments, std::uint32_t count, Value input, Context& context,
                                  Value* out, std::uint32_t capacity) const {
  char types[max_arguments];
  std::uint8_t taken[max_arguments];
  if (count > max_arguments || parameters.size() > max_arguments)
    throw fault("T0410").with_index(static_cast<int>(max_arguments));
  for (std::uint32_t i = 0; i < count; ++i) types[i] = type_symbol(arguments[i]);
  std::string_view given(types, count);
  if (!Matcher{parameters, given, taken}.match(0, 0)) {
    std::uint32_t bad = first_misfit(parameters, given);
    throw fault("T0410")
        .with_value(bad < count ? arguments[bad] : Value())
        .with_index(static_cast<int>(bad) + 1);
  }
  std::uint32_t from = 0, made = 0;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Parameter& parameter = parameters[p];
    if (made + taken[p] >= capacity) throw fault("T0410").with_index(static_cast<int>(capacity));
    if (taken[p] == 0) {
      if (parameter.context) {
        if (!(bit(type_symbol(input)) & parameter.context_accepts))
          throw fault("T0411").with_value(input).with_index(static_cast<int>(from) + 1);
        out[made++] = input;
      } else {
        out[made++] = from < count ? arguments[from] : Value();
        ++from;
      }
      continue;
    }
    for (std::uint8_t i = 0; i < taken[p]; ++i, ++from) {
      Value argument = arguments[from];
      out[made++] = parameter.type == 'a'
                        ? as_argument_array(parameter, argument, types[from], taken[p], from, context)
                        : argument;
    }
  }
  return made;
}

}  // namespace waggle::jsonata
