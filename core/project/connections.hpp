// connections.yaml -> connections. Used by load_project; any thread.
//
//   my-shop: { connector: woocommerce, webhook_secret: "${env.SHOP_SECRET}" }
#pragma once

#include <map>
#include <string>

#include "core/project/project.hpp"

namespace waggle::project {

struct ReadConnections {
  std::map<std::string, Connection, std::less<>> connections;  ///< those without errors
  std::map<std::string, std::string, std::less<>>
      connectors;  ///< of all that are named, broken ones too: so flows do not fail for them
  flows::Problems problems;
  bool usable = true;  ///< false: the file as a whole cannot be read
};

ReadConnections read_connections(const std::string& dir, const flows::Catalog& catalog);

}  // namespace waggle::project
