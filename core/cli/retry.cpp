// `waggle retry ID`: sends a parked or failed run on its way again. Beside a running server it asks that
// server; otherwise it writes to the store itself, and the run goes on when the server starts.
#include <future>
#include <ostream>
#include <string>

#include <waggle/encoding.hpp>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/running_server.hpp"
#include "core/cli/shell/stored.hpp"
#include "core/store/store.hpp"

namespace waggle::cli {
namespace {

struct Options {
  StoredAt at;
  std::string id;
};

Error not_retried(const std::string& id) {
  return invalid("there is no run " + id +
                 " that is parked or failed; `waggle runs --state parked,failed` lists those that are");
}

Result<void> requeue(const std::string& data_dir, const std::string& id) {
  store::StoreOptions options;
  options.data_dir = data_dir;
  WAGGLE_TRY(const auto store, store::open_sqlite(options));
  std::promise<Result<bool>> done;
  store->requeue(id, [&](Result<bool> result) { done.set_value(std::move(result)); });
  const auto requeued = done.get_future().get();
  store->close();
  if (!requeued) return requeued.error();
  if (!*requeued) return not_retried(id);
  return {};
}

int retry(const Context& context, const Options& options) {
  const auto data = data_folder(options.at);
  if (!data) return context.refuse(data.error(), exit_usage);
  const auto answer = call_server(*data, "/api/runs/" + percent_encode(options.id) + "/retry");
  if (!answer) return context.refuse(answer.error());
  const bool by_server = answer->has_value();
  if (!by_server) {
    // Looks first, so that a wrong folder is not made into a store.
    if (const auto stored = open_stored(options.at); !stored)
      return context.refuse(stored.error(), exit_usage);
    if (const auto requeued = requeue(*data, options.id); !requeued) return context.refuse(requeued.error());
  }
  if (context.json)
    context.print(Json{{"run", options.id}, {"queued", true}, {"server", by_server}});
  else
    context.out() << options.id
                  << (by_server ? ": under way again\n" : ": goes on when `waggle up` runs again\n");
  return exit_ok;
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
