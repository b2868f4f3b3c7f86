// A backup beside the running server: the writer's connection copies itself, in slices between commits. No
// snapshot is held meanwhile, so the log is emptied as ever; the last step, reading the copy through, happens
// on a thread of its own. Writer thread.
#pragma once

#include <functional>
#include <string>

#include "core/store/sqlite/chore.hpp"
#include "core/store/sqlite/copy_file.hpp"
#include "core/store/sqlite/database.hpp"
#include "core/store/store.hpp"

namespace waggle::store::sqlite {

class Backup final : public Chore {
 public:
  /// `prove` takes the finished copy to another thread, and calls the completion there.
  using Prove = std::function<void(CopyFile copy, Done<BackedUp> done)>;
  Backup(Connection& connection, CopyFile copy, Prove prove, Done<BackedUp> done)
      : connection_(connection), copy_(std::move(copy)), prove_(std::move(prove)), done_(std::move(done)) {}

  Result<bool> slice(Clock::time_point until) override;
  void finish(const Error* failure) override;

 private:
  Connection& connection_;
  CopyFile copy_;
  Prove prove_;
  Done<BackedUp> done_;
  bool begun_ = false;
};

}  // namespace waggle::store::sqlite
