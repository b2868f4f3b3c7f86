// The program `waggle`: everything it can do is a command in core/cli/.
#include <unistd.h>

#include <iostream>

#include "core/cli/shell/shell.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const bool tty = isatty(STDOUT_FILENO) == 1;
  waggle::cli::Terminal terminal{std::cin, std::cout, std::cerr, tty};
  const int exit_code = waggle::cli::run(argc, argv, terminal);
  std::cout.flush();
  return exit_code;
}
