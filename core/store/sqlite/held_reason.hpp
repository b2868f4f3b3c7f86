// Why a held run does not begin, in words for people: read when somebody looks, as the truth changes with
// every run of its lane. Used by SqliteReader; on its thread.
#pragma once

#include <string>

#include "core/store/records.hpp"
#include "core/store/sqlite/query.hpp"

namespace waggle::store::sqlite {

class HeldReason {
 public:
  explicit HeldReason(Connection& connection);
  /// `due_ms`: of the run; 0 = it waits for another one.
  Result<std::string> of(const std::string& run_id, std::int64_t due_ms);

 private:
  Query before_it_, rule_;
};

}  // namespace waggle::store::sqlite
