// Flow versions by their hash, for runs that began with an older one: the version in force, one met before,
// or rebuilt from what the store kept. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <waggle/result.hpp>

#include "core/engine/snapshot.hpp"
#include "core/store/store.hpp"

namespace waggle::engine {

class FlowVersions {
 public:
  void remember(const std::shared_ptr<const flows::Flow>& flow);
  /// Errors: failed (the store does not have it), invalid (it cannot be built with the connectors that are
  /// there now).
  Result<std::shared_ptr<const flows::Flow>> get(const std::string& flow, const std::string& version,
                                                 const Snapshot& snapshot, store::Reader& reader);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const flows::Flow>, std::less<>> known_;
};

}  // namespace waggle::engine
