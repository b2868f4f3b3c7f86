// A prepared statement that is kept: bound, stepped, reset. Values are bound by reference and must live until
// the statement is done. Used by the thread that uses its connection; must not outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/store/ids.hpp"
#include "core/store/sqlite/database.hpp"

namespace waggle::store::sqlite {

/// Bytes that are not text.
struct Blob {
  std::string_view bytes;
};

/// Values of these types hold the bytes that a statement reads.
template <class T>
inline constexpr bool owns_bytes = std::is_same_v<T, std::string> || std::is_same_v<T, IdBytes>;

class Query {
 public:
  /// Prepared at first use, so that a list of them costs nothing.
  Query(Connection& connection, std::string sql) : connection_(&connection), sql_(std::move(sql)) {}
  Query(Query&&) = default;

  /// Runs a statement that answers no rows; values take the places ?1, ?2 ... in order.
  template <class... Values>
  Result<void> run(const Values&... values) {
    WAGGLE_TRY_VOID(start(values...));
    const int code = sqlite3_step(statement_.get());
    Result<void> result;
    if (code != SQLITE_DONE && code != SQLITE_ROW) result = error(code);
    reset();
    return result;
  }

  /// Binds for `next`. Call `reset` when not read to the end: an open statement keeps a snapshot and holds up
  /// checkpoints.
  template <class... Values>
  Result<void> start(Values&&... values) {
    static_assert(((std::is_lvalue_reference_v<Values> || !owns_bytes<std::decay_t<Values>>)&&...),
                  "a temporary is gone when the statement reads it");
    WAGGLE_TRY_VOID(prepare());
    int place = 0;
    (bind(++place, values), ...);
    return {};
  }
  /// The next row? After `false` the statement is reset.
  Result<bool> next();
  void reset();

  /// Columns of the row, from 0. Text and blobs as bytes, NULL as empty or 0.
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::string text(int column) const { return std::string(view(column)); }
  std::string_view view(int column) const;
  std::string id(int column) const;

  void bind(int place, std::int64_t value) { sqlite3_bind_int64(statement_.get(), place, value); }
  void bind(int place, int value) { sqlite3_bind_int64(statement_.get(), place, value); }
  /// Empty text is stored as NULL.
  void bind(int place, std::string_view value);
  void bind(int place, const Blob& value);
  void bind(int place, const IdBytes& value);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Result<void> prepare();
  Error error(int code) const;

  Connection* connection_;
  std::string sql_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets a query when a function returns early.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Query& query) : query_(query) {}
  ~ResetAtEnd() { query_.reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;

 private:
  Query& query_;
};

}  // namespace waggle::store::sqlite
