// A plugin that was linked without a library that it needs.
#include <waggle/abi.h>

extern "C" int a_function_that_nobody_has();

extern "C" __attribute__((visibility("default"))) const waggle_plugin* waggle_plugin_entry() {
  return a_function_that_nobody_has() ? nullptr : nullptr;
}
