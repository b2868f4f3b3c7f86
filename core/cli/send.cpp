// `waggle send FLOW|PATH FILE`: a test delivery to a running server, signed by the connector that will check
// it.
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <waggle/encoding.hpp>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/destination.hpp"
#include "core/cli/shell/exchange.hpp"
#include "core/cli/shell/file_text.hpp"
#include "core/cli/shell/perform.hpp"
#include "core/cli/shell/plugins.hpp"
#include "core/cli/shell/running_server.hpp"
#include "core/secrets/redactor.hpp"

namespace waggle::cli {
namespace {

/// An answer after a run takes as long as the run.
constexpr std::chrono::milliseconds answer_time{60'000};

struct Options {
  std::string dir = ".";
  std::string data;
  std::string what;
  std::string file;
  std::string trigger;
  std::string to;
  std::string method;
  std::string type;
  std::vector<std::string> headers;
};

/// By the file's name, else by its first character.
std::string content_type_of(const std::string& file, std::string_view body) {
  if (file.ends_with(".json")) return "application/json";
  if (file.ends_with(".xml")) return "application/xml";
  if (file.ends_with(".form")) return "application/x-www-form-urlencoded";
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "application/octet-stream";
  if (body[first] == '{' || body[first] == '[') return "application/json";
  return body[first] == '<' ? "application/xml" : "application/x-www-form-urlencoded";
}

void set_header(http::Headers& headers, const std::string& name, std::string value) {
  std::erase_if(headers, [&](const auto& header) { return same_name(header.first, name); });
  headers.emplace_back(name, std::move(value));
}

/// Text files end with a line break that no sender would send with a form or a query.
std::string_view without_line_break(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// What the person asked for beats what the connector made: another method, another content type; GET has its
/// fields in the query.
void shape(http::OutboundRequest& request, const Options& options, const std::string& type) {
  if (!options.method.empty()) request.method = options.method;
  if (request.method == "GET" && !request.body.empty()) {
    request.url = "?" + request.body;
    request.body.clear();
    std::erase_if(request.headers,
                  [](const auto& header) { return same_name(header.first, "content-type"); });
  } else if (!request.body.empty()) {
    set_header(request.headers, "content-type", type);
  }
}

/// Nobody signs: the body as it is.
http::OutboundRequest plain_request(std::string body) {
  http::OutboundRequest request;
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

/// The request with only the part of its URL behind the path.
Result<http::OutboundRequest> signed_request(const project::Project& project, const Destination& to,
                                             std::string body) {
  Json head{{"operation", "sample"}, {"trigger", to.trigger}, {"settings", to.settings}};
  if (to.connection != nullptr) {
    head.set("connection", to.connection->settings);
    head.set("connection_name", to.connection->name);
  }
  Performed made = perform(project, to.connector, std::move(head), body, project.settings.action_timeout);
  if (!made.result) {
    const bool open_to_all =
        to.settings.at("verify").is_null() || to.settings.at("verify").text("preset") == "none";
    if (made.result.error().code == "no_sample" && open_to_all) return plain_request(std::move(body));
    return made.result.error();
  }
  http::OutboundRequest request;
  const std::string method = made.result->head.text("method");
  request.method = method.empty() ? "POST" : method;
  if (const auto query = made.result->head.text("query"); !query.empty()) request.url = "?" + query;
  for (const Json& header : made.result->head.at("headers").items())
    request.headers.emplace_back(header.at(0).to_text(), header.at(1).to_text());
  request.body = std::move(made.result->body);
  return request;
}

std::string server_of(const project::Project& project, const Options& options) {
  if (!options.to.empty())
    return options.to.ends_with('/') ? options.to.substr(0, options.to.size() - 1) : options.to;
  if (auto url = running_server(options.data.empty() ? project.settings.data_dir : options.data)) return *url;
  return url_of(project.settings.address, project.settings.port);
}

int print_answer(const Context& context, const project::Project& project,
                 const http::OutboundRequest& request, const http::OutboundResponse& answer) {
  const bool good = answer.status / 100 == 2;
  // A signature may be a query's token, and an answer may say what it was asked with.
  const secrets::Redactor secrets(project.secrets);
  const std::string url = secrets.mask(request.url), body = secrets.mask(answer.body);
  if (context.json) {
    context.print(Json{{"method", request.method},
                       {"url", url},
                       {"status", answer.status},
                       {"took_ms", answer.took.count()},
                       {"body", body}});
  } else {
    context.out() << request.method << ' ' << url << "  "
                  << context.terminal.styled(good ? Style::green : Style::red, std::to_string(answer.status))
                  << "  " << answer.took.count() << " ms\n";
    if (!body.empty()) context.out() << body << (body.ends_with('\n') ? "" : "\n");
  }
  return good ? exit_ok : exit_problems;
}

/// A flow that only people start: the server's own API starts it.
bool is_manual(const project::Project& project, const std::string& what) {
  const auto found = project.flows.find(what);
  if (found == project.flows.end()) return false;
  const auto& triggers = found->second->triggers();
  return triggers.size() == 1 && triggers[0].connector == "manual";
}

int start_manual(const Context& context, const project::Project& project, const Options& options,
                 const std::string& event) {
  const std::string data = options.data.empty() ? project.settings.data_dir : options.data;
  const std::string path = "/api/flows/" + options.what + "/start";
  const auto answer = call_server(data, path, event);
  if (!answer) return context.refuse(answer.error());
  if (!*answer)
    return context.refuse(
        failed("no server is running on " + data + "; start `waggle up`, or use `waggle run`"));
  http::OutboundRequest request;
  request.method = "POST";
  request.url = running_server(data).value_or("") + path;
  return print_answer(context, project, request, **answer);
}

int send(const Context& context, const Options& options) {
  auto body = read_input(options.file, context.terminal.in);
  if (!body) return context.refuse(body.error(), exit_usage);
  const std::string type = options.type.empty() ? content_type_of(options.file, *body) : options.type;
  if (type == "application/x-www-form-urlencoded") body = std::string(without_line_break(*body));
  const auto project = open_project(context, options.dir);
  if (!project) return context.refuse(project.error(), exit_usage);
  if (is_manual(**project, options.what)) return start_manual(context, **project, options, *body);
  const auto to = find_destination(**project, options.what, options.trigger);
  if (!to) return context.refuse(to.error(), exit_usage);
  auto request = to->connector.empty() ? Result(plain_request(*std::move(body)))
                                       : signed_request(**project, *to, *std::move(body));
  if (!request) return context.refuse(request.error());
  shape(*request, options, type);
  for (const std::string& header : options.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos)
      return context.refuse(invalid("--header wants NAME:VALUE, and got " + header), exit_usage);
    set_header(request->headers, header.substr(0, colon),
               header.substr(header.find_first_not_of(' ', colon + 1)));
  }
  request->url = server_of(**project, options) + to->path + request->url;
  request->timeout = answer_time;
  const auto answer = exchange(*request);
  if (!answer)
    return context.refuse(failed(answer.error().message + "; is `waggle up` running? --to says where it is"));
  return print_answer(context, **project, *request, *answer);
}

}  // namespace

void add_send(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      add_command(app, context, "send", "Post a test delivery, signed as the app would sign it", group_try,
                  [options, &context] { return send(context, *options); });
  command->add_option("what", options->what, "A flow's id, or a path like /data/12345")->required();
  command->add_option("file", options->file, "What to deliver; - is standard input")->required();
  add_dir_option(*command, options->dir);
  command->add_option("--data", options->data, "Data folder of the running server, when `up` was given one");
  command->add_option("--to", options->to, "Address of the server, like http://127.0.0.1:8080");
  command->add_option("--trigger", options->trigger, "Which trigger, when the flow has several");
  command->add_option("--method", options->method, "GET sends the file as the query");
  command->add_option("--type", options->type, "Content type, when the file's name does not tell");
  command->add_option("--header", options->headers, "NAME:VALUE, added or put in place of what was signed");
}

}  // namespace waggle::cli
