#include "core/cli/shell/perform.hpp"

#include <functional>
#include <future>
#include <memory>

#include "core/clock.hpp"
#include "core/http/client.hpp"
#include "core/http/loops.hpp"
#include "core/secrets/redactor.hpp"
#include "plugins/host/registry.hpp"

namespace waggle::cli {

Result<std::shared_ptr<const host::Plugin>> find_plugin(const project::Project& project,
                                                        std::string_view connector) {
  auto plugin = project.registry ? project.registry->find(connector) : nullptr;
  if (!plugin)
    return invalid("there is no connector " + std::string(connector) +
                       "; `waggle connectors` lists those that are loaded",
                   "unknown_connector");
  return plugin;
}

Performed perform(const project::Project& project, std::string_view connector, Json head, std::string body,
                  std::chrono::milliseconds deadline) {
  auto plugin = find_plugin(project, connector);
  if (!plugin) return {plugin.error(), {}};
  head.set("now_ms", now_ms());

  const auto redactor = std::make_shared<const secrets::Redactor>(project.secrets);
  const std::function<std::shared_ptr<const secrets::Redactor>()> secrets = [&] { return redactor; };
  const auto loops = http::Loops::start(1, 1);
  http::Loop& loop = loops->at(0);
  std::unique_ptr<http::Client> client;  // lives and dies on the loop
  std::promise<engine::Driven> driven;
  loop.post([&] {
    client = std::make_unique<http::Client>(loop);
    engine::drive({loop, *loops, *client, secrets}, *plugin, {head.dump(), std::move(body)}, deadline,
                  [&](engine::Driven result) { driven.set_value(std::move(result)); });
  });
  engine::Driven done = driven.get_future().get();
  std::promise<void> closed;
  loop.post([&] {
    client.reset();
    closed.set_value();
  });
  closed.get_future().wait();
  loops->stop();

  return {std::move(done.result), std::move(done.exchanges)};
}

}  // namespace waggle::cli
