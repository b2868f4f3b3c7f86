// `waggle catch`: a request bin. Prints whatever is sent to it and answers 200; on Slack's paths it answers
// as Slack does, so that a flow can be tried without an account.
#include <chrono>
#include <fstream>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>

#include <waggle/encoding.hpp>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/file_text.hpp"
#include "core/cli/shell/stop_signals.hpp"
#include "core/http/loops.hpp"
#include "core/http/server.hpp"

namespace waggle::cli {
namespace {

struct Options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string out_file;
  std::string answer_file;
  int status = 200;
  int delay_ms = 0;
};

/// The posted fields, whether they came as JSON or as a form.
Json fields_of(const http::Request& request) {
  if (http::header(request.headers, "content-type").find("form-urlencoded") != std::string_view::npos) {
    Json fields = Json::object();
    for (const auto& [name, value] : parse_form(request.body)) fields.set(name, value);
    return fields;
  }
  auto parsed = Json::parse(request.body);
  return parsed ? *std::move(parsed) : Json();
}

/// A message's `ts` is its id in its channel: seconds, a dot, six digits that count.
std::string next_timestamp() {
  static std::uint64_t count = 0;  // callers hold the bin's lock
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string digits = std::to_string(++count);
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count()) + "." +
         std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

/// Source: https://docs.slack.dev/reference/methods/chat.postMessage, .../auth.test and
/// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (read 2026-11)
http::Reply slack_reply(const http::Request& request) {
  if (request.path.starts_with("/services/")) return http::Reply::text(200, "ok");
  Json body{{"ok", true}};
  if (request.path == "/api/auth.test") {
    body.set("team", "waggle catch");
    body.set("user", "waggle");
  } else {
    const Json fields = fields_of(request);
    body.set("channel", fields.at("channel"));
    body.set("ts", next_timestamp());
    body.set("message", Json{{"type", "message"}, {"text", fields.at("text")}});
  }
  return http::Reply::json(200, body.dump());
}

/// Prints and keeps what came in. Called from the event loop's thread.
class Bin {
 public:
  Bin(const Context& context, const Options& options) : context_(context), options_(options) {}

  Result<void> open() {
    if (!options_.answer_file.empty()) {
      WAGGLE_TRY(answer_, read_file(options_.answer_file));
    }
    if (options_.out_file.empty()) return {};
    file_.open(options_.out_file, std::ios::app | std::ios::binary);
    if (!file_)
      return invalid("cannot write " + options_.out_file + "; check that the folder is there and yours");
    return {};
  }

  http::Reply take(const http::Request& request) {
    const std::lock_guard lock(mutex_);
    const Json line = as_json(request);
    if (file_.is_open()) (file_ << line.dump() << '\n').flush();
    if (context_.json)
      context_.print(line);
    else
      print(request);
    context_.out().flush();
    if (options_.status != 200) return http::Reply::text(options_.status, "waggle catch --status\n");
    if (request.method == "GET" && answer_) return http::Reply::json(200, *answer_);
    const bool like_slack = request.path.starts_with("/api/") || request.path.starts_with("/services/");
    return like_slack ? slack_reply(request) : http::Reply::text(200, "ok\n");
  }

 private:
  Json as_json(const http::Request& request) const {
    Json headers = Json::array();
    for (const auto& [name, value] : request.headers) headers.push(Json::array({name, value}));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return Json{{"at_ms", std::chrono::duration_cast<std::chrono::milliseconds>(now).count()},
                {"method", request.method},
                {"path", request.path},
                {"query", request.query},
                {"headers", std::move(headers)},
                {"body", request.body}};
  }

  void print(const http::Request& request) const {
    const Terminal& terminal = context_.terminal;
    std::string target = request.path;
    if (!request.query.empty()) target.append("?").append(request.query);
    context_.out() << terminal.styled(Style::bold, request.method + " " + target) << "  "
                   << terminal.styled(Style::dim, std::string(http::header(request.headers, "content-type")) +
                                                      " " + std::to_string(request.body.size()) + " bytes")
                   << '\n';
    if (request.body.empty()) return;
    const auto parsed = Json::parse(request.body);
    const std::string body = parsed ? parsed->dump_pretty() : request.body;
    context_.out() << "  ";
    for (char c : body) {
      context_.out() << c;
      if (c == '\n') context_.out() << "  ";
    }
    context_.out() << '\n';
  }

  const Context& context_;
  const Options& options_;
  std::mutex mutex_;
  std::ofstream file_;
  std::optional<std::string> answer_;
};

int catch_requests(const Context& context, const Options& options) {
  const StopSignals signals;
  Bin bin(context, options);
  if (const auto opened = bin.open(); !opened) return context.refuse(opened.error(), exit_usage);
  const auto loops = http::Loops::start(1, 1);
  auto server = http::Server::listen(
      *loops, options.address, options.port, http::ServerLimits{},
      [&](std::size_t loop, http::Request request, http::Respond respond) {
        http::Reply reply = bin.take(request);
        if (options.delay_ms == 0) return respond(std::move(reply));
        loops->at(loop).after(std::chrono::milliseconds(options.delay_ms),
                              [respond = std::move(respond), reply = std::move(reply)] { respond(reply); });
      });
  if (!server) return context.refuse(server.error(), exit_problems);
  const std::string url = "http://" + options.address + ":" + std::to_string((*server)->port());
  if (context.json)
    context.print(Json{{"listening", url}});
  else
    context.out() << "Catching requests at " << url << "  (Ctrl-C stops)\n";
  context.out().flush();
  signals.wait();
  (*server)->stop(std::chrono::seconds(1));
  loops->stop();
  return exit_ok;
}

}  // namespace

void add_catch(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      add_command(app, context, "catch", "Show what is sent here, and answer 200 (like Slack on its paths)",
                  group_try, [options, &context] { return catch_requests(context, *options); });
  command->add_option("--address", options->address, "Address to listen on")->capture_default_str();
  command->add_option("--port", options->port, "Port to listen on; 0 takes a free one and prints it")
      ->check(CLI::Range(0, 65'535))
      ->capture_default_str();
  command->add_option("--out", options->out_file, "Also append each request to this file, as a line of JSON");
  command->add_option("--answer", options->answer_file, "Answer GET requests with this file, as JSON");
  command->add_option("--status", options->status, "Answer this status instead, to see how retries go")
      ->check(CLI::Range(200, 599))
      ->capture_default_str();
  command->add_option("--delay", options->delay_ms, "Milliseconds to wait before the answer")
      ->check(CLI::Range(0, 600'000))
      ->capture_default_str();
}

}  // namespace waggle::cli
