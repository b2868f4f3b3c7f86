#include "core/http/curl_library.hpp"

#include <dlfcn.h>

#include <atomic>
#include <mutex>
#include <string>
#include <type_traits>

namespace waggle::http {
namespace {

/// Its name since 7.16.0 of 2006 (https://daniel.haxx.se/blog/2024/10/30, read 2026-11).
constexpr const char* library_name = "libcurl.so.4";
/// The first that knows CURLOPT_QUICK_EXIT, without which a slow name blocks a loop; CURLOPT_PROTOCOLS_STR,
/// which keeps calls to http and https, came with 7.85 (https://curl.se/libcurl/c/CURLOPT_QUICK_EXIT.html,
/// read 2026-11).
constexpr unsigned oldest_version = 0x075700;  // 7.87.0

/// Never destroyed: what frees handles may run as late as the process ends.
std::atomic<const Curl*> loaded_curl{nullptr};

Error missing(const std::string& why) {
  return retry("requests cannot be sent, because " + why +
                   "; install libcurl 7.87 or newer (Debian's package libcurl4)",
               {}, "no_libcurl");
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
  Curl curl{};  // each of its members is found below
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

Result<void> load_curl() {
  if (loaded_curl.load(std::memory_order_acquire) != nullptr) return {};
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  if (loaded_curl.load(std::memory_order_relaxed) != nullptr) return {};
  WAGGLE_TRY(const Curl found, load());
  loaded_curl.store(new Curl(found), std::memory_order_release);
  return {};
}

const Curl& curl() { return *loaded_curl.load(std::memory_order_acquire); }

}  // namespace waggle::http
