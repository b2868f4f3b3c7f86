// A shared library and its one symbol. Unloads when destroyed. One thread.
#pragma once

#include <string>
#include <utility>

#define BOOST_DLL_USE_STD_FS  // std::filesystem for its paths; otherwise it would link Boost.Filesystem
#include <boost/dll/shared_library.hpp>

#include <waggle/abi.h>
#include <waggle/result.hpp>

namespace waggle::host {

class Library {
 public:
  /// Errors: bug: it cannot be loaded, or has no waggle_plugin_entry.
  static Result<Library> open(const std::string& path);

  waggle_plugin_entry_fn entry() const { return entry_; }

 private:
  Library(boost::dll::shared_library library, waggle_plugin_entry_fn entry)
      : library_(std::move(library)), entry_(entry) {}

  boost::dll::shared_library library_;
  waggle_plugin_entry_fn entry_;
};

}  // namespace waggle::host
