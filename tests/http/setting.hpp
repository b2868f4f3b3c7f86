// A setting of the environment for as long as it lives. For these tests only.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>

namespace waggle::http::test {

class Setting {
 public:
  Setting(std::string name, const std::string& value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Setting() { ::unsetenv(name_.c_str()); }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

 private:
  const std::string name_;
};

}  // namespace waggle::http::test
