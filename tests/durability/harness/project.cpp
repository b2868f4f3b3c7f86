#include "tests/durability/harness/project.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/durability/harness/process.hpp"

namespace waggle::durability {
namespace {

namespace fs = std::filesystem;

/// Patient enough for any outage that the harness makes, and quick to notice its end.
constexpr const char* kRetry = "    retry: { tries: 100, first: 200ms, max: 2s }\n";

std::string trigger(const std::string& path) {
  return "waggle: 1\nwhen:\n  webhook:\n    path: " + path +
         "\n    verify: { preset: none }\n    delivery_id_header: X-Delivery-Id\nsteps:\n";
}

std::string post(const std::string& url, const std::string& connection = {}) {
  return "  - http.post: { url: \"" + url + "\", json: \"${event}\" }\n" + kRetry +
         (connection.empty() ? "" : "    connection: " + connection + "\n");
}

}  // namespace

void write_project(const ProjectOptions& options) {
  const std::string flows = options.dir + "/flows/";
  fs::create_directories(flows);
  std::ofstream(options.dir + "/waggle.yaml") << "log_level: warning\ndata: " << options.data << "\n"
                                              << options.settings;
  std::ofstream(flows + "plain.yaml") << trigger("/plain") << post(options.sink + "/plain");
  // Few calls at once: refusals, which are answered at once, do not overtake what is written down first, and
  // so do not look like an app that is out of order.
  std::ofstream(options.dir + "/connections.yaml")
      << "hesitant: { connector: http, base_url: \"" << options.sink << "\", at_once: 4 }\n";
  std::ofstream(flows + "twice.yaml") << trigger("/twice") << post("/twice", "hesitant");
  std::ofstream(flows + "steps.yaml") << trigger("/steps") << post(options.sink + "/steps/first")
                                      << "  - wait: { until: $millis() + event.pause_ms }\n"
                                      << post(options.sink + "/steps/last");
  std::ofstream(flows + "pair.yaml") << trigger("/pair") << post(options.sink + "/pair/first")
                                     << post(options.sink + "/pair/last");
}

Result<void> check_project(const std::string& program, const std::string& dir) {
  const std::string said = dir + "/check.log";
  if (run({program, "check", dir}, said) == 0) return {};
  std::ostringstream text;
  text << std::ifstream(said).rdbuf();
  return failed("the project of the test is not accepted: " + text.str());
}

Folder::Folder(const std::string& what) {
  path_ = (fs::temp_directory_path() / ("waggle-" + what + "-XXXXXX")).string();
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error(path_ + " cannot be made");
}

Folder::~Folder() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(path_, ignored);
}

}  // namespace waggle::durability
