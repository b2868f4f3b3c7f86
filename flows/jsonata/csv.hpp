// Comma-separated values (RFC 4180) to Values and back. One thread, one Context.
#pragma once

#include <string_view>

#include "flows/jsonata/context.hpp"

namespace waggle::jsonata {

struct CsvOptions {
  char separator = ',';
  bool header = true;           ///< the first row names the columns
  bool guard_formulas = false;  ///< put ' before cells that start with = + - @ and are no numbers
};

/// Throws Fault W2002 for a quote that is never closed.
Value parse_csv(Context& context, std::string_view text, const CsvOptions& options);
/// Rows are objects (columns in order of first appearance) or arrays.
Value write_csv(Context& context, Value rows, const CsvOptions& options);

}  // namespace waggle::jsonata
