// Line: builds the text of one log line. Used by Log only; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/observe/log.hpp"

namespace waggle::observe {

class Line {
 public:
  Line(LogFormat format, const secrets::Redactor* redactor, std::int64_t now_ms, Level level,
       std::string_view event);
  void add(const Field& field);
  /// The line with its end.
  std::string finish() &&;

 private:
  std::string clean(std::string_view text) const;
  void add_json(std::string_view name, std::string_view text);
  void add_text(std::string_view text);

  LogFormat format_;
  const secrets::Redactor* redactor_;
  std::string out_;
};

}  // namespace waggle::observe
