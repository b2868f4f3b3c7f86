// Which connections are broken (the app said 401 or 403): their runs are parked until a person mends them.
// Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace waggle::engine {

class ConnectionHealth {
 public:
  /// False when it was known to be broken already.
  bool break_connection(const std::string& name, const std::string& reason);
  void mend(std::string_view name);
  /// Why it is broken; nullopt when it is well.
  std::optional<std::string> broken(std::string_view name) const;
  std::map<std::string, std::string, std::less<>> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> broken_;
};

}  // namespace waggle::engine
