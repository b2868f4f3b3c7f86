// Where the stored data of a project is, for commands that look into it beside a running server. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include <waggle/result.hpp>

#include "core/store/store.hpp"

namespace waggle::cli {

struct StoredAt {
  std::string dir = ".";
  std::string data;  ///< empty: as waggle.yaml says
};

/// --dir and --data.
void add_stored_options(CLI::App& command, StoredAt& at);

/// Errors: invalid (no project in the folder).
Result<std::string> data_folder(const StoredAt& at);

/// Errors: invalid (nothing stored there yet: says how to begin).
Result<std::unique_ptr<store::Reader>> open_stored(const StoredAt& at);

}  // namespace waggle::cli
