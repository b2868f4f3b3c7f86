// Rounding decimal numbers. Pure functions, any thread.
#pragma once

namespace waggle::jsonata {

/// $round(): to `places` decimals (negative: tens, hundreds), halves to the even digit, on the shortest
/// decimal text.
double round_half_even(double value, double places);
/// The same, but halves away from zero, as shops and tax offices do.
double round_half_up(double value, double places);

}  // namespace waggle::jsonata
