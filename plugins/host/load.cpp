#include "plugins/host/load.hpp"

#include "plugins/host/content_cache.hpp"
#include "plugins/host/contract.hpp"
#include "plugins/host/file_check.hpp"
#include "plugins/host/library.hpp"
#include "plugins/host/loaded_plugin.hpp"
#include "plugins/host/probe.hpp"

namespace waggle::host {

Result<std::shared_ptr<const Plugin>> load_plugin(const std::string& file, const std::string& cache_dir) {
  WAGGLE_TRY(const std::string bytes, read_plugin_file(file));
  WAGGLE_TRY_VOID(check_elf(bytes));
  WAGGLE_TRY(const CachedFile copy, keep_copy(bytes, cache_dir));
  WAGGLE_TRY_VOID(probe(copy.path));  // from here on it has loaded and described itself once, elsewhere
  WAGGLE_TRY(const Library library, Library::open(copy.path));  // until it has described itself
  WAGGLE_TRY(const waggle_plugin* const plugin, enter(library.entry()));
  WAGGLE_TRY(const std::string description, describe(*plugin));
  WAGGLE_TRY(ConnectorSpec spec, read_description(description));
  return make_loaded_plugin(copy.path, {std::move(spec), file, copy.hash});
}

}  // namespace waggle::host
