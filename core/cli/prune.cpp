// `waggle prune --older-than 7d`: deletes old events and finished runs now, beside what retention does by
// itself.
#include <ostream>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/running_server.hpp"
#include "core/cli/shell/stored.hpp"
#include "core/clock.hpp"
#include "core/store/store.hpp"
#include "flows/duration.hpp"

namespace waggle::cli {
namespace {

/// Millions of runs are deleted in small pieces beside the traffic.
constexpr std::chrono::hours longest_prune{12};

struct Options {
  StoredAt at;
  std::string older_than;
};

/// {"events","runs","freed_bytes","database_bytes"}
Result<Json> prune_stored(const StoredAt& at, std::int64_t before_ms) {
  WAGGLE_TRY(const store::Swept swept,
             write_stored<store::Swept>(at, [&](store::Store& store, store::Done<store::Swept> done) {
               store.sweep({waggle::now_ms(), before_ms, 0, true}, std::move(done));
             }));
  return Json{{"events", swept.events},
              {"runs", swept.runs},
              {"freed_bytes", swept.freed_bytes},
              {"database_bytes", swept.database_bytes}};
}

Result<Json> prune_at(const StoredAt& at, std::int64_t before_ms) {
  WAGGLE_TRY(const std::string data, data_folder(at));
  const Json body{{"before_ms", before_ms}};
  WAGGLE_TRY(const auto answer, call_server(data, "/api/prune", body.dump(), longest_prune));
  if (answer) return Json::parse(answer->body);
  return prune_stored(at, before_ms);
}

int prune(const Context& context, const Options& options) {
  const auto age = flows::parse_duration(options.older_than);
  if (!age)
    return context.refuse(
        invalid("--older-than wants a duration, like 12h or 7d, and got " + options.older_than), exit_usage);
  const auto pruned = prune_at(options.at, waggle::now_ms() - age->count());
  if (!pruned) return context.refuse(pruned.error());
  if (context.json) {
    context.print(*pruned);
    return exit_ok;
  }
  constexpr std::int64_t mib = 1 << 20;
  context.out() << pruned->at("events").as_int() << " events and " << pruned->at("runs").as_int()
                << " runs deleted; the database is now " << pruned->at("database_bytes").as_int() / mib
                << " MiB\n";
  return exit_ok;
}

}  // namespace

void add_prune(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      add_command(app, context, "prune", "Delete events whose runs ended long ago, and give the space back",
                  group_care, [options, &context] { return prune(context, *options); });
  command
      ->add_option("--older-than", options->older_than,
                   "How long ago the last run must have ended, like 7d; what is not finished stays")
      ->required();
  add_stored_options(*command, options->at);
}

}  // namespace waggle::cli
