// These tests talk to loopback only: a proxy set for the machine would stand in between.
#include <cstdlib>
#include <initializer_list>

namespace {

[[maybe_unused]] const bool cleared = [] {
  for (const char* name :
       {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"})
    unsetenv(name);
  return true;
}();

}  // namespace
