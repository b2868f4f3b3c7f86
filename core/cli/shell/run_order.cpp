#include "core/cli/shell/run_order.hpp"

#include <ostream>

#include <waggle/encoding.hpp>

#include "core/cli/shell/running_server.hpp"

namespace waggle::cli {
namespace {

Result<void> carry_out(const StoredAt& at, const RunOrder& order) {
  WAGGLE_TRY(const bool carried_out, write_stored<bool>(at, order.in_store));
  if (!carried_out) return invalid(order.refused);
  return {};
}

}  // namespace

int give_order(const Context& context, const StoredAt& at, const RunOrder& order) {
  const auto data = data_folder(at);
  if (!data) return context.refuse(data.error(), exit_usage);
  const auto answer =
      call_server(*data, "/api/runs/" + percent_encode(order.run) + "/" + order.word, order.body);
  if (!answer) return context.refuse(answer.error());
  const bool by_server = answer->has_value();
  if (!by_server) {
    // Looks first, so that a wrong folder is not made into a store.
    if (const auto stored = open_stored(at); !stored) return context.refuse(stored.error(), exit_usage);
    if (const auto done = carry_out(at, order); !done) return context.refuse(done.error());
  }
  if (context.json)
    context.print(Json{{"run", order.run}, {order.json_word, true}, {"server", by_server}});
  else
    context.out() << order.run << (by_server ? order.by_server : order.without_one) << '\n';
  return exit_ok;
}

}  // namespace waggle::cli
