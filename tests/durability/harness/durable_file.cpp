#include "tests/durability/harness/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <future>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace waggle::durability {

DurableFile::DurableFile(std::string path) : path_(std::move(path)) {
  file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0) throw std::runtime_error(path_ + ": " + std::strerror(errno));
  thread_ = std::thread([this] { loop(); });
}

DurableFile::~DurableFile() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
  close(file_);
}

void DurableFile::append(std::string line, std::function<void()> then) {
  {
    const std::lock_guard lock(mutex_);
    text_ += line + "\n";
    if (then) then_.push_back(std::move(then));
  }
  wake_.notify_one();
}

void DurableFile::flush() {
  std::promise<void> synced;
  {
    const std::lock_guard lock(mutex_);
    then_.emplace_back([&synced] { synced.set_value(); });
  }
  wake_.notify_one();
  synced.get_future().wait();
}

void DurableFile::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return closing_ || !text_.empty() || !then_.empty(); });
    if (text_.empty() && then_.empty()) return;
    const std::string text = std::exchange(text_, {});
    const auto then = std::exchange(then_, {});
    lock.unlock();
    // A harness that cannot keep its own record proves nothing: it ends at once.
    if (write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        fdatasync(file_) != 0) {
      std::perror(path_.c_str());
      std::abort();
    }
    for (const auto& next : then) next();
    lock.lock();
  }
}

std::vector<std::vector<std::string>> read_words(const std::string& path) {
  std::vector<std::vector<std::string>> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line) && !file.eof();) {  // the last one may be half written
    std::istringstream words(line);
    all.emplace_back();
    for (std::string word; words >> word;) all.back().push_back(std::move(word));
  }
  return all;
}

}  // namespace waggle::durability
