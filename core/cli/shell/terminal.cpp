#include "core/cli/shell/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace waggle::cli {
namespace {

/// Below this a table is unreadable anyway; some terminals say 0.
constexpr int min_width = 60;

const char* escape_of(Style style) {
  switch (style) {
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::red:
      return "\x1b[31m";
    case Style::green:
      return "\x1b[32m";
    case Style::yellow:
      return "\x1b[33m";
    case Style::cyan:
      return "\x1b[36m";
    case Style::unset:
      break;
  }
  return "";
}

}  // namespace

Terminal::Terminal(std::istream& input, std::ostream& output, std::ostream& errors, bool is_tty)
    : in(input), out(output), err(errors) {
  const char* no_colour = std::getenv("NO_COLOR");
  colour_ = is_tty && (no_colour == nullptr || *no_colour == '\0');
  winsize window{};
  if (is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
    width_ = std::max<int>(window.ws_col, min_width);
}

std::string Terminal::styled(Style style, std::string_view text) const {
  const std::string_view start = escape_of(style);
  if (!colour_ || start.empty()) return std::string(text);
  return std::string(start).append(text).append("\x1b[0m");
}

}  // namespace waggle::cli
