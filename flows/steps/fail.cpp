// fail: ends the run as failed, with a message of the flow's author: `fail: text`, or `fail: { message, code
// }`.
#include "flows/load/step_reader.hpp"

namespace waggle::flows {
namespace {

class FailWork final : public Work {
 public:
  FailWork(Pattern message, std::string code) : message_(std::move(message)), code_(std::move(code)) {}

  void start(Turn& turn) const override {
    Result<std::string> message = turn.calculator().text(message_);
    turn.fail(message.ok() ? failed(std::move(message).value(), code_) : std::move(message).error());
  }

 private:
  Pattern message_;
  std::string code_;
};

std::unique_ptr<const Work> read(StepReader& step) {
  const yaml::Node* message = &step.value;
  std::string code = "fail";
  if (step.value.is_mapping()) {
    step.reader.check_keys(step.value, {"message", "code"}, "fail");
    message = step.value.find("message");
    if (const yaml::Node* given = step.value.find("code"))
      code = step.reader.constant_text(*given, "fail.code").value_or("");
  }
  if (!message || message->is_null()) {
    step.reader.error(step.verb, "missing_message", "`fail` needs a message that says why",
                      "write fail: what is wrong");
    return nullptr;
  }
  auto pattern = step.reader.pattern(*message);
  if (!pattern) return nullptr;
  return std::make_unique<FailWork>(std::move(*pattern), std::move(code));
}

}  // namespace

const StepKind& fail_step() {
  static const StepKind kind{.verb = "fail", .read = read};
  return kind;
}

}  // namespace waggle::flows
