// `waggle doctor`: is the store sound, is there room for it, and can calls go out? Changes nothing; also
// beside a running server.
#include <sqlite3.h>
#include <sys/statvfs.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/running_server.hpp"
#include "core/cli/shell/sqlite_version.hpp"
#include "core/cli/shell/stored.hpp"
#include "core/http/authorities.hpp"
#include "core/http/proxies.hpp"
#include "core/store/store.hpp"

namespace waggle::cli {
namespace {

struct Finding {
  bool good;
  std::string name, text;
};

std::string mib(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

Finding look_at_disk(const std::string& data) {
  struct statvfs disk {};
  if (statvfs(data.c_str(), &disk) != 0) return {false, "disk", "the data folder cannot be looked at"};
  const std::uint64_t free = disk.f_bavail * disk.f_frsize, total = disk.f_blocks * disk.f_frsize;
  constexpr std::uint64_t little_part = 10;  // arrivals are refused at half of that
  return {free >= total / little_part || free >= (512u << 20), "disk",
          mib(free) + " of " + mib(total) + " free"};
}

Finding look_at_client() {
  if (const auto proxies = http::Proxies::from_environment().check(); !proxies.ok())
    return {false, "calls", proxies.error().message};
  const auto authorities = http::trusted_authorities();
  return {
      authorities.ok(), "calls",
      authorities.ok() ? http::tls_version() + ", trusting " + *authorities : authorities.error().message};
}

std::vector<Finding> look(const std::string& data) {
  std::vector<Finding> findings;
  const auto server = running_server(data);
  findings.push_back({true, "server", server ? "running at " + *server : "none is running"});
  findings.push_back({true, "sqlite", sqlite_version_note()});
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(data + "/waggle.db", ignored);
  findings.push_back({!ignored, "database", ignored ? "there is none in " + data : mib(bytes)});
  findings.push_back(look_at_disk(data));
  findings.push_back(look_at_client());
  if (!findings[2].good) return findings;
  const auto sound = store::check_sqlite(data);
  findings.push_back(
      {sound.ok(), "structure", sound.ok() ? "read through and found whole" : sound.error().message});
  if (auto reader = store::open_sqlite_reader(data); reader.ok())
    if (const auto counts = (*reader)->run_counts(); counts.ok())
      for (const auto& [state, runs] : *counts)
        findings.push_back({true, "runs " + std::string(store::to_string(state)), std::to_string(runs)});
  return findings;
}

int doctor(const Context& context, const StoredAt& at) {
  const auto data = data_folder(at);
  if (!data) return context.refuse(data.error(), exit_usage);
  const auto findings = look(*data);
  bool good = true;
  Json list = Json::array();
  for (const Finding& finding : findings) {
    good = good && finding.good;
    if (context.json)
      list.push(Json{{"name", finding.name}, {"good", finding.good}, {"text", finding.text}});
    else
      context.out() << context.terminal.styled(finding.good ? Style::green : Style::red,
                                               finding.good ? "ok   " : "BAD  ")
                    << finding.name << ": " << finding.text << '\n';
  }
  if (context.json) context.print(list);
  return good ? exit_ok : exit_problems;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto at = std::make_shared<StoredAt>();
  CLI::App* command = add_command(app, context, "doctor",
                                  "Look whether the store is sound and has room, and calls can go out",
                                  group_care, [at, &context] { return doctor(context, *at); });
  add_stored_options(*command, *at);
}

}  // namespace waggle::cli
