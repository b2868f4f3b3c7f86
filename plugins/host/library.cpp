#include "plugins/host/library.hpp"

#include <dlfcn.h>

#include <exception>

namespace waggle::host {
namespace {

/// The loader's message without our copy's path in front, which says nothing to a person.
std::string plain(std::string message, const std::string& path) {
  for (std::size_t at = 0; (at = message.find(path, at)) != std::string::npos;)
    message.erase(at, path.size());
  const auto first = message.find_first_not_of(": ");
  return first == std::string::npos ? "" : message.substr(first);
}

}  // namespace

Result<Library> Library::open(const std::string& path) {
  try {
    boost::dll::fs::error_code problem;
    boost::dll::shared_library library;
    // Now, not lazily: a missing symbol must show here. Local: two plugins may define the same names.
    library.load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local, problem);
    if (problem) {
      const char* const why = ::dlerror();
      return bug("it cannot be loaded: " + plain(why ? why : problem.message(), path), "not_loadable");
    }
    if (!library.has("waggle_plugin_entry"))
      return bug(
          "it exports no waggle_plugin_entry; end its source with WAGGLE_PLUGIN_ENTRY(), or it is no plugin",
          "no_entry");
    auto& entry = library.get<const waggle_plugin*()>("waggle_plugin_entry");
    return Library(std::move(library), &entry);
  } catch (const std::exception& failure) {
    return bug("it cannot be loaded: " + plain(failure.what(), path), "not_loadable");
  } catch (...) {
    return bug("it cannot be loaded: it throws something while it loads", "not_loadable");
  }
}

}  // namespace waggle::host
