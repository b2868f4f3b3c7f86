#include "core/engine/drive.hpp"

#include <algorithm>
#include <utility>

#include <waggle/json.hpp>

#include "core/engine/json_text.hpp"

namespace waggle::engine {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

http::Headers headers_from(const Json& list) {
  http::Headers headers;
  for (const Json& pair : list.items())
    headers.emplace_back(pair.at(std::size_t{0}).as_string(), pair.at(1).as_string());
  return headers;
}

/// One operation under way. Keeps itself alive by the callbacks it waits for.
class Drive : public std::enable_shared_from_this<Drive> {
 public:
  Drive(const Hands& hands, std::shared_ptr<const host::Plugin> plugin, milliseconds deadline,
        std::function<void(Driven)> finished)
      : hands_(hands),
        plugin_(std::move(plugin)),
        ends_(Clock::now() + deadline),
        finished_(std::move(finished)) {}

  void begin(host::Message input) {
    auto started = plugin_->start(input);
    if (!started.ok()) return finish(std::move(started).error());
    operation_ = std::move(started->operation);
    handle(std::move(started->step));
  }

 private:
  void handle(host::Step step) {
    switch (step.status) {
      case host::Status::done:
        return finish(Answer{std::move(step.head), std::move(step.message.body)});
      case host::Status::error:
        error_head_ = std::move(step.head);
        return finish(std::move(step.error));
      case host::Status::effect:
        return perform(step.head, std::move(step.message.body));
    }
  }

  void perform(const Json& head, std::string body) {
    if (++effects_ > max_effects_per_operation)
      return finish(bug(plugin_->spec().id + " asked for more than " +
                        std::to_string(max_effects_per_operation) +
                        " effects in one operation; it seems to go in circles"));
    if (Clock::now() >= ends_) return finish(timed_out());
    const std::string& effect = head.at("effect").as_string();
    if (effect == "http") return send(head, std::move(body));
    if (effect == "sleep") return sleep(milliseconds(std::max<std::int64_t>(0, head.at("ms").as_int())));
    if (effect == "blocking") return block();
    finish(bug(plugin_->spec().id + " asked for the unknown effect \"" + effect +
               "\"; this host knows http, sleep and blocking"));
  }

  void send(const Json& head, std::string body) {
    http::OutboundRequest request;
    request.method = head.at("method").as_string();
    request.url = head.at("url").as_string();
    request.headers = headers_from(head.at("headers"));
    request.body = std::move(body);
    const auto left = std::chrono::duration_cast<milliseconds>(ends_ - Clock::now());
    const auto asked = milliseconds(head.at("timeout_ms").as_int(left.count()));
    request.timeout = std::max(milliseconds(1), std::min(left, asked));
    exchanges_.push_back({request.method, request.url, 0, 0, recorded(request.body), {}, {}});
    hands_.client.send(std::move(request),
                       [self = shared_from_this()](Result<http::OutboundResponse> answer) {
                         self->answered(std::move(answer));
                       });
  }

  void answered(Result<http::OutboundResponse> answer) {
    Exchange& exchange = exchanges_.back();
    if (!answer.ok()) {
      const Error& error = answer.error();
      exchange.error = error.message;
      Json head = {
          {"error", Json{{"next", to_string(error.next)}, {"message", error.message}, {"code", error.code}}}};
      return go_on({head.dump(), {}});
    }
    exchange.status = answer->status;
    exchange.ms = answer->took.count();
    exchange.response = recorded(answer->body);
    std::string head = R"({"status":)" + std::to_string(answer->status);
    append_pairs(head, "headers", answer->headers);
    go_on({std::move(head) + "}", std::move(answer->body)});
  }

  std::string recorded(std::string_view body) const {
    return hands_.secrets()->mask_beginning(body, recorded_body_bytes);
  }

  void sleep(milliseconds pause) {
    if (Clock::now() + pause >= ends_) return finish(timed_out());
    hands_.loop.after(pause, [self = shared_from_this()] { self->go_on({"{}", {}}); });
  }

  /// The operation's next piece runs on the pool; what it then wants is performed back on the loop.
  void block() {
    hands_.loops.block([self = shared_from_this()] {
      auto step = std::make_shared<host::Step>(self->operation_->step({"{}", {}}));
      self->hands_.loop.post([self, step] { self->handle(std::move(*step)); });
    });
  }

  void go_on(host::Message outcome) { handle(operation_->step(outcome)); }

  Error timed_out() const { return retry(plugin_->spec().id + " did not finish in time", {}, "timed_out"); }

  void finish(Result<Answer> result) {
    operation_.reset();
    auto finished = std::move(finished_);
    finished(Driven{std::move(result), std::move(error_head_), std::move(exchanges_)});
  }

  Hands hands_;
  std::shared_ptr<const host::Plugin> plugin_;
  std::unique_ptr<host::Operation> operation_;
  Clock::time_point ends_;
  std::function<void(Driven)> finished_;
  Json error_head_;
  std::vector<Exchange> exchanges_;
  int effects_ = 0;
};

}  // namespace

void drive(const Hands& hands, std::shared_ptr<const host::Plugin> plugin, host::Message input,
           milliseconds deadline, std::function<void(Driven)> finished) {
  std::make_shared<Drive>(hands, std::move(plugin), deadline, std::move(finished))->begin(std::move(input));
}

}  // namespace waggle::engine
