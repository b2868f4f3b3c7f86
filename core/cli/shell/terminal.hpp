// Where a command reads and writes: streams, and whether a person is watching. Colour only on a terminal, and
// never when NO_COLOR is set (no-color.org). One thread.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace waggle::cli {

enum class Style { unset, bold, dim, red, green, yellow, cyan };

class Terminal {
 public:
  Terminal(std::istream& in, std::ostream& out, std::ostream& err, bool is_tty);

  std::istream& in;
  std::ostream& out;
  std::ostream& err;

  /// `text` in that style when a person is watching; otherwise `text`.
  std::string styled(Style style, std::string_view text) const;
  bool colour() const { return colour_; }
  /// Columns that a table may take: the window's when there is one, 80 otherwise.
  int width() const { return width_; }

 private:
  bool colour_ = false;
  int width_ = 80;
};

}  // namespace waggle::cli
