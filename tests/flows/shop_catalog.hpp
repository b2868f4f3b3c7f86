// A Catalog for tests: the connectors of a small shop, declared here, with two shops' connections.
#pragma once

#include <map>
#include <string>

#include "flows/flow.hpp"

namespace waggle::flows::testing {

class ShopCatalog final : public Catalog {
 public:
  ShopCatalog();

  const ConnectorSpec* connector(std::string_view id) const override;
  std::vector<std::string> connector_ids() const override;
  std::string connection_connector(std::string_view connection) const override;
  std::vector<std::string> connections_of(std::string_view connector) const override;
  std::optional<std::string> flow_text(std::string_view id) const override;
  std::vector<std::string> flow_ids() const override;

  std::map<std::string, std::string, std::less<>> flows;        ///< id -> YAML
  std::map<std::string, std::string, std::less<>> connections;  ///< name -> connector

 private:
  std::map<std::string, ConnectorSpec, std::less<>> connectors_;
};

}  // namespace waggle::flows::testing
