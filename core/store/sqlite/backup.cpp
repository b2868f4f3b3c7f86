#include "core/store/sqlite/backup.hpp"

namespace waggle::store::sqlite {
namespace {

/// Pages between two looks at the clock: 256 KiB.
constexpr int pages_at_once = 64;

}  // namespace

Result<bool> Backup::slice(Clock::time_point until) {
  if (!begun_) WAGGLE_TRY_VOID(copy_.begin(connection_.handle()));
  begun_ = true;
  do {
    WAGGLE_TRY(const bool all, copy_.step(pages_at_once));
    if (all) return true;
  } while (Clock::now() < until);
  return false;
}

void Backup::finish(const Error* failure) {
  if (failure) return done_(*failure);
  prove_(std::move(copy_), std::move(done_));
}

}  // namespace waggle::store::sqlite
