// `waggle run FLOW --event FILE`: one run here and now, without a server and without a store. With --dry
// nothing is sent: each action is rehearsed, and every request that it would send is printed.
#include <chrono>
#include <deque>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "core/cli/shell/canned_answers.hpp"
#include "core/cli/shell/command.hpp"
#include "core/cli/shell/file_text.hpp"
#include "core/cli/shell/perform.hpp"
#include "core/cli/shell/plugins.hpp"
#include "core/cli/shell/record_view.hpp"
#include "core/cli/shell/rehearse.hpp"
#include "core/cli/shell/show_time.hpp"
#include "core/cli/shell/table.hpp"
#include "core/clock.hpp"
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
  std::string answers_file;
  bool dry = false;
};

class OneRun {
 public:
  OneRun(const Context& context, const project::Project& project, bool dry, CannedAnswers answers)
      : context_(context),
        project_(project),
        dry_(dry),
        redactor_(project.secrets),
        answers_(std::move(answers)) {}

  int go(std::shared_ptr<const flows::Flow> flow, std::string event, std::string meta) {
    auto parsed = flows::ParsedJson::stored(std::move(event));
    auto parsed_meta = flows::ParsedJson::stored(std::move(meta));
    auto vars = flows::vars_of(*flow, project_.settings.vars.dump());
    for (const auto* given : {&parsed, &parsed_meta})
      if (!*given) return context_.refuse(given->error());
    if (!vars) return context_.refuse(vars.error());
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
    if (!record.note.empty()) context_.out() << "    " << redactor_.mask(record.note) << '\n';
    if (!record.output.empty())
      context_.out() << "    " << cut_to(redactor_.mask(record.output), shown_body) << '\n';
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
          Json{{"error", cli::json_of(done.result.error())}, {"exchanges", exchanges}});
      return {done.result.error(), ""};
    }
    std::string output = done.result->head.at("output").dump();
    say(effect, "done: " + cut_to(redactor_.mask(output), shown_body) + text,
        Json{{"output", done.result->head.at("output")}, {"exchanges", exchanges}});
    return {std::nullopt, std::move(output)};
  }

  /// Prints every request that the action would send. Answers come from --answers, else from the action's
  /// sample. When there is neither, nobody knows what follows: the action ends there, and later steps see an
  /// empty object.
  flows::Outcome rehearse(const flows::Effect& effect) {
    const std::vector<std::string> names{effect.key, effect.name, effect.connector + "." + effect.action};
    const auto plugin = find_plugin(project_, effect.connector);
    const auto sample = plugin ? action_sample(**plugin, effect.action) : std::nullopt;
    std::size_t sampled = 0;
    const auto answering = [&]() -> std::optional<CannedAnswer> {
      if (answers_.knows(names)) return answers_.next(names);
      if (sample && sampled < sample->answers.size()) return sample->answers[sampled++];
      return std::nullopt;
    };
    const Rehearsed done = cli::rehearse(project_, effect.connector, act_head(effect), answering);
    std::string text;
    Json requests = Json::array();
    for (const Asked& asked : done.requests) {
      text += (text.empty() ? "would send: " : "\n  then would send: ") + shown(asked);
      requests.push(json_of(asked));
    }
    Json details{{"requests", std::move(requests)}};
    const std::string more = text.empty() ? "" : "\n    ";
    if (!done.output) {
      const bool known = done.blocked && sample && !sample->output.is_null();
      const std::string output = known ? sample->output.dump() : "{}";
      if (done.blocked) {
        text += more + "would do: " + effect.input;
        details.set("input", parsed_or_text(effect.input));
      }
      text += known
                  ? "\n    later steps see the output of the connector's sample: " + output
                  : "\n    what it would be answered is not known here, so later steps see an empty output" +
                        std::string(done.blocked ? "" : "; tell it with --answers FILE");
      details.set("output", parsed_or_text(output));
      details.set("known", false);
      say(effect, text, std::move(details));
      return {std::nullopt, output};
    }
    if (!*done.output) {
      const Error& error = done.output->error();
      text += more + (error.next == Next::retry ? "would fail and be tried again: " : "would fail: ") +
              error.message;
      details.set("error", cli::json_of(error));
      say(effect, text, std::move(details));
      return {error, ""};
    }
    const std::string output = (*done.output)->dump();
    text += more + "gives: " + cut_to(redactor_.mask(output), shown_body);
    details.set("output", parsed_or_text(output));
    say(effect, text, std::move(details));
    return {std::nullopt, output};
  }

  std::string shown(const Asked& asked) const {
    const std::string body = redactor_.mask(asked.body);
    std::string text = asked.head.text("method") + " " + asked.head.text("url");
    if (!body.empty()) text += "\n    " + cut_to(body, shown_body);
    if (asked.answer)
      text += "\n    answered as " + asked.answer->from + " says: " +
              (asked.answer->error ? asked.answer->error->message : std::to_string(asked.answer->status));
    return text;
  }

  Json json_of(const Asked& asked) const {
    Json request{{"method", asked.head.at("method")},
                 {"url", asked.head.at("url")},
                 {"headers", asked.head.at("headers")}};
    request.set("body", parsed_or_text(asked.body));
    if (!asked.answer) return request;
    Json answer{{"from", asked.answer->from}};
    if (asked.answer->error)
      answer.set("error", asked.answer->error->message);
    else
      answer.set("status", asked.answer->status);
    request.set("answer", std::move(answer));
    return request;
  }

  /// Known secrets are masked here and in finish(); who cuts a text masks it before, or half a secret is
  /// left.
  void say(const flows::Effect& effect, const std::string& text, Json details) {
    if (context_.json) {
      Json entry{{"step", effect.key}, {"name", effect.name}};
      for (auto& [key, value] : details.members()) entry.set(key, std::move(value));
      effects_.push(std::move(entry));
      return;
    }
    context_.out() << context_.terminal.styled(Style::cyan, effect.name) << "  " << redactor_.mask(text)
                   << '\n';
  }

  int finish(const flows::Progress& progress) {
    for (const std::string& name : answers_.unused())
      context_.err() << context_.terminal.styled(Style::yellow, "waggle: ")
                     << "no request asked for the answers of " << name
                     << "; steps are named by their `name`, their verb or their key\n";
    const std::string state(flows::to_string(progress.state));
    if (context_.json) {
      Json result{{"state", state}, {"steps", std::move(steps_)}, {"effects", std::move(effects_)}};
      if (progress.error) result.set("error", cli::json_of(*progress.error));
      context_.print(masked(result, redactor_));
    } else {
      const bool good = progress.state != flows::RunState::failed;
      context_.out() << '\n' << context_.terminal.styled(good ? Style::green : Style::red, state);
      if (progress.error) context_.out() << ": " << redactor_.mask(progress.error->message);
      context_.out() << '\n';
    }
    return progress.state == flows::RunState::failed ? exit_problems : exit_ok;
  }

  const Context& context_;
  const project::Project& project_;
  const bool dry_;
  const secrets::Redactor redactor_;
  CannedAnswers answers_;
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
    return context.refuse(invalid(with_hint("there is no flow " + options.flow + " without errors in " +
                                                options.dir + " (`waggle check` says more)",
                                            flows::did_you_mean(options.flow, (*project)->flow_ids()))),
                          exit_usage);
  std::string event = "{}";
  if (!options.event_file.empty()) {
    auto read = read_input(options.event_file, context.terminal.in);
    if (!read) return context.refuse(read.error(), exit_usage);
    if (const auto json = Json::parse(*read); !json)
      return context.refuse(invalid(options.event_file + " is not JSON: " + json.error().message),
                            exit_usage);
    event = typed(**project, *found->second, *std::move(read));
  }
  std::string meta = "{}";
  if (!options.meta_file.empty()) {
    auto read = read_file(options.meta_file);
    if (!read) return context.refuse(read.error(), exit_usage);
    if (const auto json = Json::parse(*read); !json || !json->is_object())
      return context.refuse(
          invalid(options.meta_file + " is not a JSON object" + (json ? "" : ": " + json.error().message)),
          exit_usage);
    meta = *std::move(read);
  }
  CannedAnswers answers;
  if (!options.answers_file.empty()) {
    if (!options.dry)
      return context.refuse(invalid("--answers is for --dry: without it, the apps answer themselves"),
                            exit_usage);
    const auto text = read_file(options.answers_file);
    if (!text) return context.refuse(text.error(), exit_usage);
    auto read = CannedAnswers::read(*text, options.answers_file);
    if (!read) return context.refuse(read.error(), exit_usage);
    answers = *std::move(read);
  }
  return OneRun(context, **project, options.dry, std::move(answers))
      .go(found->second, std::move(event), std::move(meta));
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
  command->add_option("--answers", options->answers_file,
                      "With --dry: YAML or JSON file of what the apps would answer, by step");
  add_dir_option(*command, options->dir);
}

}  // namespace waggle::cli
