// Pictures of dates and times, as XPath's fn:format-dateTime has them: "[Y0001]-[M01]-[D01]". Used by
// $fromMillis, $toMillis and the date additions. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flows/jsonata/integer_picture.hpp"

namespace waggle::jsonata {

class Context;

struct DatePicture {
  enum class Names { none, lower, upper, title };
  struct Part {
    std::string literal;  ///< text, when `component` is 0
    char component = 0;   ///< Y M D d F W w X x H h P m s f Z z C E
    std::string presentation;
    char modifier = 0;  ///< o, t, a, c
    Names names = Names::none;
    int width_least = -1, width_most = -1;
    int year_digits = -1;
    std::optional<IntegerPicture> integer;
  };
  std::vector<Part> parts;

  /// Throws Fault D3132, D3135, D3131.
  static DatePicture parse(std::string_view picture);
  /// `ms` since 1970 UTC, shown at `offset_minutes` east of Greenwich. Throws Fault D3133, D3134.
  std::string format(double ms, int offset_minutes) const;
  /// Milliseconds since 1970, or nothing when `text` does not fit. Missing parts come from `now`.
  /// `zone_minutes` is set to the offset the text names, if it does. Throws Fault D3133, D3136.
  std::optional<double> read(Context& context, std::string_view text, double now,
                             std::optional<int>* zone_minutes = nullptr) const;
};

inline constexpr std::string_view iso_picture = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// "2018-02-01T09:42:13.123Z" and its shorter forms. NaN when it is none. `local` is set when no offset was
/// given.
double ms_from_iso(std::string_view text, bool* local = nullptr);

/// "+0100", "-05:30", "Z", or a name of the IANA time zone database; offset at the given time in minutes.
/// Throws Fault W2001 for others.
int offset_of_zone(std::string_view zone, double ms);

}  // namespace waggle::jsonata
