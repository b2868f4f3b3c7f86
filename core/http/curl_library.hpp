// libcurl, loaded with the first call that goes out: with the thirty libraries it leans on it takes 4 MB of
// memory and 10 ms of every start, and most commands call nobody. Any thread.
#pragma once

#include <curl/curl.h>

#include <waggle/result.hpp>

namespace waggle::http {

/// The functions of libcurl that are used here, under their names without `curl_`.
struct Curl {
  const char* version;  ///< like 7.88.1
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_reset) easy_reset;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_multi_init) multi_init;
  decltype(&curl_multi_cleanup) multi_cleanup;
  decltype(&curl_multi_setopt) multi_setopt;
  decltype(&curl_multi_assign) multi_assign;
  decltype(&curl_multi_add_handle) multi_add_handle;
  decltype(&curl_multi_remove_handle) multi_remove_handle;
  decltype(&curl_multi_socket_action) multi_socket_action;
  decltype(&curl_multi_info_read) multi_info_read;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
  decltype(&curl_url) url;
  decltype(&curl_url_cleanup) url_cleanup;
  decltype(&curl_url_set) url_set;
  decltype(&curl_url_get) url_get;
  decltype(&curl_url_strerror) url_strerror;
  decltype(&curl_free) free;
};

/// Loads and starts libcurl, unless it is there already; it then stays. Blocks for some 10 ms the first time.
/// Errors: retry (not installed, or too old: what to install).
Result<void> load_curl();

/// Only after load_curl() said that it is there.
const Curl& curl();

}  // namespace waggle::http
