// A Plugin that runs in this process. Called by load_plugin.
#pragma once

#include <memory>
#include <string>

#include <waggle/abi.h>

#include "plugins/host/library.hpp"
#include "plugins/host/plugin.hpp"

namespace waggle::host {

struct LoadedFacts {
  ConnectorSpec spec;
  std::string file;
  std::string content_hash;
};

/// `plugin` is what `library`'s entry returned, checked.
std::shared_ptr<const Plugin> make_loaded_plugin(Library library, const waggle_plugin& plugin,
                                                 LoadedFacts facts);

}  // namespace waggle::host
