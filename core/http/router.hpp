// Which of the declared paths a request means: `/hooks/:connection`, `/data/:account`. Built once by the
// engine from hooks and flows, then only read: any thread.
//
// Rules. A pattern is `/` or segments of literal text or `:name`. Patterns and requests mean the same with
// and without one slash at the end. A `:name` takes one segment that is not empty, percent-decoded once, so
// `%2F` in it is data. A literal segment beats a name, from the left; if that way has no route for the
// method, the next way is tried. HEAD is answered by GET's routes. Nothing that climbs with `..` matches.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waggle/result.hpp>

namespace waggle::http {

class Routes {
 public:
  struct Match {
    std::size_t id = 0;
    std::vector<std::pair<std::string, std::string>> params;  ///< in the order of the path
  };

  Routes();
  ~Routes();
  Routes(Routes&&) noexcept;
  Routes& operator=(Routes&&) noexcept;

  /// Declares a path; no methods means all of them. Errors: invalid (bad pattern, or another pattern already
  /// takes the same requests: names both).
  Result<void> add(std::vector<std::string> methods, std::string_view pattern, std::size_t id);

  /// `path` as received, without the query.
  std::optional<Match> find(std::string_view method, std::string_view path) const;

  /// The methods of all routes that this path fits, for 405 and its Allow header; empty: the path is unknown
  /// (404).
  std::vector<std::string> methods_at(std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace waggle::http
