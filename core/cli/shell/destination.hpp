// Where a test delivery goes: which address, which connector checks it, with whose secret and which settings.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include <waggle/json.hpp>
#include <waggle/result.hpp>

#include "core/project/project.hpp"

namespace waggle::cli {

struct Destination {
  std::string path;       ///< /hooks/my-shop, /data/12345
  std::string connector;  ///< empty: nobody declared this path
  std::string trigger;
  const project::Connection* connection = nullptr;  ///< in the project; null: none needed
  Json settings;                                    ///< of the flow's `when`
};

/// `what` is a flow's id, or a path that begins with `/`. `trigger` picks one of a flow's several triggers,
/// `order_created` or `woocommerce.order_created`; empty takes the first that deliveries can reach. Errors:
/// invalid (no such flow, not started by deliveries, path with an open :name, no connection).
Result<Destination> find_destination(const project::Project& project, std::string_view what,
                                     std::string_view trigger);

}  // namespace waggle::cli
