#include "flows/vars.hpp"

#include <waggle/json.hpp>

#include "flows/body.hpp"

namespace waggle::flows {
namespace {

/// One flow's own vars laid over the project's, as JSON text; empty when there are none.
Result<std::string> merge(const std::string& project, const std::string& own) {
  if (project.empty() || own.empty()) return project.empty() ? own : project;
  WAGGLE_TRY(Json merged, Json::parse(project));
  WAGGLE_TRY(const Json over, Json::parse(own));
  for (const auto& [name, value] : over.members()) merged.set(name, value);
  return merged.dump();
}

Result<void> add(Vars& vars, const Program& program, const std::string& project_vars) {
  WAGGLE_TRY(std::string merged, merge(project_vars, program.vars));
  if (merged.empty()) return {};
  WAGGLE_TRY(auto parsed, ParsedJson::stored(std::move(merged)));
  vars.emplace(program.flow_id, std::move(parsed));
  return {};
}

}  // namespace

Result<std::shared_ptr<const Vars>> vars_of(const Flow& flow, const std::string& project_vars) {
  auto vars = std::make_shared<Vars>();
  WAGGLE_TRY_VOID(add(*vars, *flow.body().program, project_vars));
  for (const auto& called : flow.body().called) WAGGLE_TRY_VOID(add(*vars, *called, project_vars));
  if (vars->empty()) return std::shared_ptr<const Vars>();
  return std::shared_ptr<const Vars>(std::move(vars));
}

jsonata::Value find_vars(const std::shared_ptr<const Vars>& vars, const std::string& id) {
  if (!vars) return {};
  const auto found = vars->find(id);
  return found == vars->end() ? jsonata::Value() : found->second->root();
}

}  // namespace waggle::flows
