// An order about one stored run: given to the running server, or, when there is none, carried out in the
// store. For `retry` and `discard`. One thread.
#pragma once

#include <functional>
#include <string>

#include "core/cli/shell/command.hpp"
#include "core/cli/shell/stored.hpp"
#include "core/store/store.hpp"

namespace waggle::cli {

struct RunOrder {
  std::string run;
  std::string word;       ///< of the API: /api/runs/<run>/<word>
  std::string body = {};  ///< JSON for the API
  std::function<void(store::Store&, store::Done<bool>)> in_store;
  std::string refused;      ///< the run is in no state for it
  std::string json_word;    ///< what --json says was done
  std::string by_server;    ///< what people read, when the server did it
  std::string without_one;  ///< ... and when not
};

/// Gives it and prints what came of it. Result: the exit code.
int give_order(const Context& context, const StoredAt& at, const RunOrder& order);

}  // namespace waggle::cli
