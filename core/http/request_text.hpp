// A request as bytes: request line, headers, framing. Used by the client, on its loop.
#pragma once

#include <string>

#include <waggle/result.hpp>

#include "core/http/message.hpp"
#include "core/http/url.hpp"

namespace waggle::http {

/// Everything before the body. With a proxy, a request that is not secure names its whole address, and the
/// proxy is told who we are. Left out of the request's headers are those that frame the message, for they are
/// ours, and Expect: waiting for 100-continue costs a second with servers that do not know it.
/// Errors: invalid (a method or header that cannot be sent).
Result<std::string> request_head(const OutboundRequest& request, const Url& url, const Url* proxy);

/// What asks a proxy for a tunnel to the URL's host (RFC 9110, 9.3.6).
std::string connect_head(const Url& url, const Url& proxy);

}  // namespace waggle::http
