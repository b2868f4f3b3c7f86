// reply: answers the webhook that started the run: { status, headers, body }.
#include <cmath>

#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class ReplyWork final : public Work {
 public:
  explicit ReplyWork(Pattern reply) : reply_(std::move(reply)) {}

  void start(Turn& turn) const override {
    auto reply = turn.calculator().build(reply_);
    if (!reply.ok()) return turn.fail(std::move(reply).error());
    jsonata::Value status = reply->find("status");
    double code = status.is_number() ? status.as_number() : 0;
    if (!status.is_undefined() && !(code >= 200 && code <= 599 && code == std::floor(code)))
      return turn.fail(invalid(
          "`reply.status` must be a whole number from 200 to 599, and it was " + jsonata::to_json(status),
          "wrong_input"));
    Effect effect;
    effect.kind = EffectKind::reply;
    effect.input = jsonata::to_json(*reply);
    turn.want(std::move(effect));
  }

  void resolved(Turn& turn, jsonata::Value, const std::string&) const override { turn.done(); }

 private:
  Pattern reply_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  Reader& reader = step.reader;
  if (!step.value.is_mapping()) {
    reader.error(step.value.is_null() ? step.verb : step.value, "wrong_type", "`reply` must be a mapping",
                 "write reply: { status: 200, body: ... }");
    return nullptr;
  }
  reader.check_keys(step.value, {"status", "headers", "body"}, "reply");
  if (const yaml::Node* status = step.value.find("status");
      status && status->text.find("${") == std::string::npos)
    reader.integer(*status, "reply.status", 200, 599);
  if (const yaml::Node* headers = step.value.find("headers");
      headers && !headers->is_mapping() && !headers->is_text())
    reader.error(*headers, "wrong_type", "`reply.headers` must be a mapping of names to texts");
  auto pattern = reader.pattern(step.value);
  if (!pattern) return nullptr;
  return std::make_unique<ReplyWork>(std::move(*pattern));
}

}  // namespace

const StepKind& reply_step() {
  static const StepKind kind{.verb = "reply", .read = read};
  return kind;
}

}  // namespace waggle::flows
