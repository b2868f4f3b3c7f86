#include "core/cli/shell/rehearse.hpp"

#include <utility>

#include "core/clock.hpp"

namespace waggle::cli {
namespace {

/// docs/plugin-abi.md, outcome of an HTTP effect.
host::Message outcome_of(const CannedAnswer& answer) {
  if (answer.error) {
    const Error& error = *answer.error;
    Json head{
        {"error", Json{{"next", to_string(error.next)}, {"message", error.message}, {"code", error.code}}}};
    return {head.dump(), {}};
  }
  Json headers = Json::array();
  for (const auto& [name, value] : answer.headers) headers.push(Json::array({Json(name), Json(value)}));
  return {Json{{"status", answer.status}, {"headers", std::move(headers)}}.dump(), answer.body};
}

}  // namespace

Rehearsed rehearse(const project::Project& project, std::string_view connector, Json head,
                   const Answering& answering) {
  Rehearsed done;
  const auto plugin = find_plugin(project, connector);
  if (!plugin) {
    done.output = plugin.error();
    return done;
  }
  head.set("now_ms", now_ms());
  auto started = (*plugin)->start({head.dump(), ""});
  if (!started) {
    done.output = started.error();
    return done;
  }
  host::Step step = std::move(started->step);
  for (int effects = 0; step.status == host::Status::effect; ++effects) {
    Json wanted = std::move(step.head);
    if (effects == engine::max_effects_per_operation) {
      done.output = bug("the connector " + std::string(connector) + " asked for more than " +
                        std::to_string(effects) + " effects in one operation; it seems to go in circles");
      return done;
    }
    const std::string effect = wanted.text("effect");
    if (effect == "http") {
      Asked& asked = done.requests.emplace_back(Asked{std::move(wanted), std::move(step.message.body), {}});
      asked.answer = answering();
      if (!asked.answer) return done;
      step = started->operation->step(outcome_of(*asked.answer));
    } else if (effect == "sleep") {  // on paper no time passes
      step = started->operation->step({"{}", {}});
    } else {
      done.blocked = true;
      return done;
    }
  }
  if (step.status == host::Status::error) {
    done.output = std::move(step.error);
    return done;
  }
  done.output = Json(step.head.at("output"));
  return done;
}

}  // namespace waggle::cli
