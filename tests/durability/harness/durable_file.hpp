// An append-only file of lines that are on disk before anybody goes on: what the harness itself knows. Lines
// that come together share one fsync. append() from any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace waggle::durability {

class DurableFile {
 public:
  explicit DurableFile(std::string path);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;

  /// `then` runs when the line is synced, on the file's own thread.
  void append(std::string line, std::function<void()> then = {});
  /// Waits until everything appended before is synced.
  void flush();
  const std::string& path() const { return path_; }

 private:
  void loop();

  std::string path_;
  int file_ = -1;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string text_;                         // guarded by mutex_
  std::vector<std::function<void()>> then_;  // guarded by mutex_
  bool closing_ = false;                     // guarded by mutex_
  std::thread thread_;
};

/// Every line, split at spaces.
std::vector<std::vector<std::string>> read_words(const std::string& path);

}  // namespace waggle::durability
