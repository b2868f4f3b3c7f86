// See authorities.hpp.
#include "core/http/authorities.hpp"

#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace waggle::http {
namespace {

std::string setting(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

}  // namespace

Result<std::string> trusted_authorities() {
  namespace fs = std::filesystem;
  const std::string file = setting(X509_get_default_cert_file_env(), X509_get_default_cert_file());
  const std::string folders = setting(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) return file;
  for (std::size_t begin = 0; begin <= folders.size();) {  // one or several, by colons
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string folder = folders.substr(begin, end - begin);
    if (fs::is_directory(folder, ignored) && !fs::is_empty(folder, ignored)) return folder;
    begin = end + 1;
  }
  return retry("calls to https addresses will fail, because there is no list of certificate authorities in " +
                   file + " or " + folders + "; install Debian's package ca-certificates",
               {}, "no_authorities");
}

std::string tls_version() {
  const std::string text = OpenSSL_version(OPENSSL_VERSION);  // with its date behind
  return text.substr(0, text.find(' ', text.find(' ') + 1));
}

}  // namespace waggle::http
