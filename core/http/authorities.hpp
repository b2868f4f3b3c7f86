// Whom outbound TLS trusts: this machine's list of certificate authorities. Any thread.
#pragma once

#include <string>

#include <waggle/result.hpp>

namespace waggle::http {

/// Where the list is: a file, or a folder with one file for each. OpenSSL's own, on Debian /etc/ssl/certs, or
/// what SSL_CERT_FILE and SSL_CERT_DIR name (SSL_CTX_set_default_verify_paths(3), read 2026-11).
/// Errors: retry (there is none: what to install).
Result<std::string> trusted_authorities();

/// Like `OpenSSL 3.0.19`.
std::string tls_version();

}  // namespace waggle::http
