// See router.hpp.
#include "core/http/router.hpp"

#include <algorithm>
#include <functional>

#include "core/http/ascii.hpp"
#include "core/http/target.hpp"

namespace waggle::http {
namespace {

/// Longer paths are no hook of ours; the bound keeps the search shallow.
constexpr std::size_t max_segments = 32;

using Segments = std::vector<std::string>;

/// The raw segments of a path; nothing if it does not begin with `/` or has too many.
std::optional<std::vector<std::string_view>> split(std::string_view path) {
  std::vector<std::string_view> out;
  if (path.empty() || path.front() != '/') return {};
  path.remove_prefix(1);
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (out.size() > max_segments) return {};
  }
  return out;
}

std::optional<Segments> decode(std::string_view path) {
  const auto raw = split(path);
  if (!raw) return {};
  Segments out(raw->size());
  for (std::size_t i = 0; i < raw->size(); ++i)
    if (!percent_decode((*raw)[i], out[i]) || climbs(out[i])) return {};
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
}

struct Route {
  std::vector<std::string> methods;
  std::string pattern;
  std::vector<std::string> names;
  std::size_t id = 0;

  bool takes(std::string_view method) const {
    return methods.empty() || std::find(methods.begin(), methods.end(), method) != methods.end();
  }
  bool takes_or_heads(std::string_view method) const {
    return takes(method) || (method == "HEAD" && takes("GET"));
  }
};

}  // namespace

struct Routes::Node {
  std::map<std::string, Node, std::less<>> literals;
  std::unique_ptr<Node> name;
  std::vector<Route> routes;

  using Visit = std::function<bool(const Node&, const std::vector<const std::string*>&)>;

  /// Visits the nodes that fit, the most specific first, until `visit` says true.
  bool search(const Segments& path, std::size_t at, std::vector<const std::string*>& taken,
              const Visit& visit) const {
    if (at == path.size()) return !routes.empty() && visit(*this, taken);
    const auto literal = literals.find(path[at]);
    if (literal != literals.end() && literal->second.search(path, at + 1, taken, visit)) return true;
    if (!name || path[at].empty()) return false;
    taken.push_back(&path[at]);
    if (name->search(path, at + 1, taken, visit)) return true;
    taken.pop_back();
    return false;
  }
};

Routes::Routes() : root_(std::make_unique<Node>()) {}
Routes::~Routes() = default;
Routes::Routes(Routes&&) noexcept = default;
Routes& Routes::operator=(Routes&&) noexcept = default;

Result<void> Routes::add(std::vector<std::string> methods, std::string_view pattern, std::size_t id) {
  const std::string quoted = "\"" + std::string(pattern) + "\"";
  const auto segments = split(pattern);
  if (!segments || pattern.find_first_of("?#%\\ ") != std::string_view::npos || climbs(pattern))
    return invalid("the path " + quoted + " is not a path; write it like /data/:account", "bad_path");
  Route route{std::move(methods), std::string(pattern), {}, id};
  for (const auto segment : *segments) {
    if (segment.empty())
      return invalid("the path " + quoted + " has an empty part; remove one slash", "bad_path");
    if (segment.front() != ':') continue;
    const std::string name(segment.substr(1));
    if (!is_name(name))
      return invalid("the path " + quoted + ": \"" + std::string(segment) +
                         "\" is not a name; use letters, digits and _",
                     "bad_path");
    if (std::find(route.names.begin(), route.names.end(), name) != route.names.end())
      return invalid("the path " + quoted + " has the name :" + name + " twice; rename one", "bad_path");
    route.names.push_back(name);
  }
  Node* node = root_.get();
  for (const auto segment : *segments) {
    if (segment.front() != ':') {
      node = &node->literals[std::string(segment)];
    } else {
      if (!node->name) node->name = std::make_unique<Node>();
      node = node->name.get();
    }
  }
  for (const Route& other : node->routes) {
    const bool both = (route.methods.empty() || other.methods.empty())
                          ? true
                          : std::any_of(route.methods.begin(), route.methods.end(),
                                        [&](const auto& m) { return other.takes(m); });
    if (both)
      return invalid("the path " + quoted + " takes the same requests as \"" + other.pattern +
                         "\"; change one of them or its methods",
                     "path_taken");
  }
  node->routes.push_back(std::move(route));
  return {};
}

std::optional<Routes::Match> Routes::find(std::string_view method, std::string_view path) const {
  const auto segments = decode(path);
  if (!segments) return {};
  std::optional<Match> match;
  std::vector<const std::string*> taken;
  root_->search(*segments, 0, taken, [&](const Node& node, const auto& values) {
    const Route* found = nullptr;
    for (const Route& route : node.routes)
      if (route.takes(method) || (!found && route.takes_or_heads(method))) found = &route;
    if (!found) return false;
    match = Match{found->id, {}};
    for (std::size_t i = 0; i < values.size(); ++i) match->params.emplace_back(found->names[i], *values[i]);
    return true;
  });
  return match;
}

std::vector<std::string> Routes::methods_at(std::string_view path) const {
  std::vector<std::string> all;
  const auto segments = decode(path);
  if (!segments) return all;
  std::vector<const std::string*> taken;
  root_->search(*segments, 0, taken, [&](const Node& node, const auto&) {
    for (const Route& route : node.routes) {
      if (route.methods.empty()) all.push_back("*");
      all.insert(all.end(), route.methods.begin(), route.methods.end());
    }
    return false;
  });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace waggle::http
