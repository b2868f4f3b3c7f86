// The program `waggle`: everything it can do is a command in core/cli/.
#include <unistd.h>

#include <chrono>
#include <iostream>

#ifdef WAGGLE_MIMALLOC
#include <mimalloc.h>
#endif

#include "core/cli/shell/shell.hpp"

namespace {

/// How long the allocator keeps memory that nobody uses before it goes back to the system. Set while other
/// threads allocate, too: the option is one word, and they may see the old value or the new one.
void keep_free_memory([[maybe_unused]] std::chrono::milliseconds time) {
#ifdef WAGGLE_MIMALLOC
#if MI_MALLOC_VERSION >= 210  // the option's new name
  mi_option_set(mi_option_purge_delay, static_cast<long>(time.count()));
#else
  mi_option_set(mi_option_decommit_delay, static_cast<long>(time.count()));
#endif
#endif
}

/// The system's price for giving back and taking again is 5 to 10 % of an event's time under load
/// (bench/order-job, 2026-11).
constexpr std::chrono::milliseconds while_serving{200};

}  // namespace

int main(int argc, char** argv) {
  keep_free_memory({});  // what the start takes for a moment: an idle server holds 1.5 MB less
  std::ios::sync_with_stdio(false);
  const bool tty = isatty(STDOUT_FILENO) == 1;
  waggle::cli::Terminal terminal{std::cin, std::cout, std::cerr, tty};
  const int exit_code = waggle::cli::run(argc, argv, terminal, [] { keep_free_memory(while_serving); });
  std::cout.flush();
  return exit_code;
}
