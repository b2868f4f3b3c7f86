// "Did you mean": the known word that is nearest to a mistyped one. Used by every check of names; pure, any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waggle::flows {

/// The candidate that a typing slip could have turned into `word`; empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean `x`?" or, when nothing is near, "known: a, b, c" (when they are few), or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace waggle::flows
