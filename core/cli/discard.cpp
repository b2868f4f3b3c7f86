// `waggle discard ID`: gives up a run that is parked or waits for its turn; it stays visible as stopped, and
// runs that waited for it go on. Beside a running server it asks that server; otherwise it writes to the
// store itself.
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/run_order.hpp"
#include "core/clock.hpp"

namespace waggle::cli {
namespace {

struct Options {
  StoredAt at;
  std::string id;
  std::string reason = "discarded by hand";
};

int discard(const Context& context, const Options& options) {
  RunOrder order;
  order.run = options.id;
  order.word = "discard";
  order.body = Json{{"reason", options.reason}}.dump();
  order.in_store = [&](store::Store& store, store::Done<bool> done) {
    store.discard(options.id, options.reason, waggle::now_ms(), std::move(done));
  };
  order.refused = "there is no run " + options.id +
                  " that is parked or held; `waggle runs --state parked,held` lists those that are";
  order.json_word = "discarded";
  order.by_server = order.without_one = ": given up";
  return give_order(context, options.at, order);
}

}  // namespace

void add_discard(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "discard", "Give up a parked or held run", group_watch,
                                  [options, &context] { return discard(context, *options); });
  command->add_option("id", options->id, "Id of the run")->required();
  command->add_option("--reason", options->reason, "Why; stays with the run")->capture_default_str();
  add_stored_options(*command, options->at);
}

}  // namespace waggle::cli
