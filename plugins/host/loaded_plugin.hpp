// A Plugin that runs in this process, loaded when it is first needed: a connector that nobody uses costs no
// memory. Called by load_plugin.
#pragma once

#include <memory>
#include <string>

#include "plugins/host/plugin.hpp"

namespace waggle::host {

struct LoadedFacts {
  ConnectorSpec spec;
  std::string file;
  std::string content_hash;
};

/// `copy`: the file to load, which has been loaded and has described itself before.
std::shared_ptr<const Plugin> make_loaded_plugin(std::string copy, LoadedFacts facts);

}  // namespace waggle::host
