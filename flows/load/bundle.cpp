#include "flows/load/bundle.hpp"

#include <waggle/json.hpp>

#include "flows/flow.hpp"

namespace waggle::flows {
namespace {

/// The catalog of today with the flows of the bundle's day.
class BundleCatalog final : public Catalog {
 public:
  BundleCatalog(const Json& texts, const Catalog& today) : texts_(texts), today_(today) {}

  const ConnectorSpec* connector(std::string_view id) const override { return today_.connector(id); }
  std::vector<std::string> connector_ids() const override { return today_.connector_ids(); }
  std::string connection_connector(std::string_view connection) const override {
    return today_.connection_connector(connection);
  }
  std::vector<std::string> connections_of(std::string_view connector) const override {
    return today_.connections_of(connector);
  }
  std::optional<std::string> flow_text(std::string_view id) const override {
    const Json* text = texts_.find(id);
    return text ? std::optional(text->as_string()) : std::nullopt;
  }
  std::vector<std::string> flow_ids() const override {
    std::vector<std::string> ids;
    for (const auto& [id, text] : texts_.members()) ids.push_back(id);
    return ids;
  }

 private:
  const Json& texts_;
  const Catalog& today_;
};

}  // namespace

std::string write_bundle(const std::map<std::string, std::string>& texts) {
  Json bundle = Json::object();
  for (const auto& [id, text] : texts) bundle.set(id, text);
  return bundle.dump();
}

Loaded load_bundle(std::string_view id, std::string_view bundle, const Catalog& catalog) {
  auto broken = [&](std::string message) {
    Problem problem{
        {"flows/" + std::string(id) + ".yaml", 0, 0}, Severity::error, "bad_bundle", std::move(message), ""};
    return Loaded{nullptr, {std::move(problem)}};
  };
  Result<Json> texts = Json::parse(bundle);
  if (!texts.ok()) return broken("the stored version of this flow cannot be read: " + texts.error().message);
  const Json* text = texts->find(id);
  if (!text) return broken("the stored version does not hold this flow");
  return load_flow(id, "flows/" + std::string(id) + ".yaml", text->as_string(),
                   BundleCatalog(*texts, catalog));
}

}  // namespace waggle::flows
