// The JSON parser proper: text into an arena. Used by Document, by $parseJson and by eval_line. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "flows/jsonata/arena.hpp"
#include "flows/jsonata/document.hpp"

namespace waggle::jsonata {

struct JsonFault {
  std::string reason;
  std::size_t offset = 0;
};

/// Parses all of `text`; strings and numbers of the result may point into it. False: see `fault`.
/// Throws Arena::Full beyond the arena's limit.
bool parse_json(std::string_view text, Arena& arena, const ParseOptions& options, Value& out,
                JsonFault& fault);

}  // namespace waggle::jsonata
