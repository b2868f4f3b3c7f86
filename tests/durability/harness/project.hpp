// The project folder that the server under test runs: four flows, one for each kind of message. The app that
// fails on purpose is a connection of its own: what its circuit breaker makes of that is not for the others.
#pragma once

#include <string>

#include <waggle/result.hpp>

namespace waggle::durability {

struct ProjectOptions {
  std::string dir;
  std::string sink;           ///< where the flows send to
  std::string data = "data";  ///< the data folder
  std::string settings;       ///< further lines of waggle.yaml
};

void write_project(const ProjectOptions& options);
/// Errors: failed (`waggle check` finds something: what).
Result<void> check_project(const std::string& program, const std::string& dir);

/// A folder of its own under the system's for temporary files; removed at the end unless told to keep it.
class Folder {
 public:
  explicit Folder(const std::string& what);
  ~Folder();
  Folder(const Folder&) = delete;
  void keep() { kept_ = true; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool kept_ = false;
};

}  // namespace waggle::durability
