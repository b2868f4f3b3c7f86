// `waggle retry ID`: sends a parked or failed run on its way again. Beside a running server it asks that
// server; otherwise it writes to the store itself, and the run goes on when the server starts.
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/run_order.hpp"

namespace waggle::cli {
namespace {

struct Options {
  StoredAt at;
  std::string id;
};

int retry(const Context& context, const Options& options) {
  RunOrder order;
  order.run = options.id;
  order.word = "retry";
  order.in_store = [&](store::Store& store, store::Done<bool> done) {
    store.requeue(options.id, std::move(done));
  };
  order.refused = "there is no run " + options.id +
                  " that is parked or failed; `waggle runs --state parked,failed` lists those that are";
  order.json_word = "queued";
  order.by_server = ": under way again";
  order.without_one = ": goes on when `waggle up` runs again";
  return give_order(context, options.at, order);
}

}  // namespace

void add_retry(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = add_command(app, context, "retry", "Let a parked or failed run go on", group_watch,
                                  [options, &context] { return retry(context, *options); });
  command->add_option("id", options->id, "Id of the run")->required();
  add_stored_options(*command, options->at);
}

}  // namespace waggle::cli
