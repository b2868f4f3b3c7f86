// The program `waggle`: everything it can do is a command in core/cli/.
#include <unistd.h>

#include <iostream>

#ifdef WAGGLE_MIMALLOC
#include <mimalloc.h>
#endif

#include "core/cli/shell/shell.hpp"

int main(int argc, char** argv) {
#ifdef WAGGLE_MIMALLOC
  // What the start took for a moment goes back at once: an idle server holds 1.5 MB less, and under load it
  // costs nothing (bench/order-job, 2026-11).
#if MI_MALLOC_VERSION >= 210  // the option's new name
  mi_option_set(mi_option_purge_delay, 0);
#else
  mi_option_set(mi_option_decommit_delay, 0);
#endif
#endif
  std::ios::sync_with_stdio(false);
  const bool tty = isatty(STDOUT_FILENO) == 1;
  waggle::cli::Terminal terminal{std::cin, std::cout, std::cerr, tty};
  const int exit_code = waggle::cli::run(argc, argv, terminal);
  std::cout.flush();
  return exit_code;
}
