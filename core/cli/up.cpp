// `waggle up`: the server. Runs until Ctrl-C or `kill`, then finishes what is under way and stops; nothing
// accepted is lost either way.
#include <charconv>
#include <memory>
#include <ostream>
#include <string>

#include "core/api/api.hpp"
#include "core/cli/shell/command.hpp"
#include "core/cli/shell/plugins.hpp"
#include "core/cli/shell/record_view.hpp"
#include "core/cli/shell/running_server.hpp"
#include "core/cli/shell/sqlite_version.hpp"
#include "core/cli/shell/stop_signals.hpp"
#include "core/engine/engine.hpp"
#include "core/observe/log.hpp"
#include "plugins/host/registry.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string dir = ".";
  std::string listen;
  std::string data;
  std::string log = "text";
};

/// ADDR:PORT, [v6]:PORT, :PORT or PORT.
Result<void> read_listen(const std::string& text, engine::EngineOptions& options) {
  const auto colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  std::string address = colon == std::string::npos ? "" : text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size())
    return invalid("--listen wants ADDRESS:PORT, like 127.0.0.1:8080 (port 0 takes a free one), and got " +
                   text);
  if (!address.empty()) options.address = address;
  options.port = number;
  return {};
}

/// `url`: where the outside world reaches the server.
std::string start_of(const flows::Flow& flow, const project::Project& project, const std::string& url) {
  std::string text;
  for (std::size_t i = 0; i < flow.triggers().size(); ++i) {
    const flows::Trigger& trigger = flow.triggers()[i];
    std::string one = trigger_name(trigger.connector, trigger.id);
    const ConnectorSpec* spec = project.connector(trigger.connector);
    const TriggerSpec* declared = spec == nullptr ? nullptr : spec->trigger(trigger.id);
    if (declared != nullptr && declared->delivery == Delivery::path)
      one += " at " + url + trigger.settings.text("path");
    text += (text.empty() ? "" : ", ") + one;
  }
  return text;
}

void print_started(const Context& context, const engine::Engine& engine, const std::string& url) {
  const auto snapshot = engine.snapshot();
  const project::Project& project = snapshot->project();
  if (context.json) {
    Json flows = Json::array();
    for (const auto& [id, flow] : project.flows) flows.push(id);
    context.print(Json{{"listening", url},
                       {"data", engine.data_dir()},
                       {"flows", std::move(flows)},
                       {"problems", project.problems.size()}});
    context.out().flush();
    return;
  }
  const Terminal& terminal = context.terminal;
  const std::string& outside = project.settings.public_url.empty() ? url : project.settings.public_url;
  context.out() << terminal.styled(Style::bold, "Waggle " WAGGLE_VERSION) << " at "
                << terminal.styled(Style::cyan, url) << "  data in " << engine.data_dir() << '\n';
  for (const auto& [name, connection] : project.connections)
    if (const ConnectorSpec* spec = project.connector(connection.connector); spec != nullptr)
      for (const auto& trigger : spec->triggers)
        if (trigger.delivery == Delivery::hook) {
          context.out() << "  connection " << name << " listens at " << outside << "/hooks/" << name << '\n';
          break;
        }
  for (const auto& [id, flow] : project.flows)
    context.out() << "  flow " << id << ": " << start_of(*flow, project, outside)
                  << (flow->enabled() ? "" : "  (not enabled)") << '\n';
  // Each is in the log already, which a person sees on the same screen.
  if (const std::size_t count = project.problems.size(); count > 0)
    context.out() << "  " << count << (count == 1 ? " problem" : " problems")
                  << ", in the log and by `waggle check`\n";
  context.out().flush();
}

int up(const Context& context, const Options& options) {
  const StopSignals signals;
  engine::EngineOptions wanted;
  wanted.project_dir = options.dir;
  wanted.bundled_plugins = bundled_plugins();
  if (!options.data.empty()) wanted.data_dir = options.data;
  if (!options.listen.empty())
    if (const auto read = read_listen(options.listen, wanted); !read)
      return context.refuse(read.error(), exit_usage);

  observe::LogOptions log_options;
  log_options.format = observe::format_for_stderr(options.log == "json");
  observe::Log log(log_options);
  auto engine = engine::Engine::open(std::move(wanted), log);
  if (!engine) return context.refuse(engine.error());
  if (sqlite_has_reset_bug())
    log.warning("SQLite " + sqlite_version_note());
  else
    log.info("SQLite " + sqlite_version_note());
  (*engine)->world().metrics.build(WAGGLE_VERSION).set(1);
  auto opened = api::Api::open(**engine);
  if (!opened) return context.refuse(opened.error());
  // Shared with the front door, which asks it until the engine has stopped, however this function ends. It
  // refers to the engine, whose front door it goes with.
  const std::shared_ptr<api::Api> api = std::move(*opened);
  const auto listening =
      (*engine)->listen([api](std::size_t loop, http::Request request, http::Respond respond) {
        api->handle(loop, std::move(request), std::move(respond));
      });
  if (!listening) return context.refuse(listening.error());
  const auto note = ServerNote::leave(**engine);
  if (!note) return context.refuse(note.error());

  if (context.on_serving) context.on_serving();
  print_started(context, **engine, url_of((*engine)->address(), (*engine)->port()));
  signals.wait();
  if (!context.json)
    context.out() << "Stopping: what is under way finishes first (Ctrl-C again ends it now)\n" << std::flush;
  signals.let_the_next_one_kill();
  (*engine)->stop();
  return exit_ok;
}

}  // namespace

void add_up(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "up", "Start the server of a project", group_project,
                                  [options, &context] { return up(context, *options); });
  command->add_option("dir", options->dir, "Project folder")
      ->capture_default_str()
      ->check(CLI::ExistingDirectory);
  command->add_option("--listen", options->listen,
                      "ADDRESS:PORT instead of waggle.yaml's; port 0 takes a free one and prints it");
  command->add_option("--data", options->data, "Data folder instead of waggle.yaml's");
  command->add_option("--log", options->log, "How log lines on standard error look")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

}  // namespace waggle::cli
