// One HTTP request from the command line, over the same client that the engine uses. Blocks the calling
// thread.
#pragma once

#include <waggle/result.hpp>

#include "core/http/message.hpp"

namespace waggle::cli {

/// Errors: as http::Client's.
Result<http::OutboundResponse> exchange(http::OutboundRequest request);

}  // namespace waggle::cli
