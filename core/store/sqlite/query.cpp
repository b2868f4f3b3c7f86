#include "core/store/sqlite/query.hpp"

#include <cstring>

namespace waggle::store::sqlite {
namespace {

/// As much of a statement as tells which one it is.
constexpr std::size_t sql_in_errors = 60;

}  // namespace

Result<void> Query::prepare() {
  if (statement_) return {};
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_->handle(), sql_.data(), static_cast<int>(sql_.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) return error(code);
  return {};
}

Error Query::error(int code) const {
  return connection_->error(code, std::string_view(sql_).substr(0, sql_in_errors));
}

Result<bool> Query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  reset();
  if (code == SQLITE_DONE) return false;
  return error(code);
}

void Query::reset() {
  if (statement_) sqlite3_reset(statement_.get());  // its code repeats the error of the step
}

std::string_view Query::view(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (!data) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

std::string Query::id(int column) const {
  const std::string_view bytes = view(column);
  IdBytes id{};
  if (bytes.size() == id.size()) std::memcpy(id.data(), bytes.data(), id.size());
  return bytes.empty() ? std::string() : id_text(id);
}

void Query::bind(int place, std::string_view value) {
  if (value.empty())
    sqlite3_bind_null(statement_.get(), place);
  else
    sqlite3_bind_text64(statement_.get(), place, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Query::bind(int place, const Blob& value) {
  if (value.bytes.empty())
    sqlite3_bind_null(statement_.get(), place);
  else
    sqlite3_bind_blob64(statement_.get(), place, value.bytes.data(), value.bytes.size(), SQLITE_STATIC);
}

void Query::bind(int place, const IdBytes& value) {
  sqlite3_bind_blob64(statement_.get(), place, value.data(), value.size(), SQLITE_STATIC);
}

}  // namespace waggle::store::sqlite
