#include "core/http/curl_library.hpp"

#include <dlfcn.h>

#include <string>

namespace waggle::http {
namespace {

/// Its name since 2006 (https://curl.se/libcurl/abi.html, read 2026-11).
constexpr const char* library_name = "libcurl.so.4";
/// The first that knows CURLOPT_PROTOCOLS_STR, without which nothing would keep calls to http and https.
constexpr unsigned oldest_version = 0x075500;  // 7.85.0

Error missing(const std::string& why) {
  return failed("requests cannot be sent, because " + why +
                    "; install libcurl 7.85 or newer (Debian's package libcurl4)",
                "no_libcurl");
}

Result<Curl> load() {
  void* const library =
      dlopen(library_name, RTLD_LAZY | RTLD_LOCAL);  // never closed: its threads may outlive us
  if (library == nullptr) return missing(dlerror());
  const char* lacks = nullptr;
  const auto find = [&](auto& function, const char* name) {
    void* const symbol = dlsym(library, name);
    if (symbol == nullptr) lacks = name;
    function = reinterpret_cast<std::decay_t<decltype(function)>>(symbol);
  };
  Curl curl{};
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_version_info) version_info = nullptr;
  find(global_init, "curl_global_init");
  find(version_info, "curl_version_info");
  find(curl.easy_init, "curl_easy_init");
  find(curl.easy_cleanup, "curl_easy_cleanup");
  find(curl.easy_reset, "curl_easy_reset");
  find(curl.easy_setopt, "curl_easy_setopt");
  find(curl.easy_getinfo, "curl_easy_getinfo");
  find(curl.easy_strerror, "curl_easy_strerror");
  find(curl.multi_init, "curl_multi_init");
  find(curl.multi_cleanup, "curl_multi_cleanup");
  find(curl.multi_setopt, "curl_multi_setopt");
  find(curl.multi_assign, "curl_multi_assign");
  find(curl.multi_add_handle, "curl_multi_add_handle");
  find(curl.multi_remove_handle, "curl_multi_remove_handle");
  find(curl.multi_socket_action, "curl_multi_socket_action");
  find(curl.multi_info_read, "curl_multi_info_read");
  find(curl.slist_append, "curl_slist_append");
  find(curl.slist_free_all, "curl_slist_free_all");
  find(curl.url, "curl_url");
  find(curl.url_cleanup, "curl_url_cleanup");
  find(curl.url_set, "curl_url_set");
  find(curl.url_get, "curl_url_get");
  find(curl.url_strerror, "curl_url_strerror");
  find(curl.free, "curl_free");
  if (lacks != nullptr) return missing(std::string(library_name) + " has no " + lacks);
  const curl_version_info_data* const version = version_info(CURLVERSION_NOW);
  curl.version = version->version;
  if (version->version_num < oldest_version)
    return missing(std::string(library_name) + " is version " + version->version);
  if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return missing(std::string(library_name) + " does not start");
  return curl;
}

}  // namespace

const Result<Curl>& load_curl() {
  static const Result<Curl> loaded = load();
  return loaded;
}

const Curl& curl() { return load_curl().value(); }

}  // namespace waggle::http
