#include "plugins/host/loaded_plugin.hpp"

#include <atomic>
#include <mutex>
#include <optional>

#include <waggle/abi.h>
#include <waggle/detail/message.ipp>

#include "plugins/host/contract.hpp"
#include "plugins/host/library.hpp"

namespace waggle::host {
namespace {

/// A plugin's message larger than this is a length that it made up.
constexpr std::size_t max_message_bytes = 1u << 30;

waggle_message borrow(const Message& message) {
  return {{message.head.data(), message.head.size()}, {message.body.data(), message.body.size()}};
}

class LoadedPlugin final : public Plugin {
 public:
  LoadedPlugin(std::string copy, LoadedFacts facts) : copy_(std::move(copy)), facts_(std::move(facts)) {}

  const ConnectorSpec& spec() const override { return facts_.spec; }
  const std::string& file() const override { return facts_.file; }
  const std::string& content_hash() const override { return facts_.content_hash; }
  Result<Started> start(const Message& input) const override;

  /// Once it was started.
  const waggle_plugin& calls() const { return *calls_.load(std::memory_order_acquire); }
  Error broken(const std::string& what) const {
    return bug("the plugin " + facts_.spec.id + " (" + facts_.file + ") " + what, "plugin_bug");
  }

  /// Copies what the plugin answered; whatever is no answer becomes an error that names the plugin.
  Step read(std::uint32_t status, const waggle_message& said) const {
    const auto wrong = [&](const std::string& what) { return Step{Status::error, {}, broken(what)}; };
    if (status != WAGGLE_EFFECT && status != WAGGLE_DONE && status != WAGGLE_ERROR)
      return wrong("answered with the status " + std::to_string(status) + ", which means nothing");
    for (const waggle_bytes& part : {said.head, said.body})
      if ((!part.data && part.size > 0) || part.size > max_message_bytes)
        return wrong("answered with a message that cannot be read");
    Step out{Status::error, {}, {}};
    if (said.head.data) out.message.head.assign(said.head.data, said.head.size);
    if (said.body.data) out.message.body.assign(said.body.data, said.body.size);
    auto head = waggle::detail::parse_head(out.message.head);
    if (!head.ok()) return wrong("answered with a head that is " + head.error().message);
    if (!head->is_object()) return wrong("answered with a head that is no JSON object");
    out.head = std::move(*head);
    if (status != WAGGLE_ERROR) {
      out.status = status == WAGGLE_EFFECT ? Status::effect : Status::done;
      return out;
    }
    if (next_from(out.head.text("next")) == Next::unset)
      return wrong("answered with an error of no known kind: " + out.message.head);
    out.error = waggle::detail::error_from_json(out.head);
    return out;
  }

 private:
  Result<void> load() const;

  const std::string copy_;
  const LoadedFacts facts_;
  mutable std::mutex loading_;
  mutable std::optional<Library> library_;                    // guarded by loading_
  mutable std::atomic<const waggle_plugin*> calls_{nullptr};  // lives in the library; null: not loaded yet
};

class LoadedOperation final : public Operation {
 public:
  LoadedOperation(std::shared_ptr<const LoadedPlugin> plugin, waggle_operation* operation)
      : plugin_(std::move(plugin)), operation_(operation) {}

  ~LoadedOperation() override {
    try {
      plugin_->calls().drop(operation_);
    } catch (...) {
      // A destructor has nobody to tell, and the operation is over either way.
    }
  }

  void ended() { ended_ = true; }

  Step step(const Message& outcome) override {
    if (ended_) return {Status::error, {}, bug("step was called on an operation that has ended", "ended")};
    Step out;
    try {
      waggle_message said{};
      const std::uint32_t status = plugin_->calls().step(operation_, borrow(outcome), &said);
      out = plugin_->read(status, said);
    } catch (...) {
      out.error = plugin_->broken(thrown());
    }
    ended_ = out.status != Status::effect;
    return out;
  }

 private:
  const std::shared_ptr<const LoadedPlugin> plugin_;  // keeps the code loaded
  waggle_operation* const operation_;
  bool ended_ = false;
};

Result<void> LoadedPlugin::load() const {
  const std::lock_guard one_at_a_time(loading_);
  if (calls_.load(std::memory_order_relaxed) != nullptr) return {};
  WAGGLE_TRY(Library library, Library::open(copy_));
  WAGGLE_TRY(const waggle_plugin* const plugin, enter(library.entry()));
  WAGGLE_TRY_VOID(describe(*plugin));  // a plugin may prepare itself there
  library_.emplace(std::move(library));
  calls_.store(plugin, std::memory_order_release);
  return {};
}

Result<Started> LoadedPlugin::start(const Message& input) const {
  if (calls_.load(std::memory_order_acquire) == nullptr)
    if (const auto done = load(); !done.ok())
      return retry("the plugin " + facts_.spec.id + " (" + facts_.file +
                       ") could be loaded before and cannot now: " + done.error().message,
                   {}, "not_loadable");
  waggle_operation* operation = nullptr;
  waggle_message said{};
  std::uint32_t status = 0;
  try {
    status = calls().start(borrow(input), &operation, &said);
  } catch (...) {
    return broken(thrown());
  }
  if (!operation) return broken("started an operation and gave back none");
  Started out;
  auto running = std::make_unique<LoadedOperation>(
      std::static_pointer_cast<const LoadedPlugin>(shared_from_this()), operation);
  out.step = read(status, said);
  if (out.step.status != Status::effect) running->ended();
  out.operation = std::move(running);
  return out;
}

}  // namespace

std::shared_ptr<const Plugin> make_loaded_plugin(std::string copy, LoadedFacts facts) {
  return std::make_shared<LoadedPlugin>(std::move(copy), std::move(facts));
}

}  // namespace waggle::host
