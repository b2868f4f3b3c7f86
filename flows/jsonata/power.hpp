// $power: x to the power of y, bit for bit as the reference's engine gives it. Pure, any thread.
#pragma once

namespace waggle::jsonata {

/// As Math.pow of V8 11 (node 20), whose last digit may be one off: 10 to the 290th is 9.999999999999999e289.
double power_of(double x, double y);

}  // namespace waggle::jsonata
