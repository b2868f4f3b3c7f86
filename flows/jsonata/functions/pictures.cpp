// Numbers by pictures: $formatNumber, $formatInteger, $parseInteger.
#include <cmath>

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/integer_picture.hpp"
#include "flows/jsonata/number_picture.hpp"

namespace waggle::jsonata {

namespace {

Value require_picture(const Call& call) {
  if (!call[1].is_string()) throw fault("T0410").with_value(call[1]).with_index(2);
  return call[1];
}

Value format_number(Call& call) {
  if (!call.has(0)) return {};
  Value picture = require_picture(call);
  call.context.charge(picture.length);
  return call.context.text(format_by_picture(call[0].as_number(), picture.as_string(), call[2]));
}

Value format_integer(Call& call) {
  if (!call.has(0)) return {};
  Value picture = require_picture(call);
  call.context.charge(picture.length);
  return call.context.text(
      IntegerPicture::parse(picture.as_string()).format(std::floor(call[0].as_number())));
}

Value parse_integer(Call& call) {
  if (!call.has(0)) return {};
  Value picture = require_picture(call);
  call.context.charge(picture.length + call[0].length);
  return Value::number(IntegerPicture::parse(picture.as_string()).read(call[0].as_string()));
}

constexpr Declaration table[] = {
    {"formatNumber", "<n-so?:s>", format_number, 3},
    {"formatInteger", "<n-s:s>", format_integer, 2},
    {"parseInteger", "<s-s:n>", parse_integer, 2},
};

}  // namespace

Family picture_functions() { return table; }

}  // namespace waggle::jsonata
