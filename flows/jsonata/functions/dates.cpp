// Dates: $now, $millis, $toMillis, $fromMillis.
#include <cmath>

#include "flows/jsonata/date_picture.hpp"
#include "flows/jsonata/eval.hpp"

namespace waggle::jsonata {

namespace {

Value format_time(Call& call, double ms, Value picture, Value zone) {
  int offset = zone.is_string() ? offset_of_zone(zone.as_string(), ms) : 0;
  std::string_view text = picture.is_string() ? picture.as_string() : iso_picture;
  call.context.charge(text.size());
  return call.context.text(DatePicture::parse(text).format(ms, offset));
}

Value now(Call& call) { return format_time(call, static_cast<double>(call.context.now), call[0], call[1]); }
Value millis(Call& call) { return Value::number(static_cast<double>(call.context.now)); }

Value from_millis(Call& call) {
  if (!call.has(0)) return {};
  return format_time(call, call[0].as_number(), call[1], call[2]);
}

Value to_millis(Call& call) {
  if (!call.has(0)) return {};
  std::string_view text = call[0].as_string();
  if (!call.has(1)) {
    double ms = ms_from_iso(text);
    if (std::isnan(ms)) throw fault("D3110").with_value(call[0]);
    return Value::number(ms);
  }
  call.context.charge(call[1].length);
  auto ms =
      DatePicture::parse(call[1].as_string()).read(call.context, text, static_cast<double>(call.context.now));
  return ms ? Value::number(*ms) : Value();
}

constexpr Declaration table[] = {
    {"now", "<s?s?:s>", now, 2},
    {"millis", "<:n>", millis, 0},
    {"toMillis", "<s-s?:n>", to_millis, 2},
    {"fromMillis", "<n-s?s?:s>", from_millis, 3},
};

}  // namespace

Family date_functions() { return table; }

}  // namespace waggle::jsonata
