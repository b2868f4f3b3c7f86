// Where the stored data of a project is, for commands that look into it beside a running server. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <waggle/result.hpp>

#include "core/store/store.hpp"

namespace waggle::cli {

struct StoredAt {
  std::string dir = ".";
  std::string data;  ///< empty: as waggle.yaml says
};

/// --data.
void add_data_option(CLI::App& command, std::string& data);
/// --dir and --data.
void add_stored_options(CLI::App& command, StoredAt& at);

/// Errors: invalid (no project in the folder).
Result<std::string> data_folder(const StoredAt& at);

/// Errors: invalid (code nothing_stored or store_missing: nothing there yet; says how to begin).
Result<std::unique_ptr<store::Reader>> open_stored(const StoredAt& at);

/// One write to the store of a project whose server is not running; the only way in which commands write.
/// Waits for it. A mark of an unclean stop stays for the server that comes next, which must know what was
/// under way. Errors: as open_stored (so that a wrong folder is not made into a store), invalid (a server has
/// the folder), the write's own.
template <class T>
Result<T> write_stored(const StoredAt& at, const std::function<void(store::Store&, store::Done<T>)>& write) {
  WAGGLE_TRY_VOID(open_stored(at));
  WAGGLE_TRY(const std::string folder, data_folder(at));
  WAGGLE_TRY(const auto store, store::open_sqlite({.data_dir = folder, .passing_by = true}));
  std::promise<Result<T>> done;
  write(*store, [&](Result<T> result) { done.set_value(std::move(result)); });
  Result<T> written = done.get_future().get();
  store->close();
  return written;
}

}  // namespace waggle::cli
