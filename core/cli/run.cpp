// `waggle run FLOW --event FILE`: one run here and now, without a server and without a store. With --dry
// nothing is sent: each action is started and what it would send first is printed.
#include <chrono>
#include <deque>
#include <ostream>
#include <string>
#include <utility>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/file_text.hpp"
#include "core/cli/shell/perform.hpp"
#include "core/cli/shell/plugins.hpp"
#include "core/cli/shell/record_view.hpp"
#include "core/cli/shell/show_time.hpp"
#include "core/cli/shell/table.hpp"
#include "core/engine/request_words.hpp"
#include "core/engine/run_words.hpp"
#include "core/secrets/redactor.hpp"
#include "core/store/ids.hpp"
#include "flows/run.hpp"
#include "flows/suggest.hpp"
#include "plugins/host/normalise.hpp"

namespace waggle::cli {
namespace {

constexpr std::size_t shown_body = 2'000;  ///< characters of a request's body or an output

struct Options {
  std::string dir = ".";
  std::string flow;
  std::string event_file;
  std::string meta_file;
  bool dry = false;
};

class OneRun {
 public:
  OneRun(const Context& context, const project::Project& project, bool dry)
      : context_(context), project_(project), dry_(dry), redactor_(project.secrets) {}

  int go(std::shared_ptr<const flows::Flow> flow, std::string event, std::string meta) {
    auto parsed = flows::ParsedJson::stored(std::move(event));
    auto parsed_meta = flows::ParsedJson::stored(std::move(meta));
    auto vars = flows::vars_of(*flow, project_.settings.vars.dump());
    for (const auto* given : {&parsed, &parsed_meta, &vars})
      if (!*given) return context_.refuse(given->error());
    flows::RunInput input;
    input.run_id = store::new_id(now_ms());
    input.event = *std::move(parsed);
    input.meta = *std::move(parsed_meta);
    input.vars = *std::move(vars);
    input.started_ms = now_ms();
    input.seed = engine::seed_of(input.run_id);
    run_id_ = input.run_id;
    flows::Run begun = flows::Run::begin(std::move(flow), std::move(input));
    flows::Progress progress = begun.advance();
    for (absorb(progress); !open_.empty(); absorb(progress)) {
      const flows::Effect effect = std::move(open_.front());
      open_.pop_front();
      auto next = begun.resolve(effect.key, perform_effect(effect));
      if (!next) return context_.refuse(next.error());
      progress = *std::move(next);
    }
    return finish(progress);
  }

 private:
  void absorb(flows::Progress& progress) {
    for (const auto& record : progress.records) print(record);
    for (auto& effect : progress.wanted) open_.push_back(std::move(effect));
  }

  void print(const flows::StepRecord& record) {
    if (record.state == flows::StepState::waiting) return;  // its effect says more
    Json step{{"step", record.key},
              {"verb", record.verb},
              {"state", std::string(flows::to_string(record.state))},
              {"line", record.line}};
    if (!record.note.empty()) step.set("note", record.note);
    if (!record.output.empty()) step.set("output", parsed_or_text(record.output));
    if (context_.json) {
      steps_.push(std::move(step));
      return;
    }
    const Style style = record.state == flows::StepState::failed ? Style::red : Style::green;
    context_.out() << context_.terminal.styled(style, flows::to_string(record.state)) << "  "
                   << (record.name.empty() ? record.verb : record.name)
                   << context_.terminal.styled(Style::dim, "  line " + std::to_string(record.line)) << '\n';
    if (!record.note.empty()) context_.out() << "    " << record.note << '\n';
    if (!record.output.empty()) context_.out() << "    " << cut_to(record.output, shown_body) << '\n';
  }

  flows::Outcome perform_effect(const flows::Effect& effect) {
    switch (effect.kind) {
      case flows::EffectKind::action:
        return dry_ ? rehearse(effect) : act(effect);
      case flows::EffectKind::wait:
        say(effect, "not waited for here; a server would go on at " + full_time(effect.until_ms), Json());
        return {std::nullopt, "null"};
      case flows::EffectKind::reply:
        say(effect, "answers the sender: " + effect.input, parsed_or_text(effect.input));
        return {std::nullopt, "null"};
      case flows::EffectKind::unset:
        break;
    }
    return {bug("the flow wants an effect of no kind"), ""};
  }

  Json act_head(const flows::Effect& effect) const {
    Json head{{"operation", "act"},
              {"action", effect.action},
              {"input", parsed_or_text(effect.input)},
              {"idempotency_key", engine::idempotency_key(run_id_, effect.key)},
              {"attempt", 1}};
    const auto connection = project_.connections.find(effect.connection);
    if (connection != project_.connections.end()) {
      head.set("connection", connection->second.settings);
      head.set("connection_name", connection->first);
    }
    return head;
  }

  flows::Outcome act(const flows::Effect& effect) {
    const auto deadline = effect.timeout.count() > 0 ? effect.timeout : project_.settings.action_timeout;
    const Performed done = perform(project_, effect.connector, act_head(effect), "", deadline);
    const auto mask = [this](std::string_view text) { return redactor_.mask(text); };
    const Json exchanges = parsed_or_text(engine::exchanges_json(done.exchanges, mask));
    std::string text;
    for (const Json& exchange : exchanges.items())
      text += "\n    " + exchange.text("method") + " " + exchange.text("url") + " -> " +
              (exchange.contains("error") ? exchange.text("error") : exchange.text("status"));
    if (!done.result) {
      say(effect, "failed: " + done.result.error().message + text,
          Json{{"error", json_of(done.result.error())}, {"exchanges", exchanges}});
      return {done.result.error(), ""};
    }
    std::string output = done.result->head.at("output").dump();
    say(effect, "done: " + cut_to(redactor_.mask(output), shown_body) + text,
        Json{{"output", done.result->head.at("output")}, {"exchanges", exchanges}});
    return {std::nullopt, std::move(output)};
  }

  /// Starts the action and prints what it would do first. What it would be answered nobody knows; so later
  /// steps see an empty object.
  flows::Outcome rehearse(const flows::Effect& effect) {
    const auto intended = intend(project_, effect.connector, act_head(effect));
    if (!intended) {
      say(effect, "would fail: " + intended.error().message, Json{{"error", json_of(intended.error())}});
      return {intended.error(), ""};
    }
    if (intended->effect == "http") {
      const std::string body = redactor_.mask(intended->body);
      const std::string url = redactor_.mask(intended->head.text("url"));
      Json request{{"method", intended->head.at("method")}, {"url", url}};
      Json& headers = request.set("headers", Json::array());
      for (const Json& header : intended->head.at("headers").items())
        headers.push(Json::array({header.at(0), redactor_.mask(header.at(1).to_text())}));
      request.set("body", parsed_or_text(body));
      say(effect,
          "would send: " + intended->head.text("method") + " " + url + "\n    " + cut_to(body, shown_body),
          Json{{"request", std::move(request)}});
    } else {
      say(effect, "would do: " + redactor_.mask(effect.input),
          Json{{"input", parsed_or_text(redactor_.mask(effect.input))}});
    }
    return {std::nullopt, "{}"};
  }

  void say(const flows::Effect& effect, const std::string& text, Json details) {
    if (context_.json) {
      Json entry{{"step", effect.key}, {"name", effect.name}};
      for (auto& [key, value] : details.members()) entry.set(key, std::move(value));
      effects_.push(std::move(entry));
      return;
    }
    context_.out() << context_.terminal.styled(Style::cyan, effect.name) << "  " << text << '\n';
  }

  int finish(const flows::Progress& progress) {
    const std::string state(flows::to_string(progress.state));
    if (context_.json) {
      Json result{{"state", state}, {"steps", std::move(steps_)}, {"effects", std::move(effects_)}};
      if (progress.error) result.set("error", json_of(*progress.error));
      context_.print(result);
    } else {
      const bool good = progress.state != flows::RunState::failed;
      context_.out() << '\n' << context_.terminal.styled(good ? Style::green : Style::red, state);
      if (progress.error) context_.out() << ": " << progress.error->message;
      context_.out() << '\n';
    }
    return progress.state == flows::RunState::failed ? exit_problems : exit_ok;
  }

  const Context& context_;
  const project::Project& project_;
  const bool dry_;
  const secrets::Redactor redactor_;
  std::string run_id_;
  std::deque<flows::Effect> open_;
  Json steps_ = Json::array();
  Json effects_ = Json::array();
};

/// As the engine would hand it to the flow: typed fields of the first trigger that has some are normalised.
std::string typed(const project::Project& project, const flows::Flow& flow, std::string event) {
  for (const auto& trigger : flow.triggers()) {
    const ConnectorSpec* spec = project.connector(trigger.connector);
    const TriggerSpec* declared = spec == nullptr ? nullptr : spec->trigger(trigger.id);
    if (declared != nullptr && !declared->payload.empty())
      return host::normalise_payload(event, declared->payload);
  }
  return event;
}

int run(const Context& context, const Options& options) {
  const auto project = open_project(context, options.dir);
  if (!project) return context.refuse(project.error(), exit_usage);
  const auto found = (*project)->flows.find(options.flow);
  if (found == (*project)->flows.end())
    return context.refuse(
        invalid("there is no flow " + options.flow + " without errors in " + options.dir + "; " +
                flows::did_you_mean(options.flow, (*project)->flow_ids()) + " `waggle check` says more"),
        exit_usage);
  std::string event = "{}";
  if (!options.event_file.empty()) {
    auto read = read_input(options.event_file, context.terminal.in);
    if (!read) return context.refuse(read.error(), exit_usage);
    event = typed(**project, *found->second, *std::move(read));
  }
  std::string meta = "{}";
  if (!options.meta_file.empty()) {
    auto read = read_file(options.meta_file);
    if (!read) return context.refuse(read.error(), exit_usage);
    meta = *std::move(read);
  }
  return OneRun(context, **project, options.dry).go(found->second, std::move(event), std::move(meta));
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "run", "Run a flow once, here; --dry sends nothing",
                                  group_try, [options, &context] { return run(context, *options); });
  command->add_option("flow", options->flow, "The flow's id")->required();
  command->add_option("--event", options->event_file, "JSON file with the event; - is standard input");
  command->add_option("--meta", options->meta_file, "JSON file with what expressions see as `meta`");
  command->add_flag("--dry", options->dry, "Print what would be sent instead of sending it");
  add_dir_option(*command, options->dir);
}

}  // namespace waggle::cli
