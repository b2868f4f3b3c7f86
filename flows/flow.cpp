#include "flows/flow.hpp"

#include "flows/body.hpp"
#include "flows/work.hpp"

namespace waggle::flows {

Flow::Flow(std::string id, std::shared_ptr<const Body> body) : id_(std::move(id)), body_(std::move(body)) {}

const std::string& Flow::id() const { return id_; }
const std::string& Flow::description() const { return body_->description; }
const std::string& Flow::version() const { return body_->version; }
const std::string& Flow::bundle() const { return body_->bundle; }
const std::vector<Trigger>& Flow::triggers() const { return body_->triggers; }
const std::optional<Dedupe>& Flow::dedupe() const { return body_->dedupe; }
bool Flow::enabled() const { return body_->enabled; }

}  // namespace waggle::flows
