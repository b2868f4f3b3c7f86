// Which declared path a request means.
#include "core/http/router.hpp"

#include <gtest/gtest.h>

namespace waggle::http {
namespace {

std::string found(const Routes& routes, std::string_view method, std::string_view path) {
  const auto match = routes.find(method, path);
  if (!match) return "none";
  std::string out = std::to_string(match->id);
  for (const auto& [name, value] : match->params) out += " " + name + "=" + value;
  return out;
}

TEST(Routes, FindTheMostSpecificPattern) {
  Routes routes;
  const std::tuple<std::vector<std::string>, const char*, std::size_t> declared[] = {
      {{}, "/", 1},
      {{"POST"}, "/hooks/:connection", 2},
      {{"POST"}, "/hooks/shop", 3},
      {{"GET"}, "/data/:account", 4},
      {{"POST", "PUT"}, "/data/:account", 5},
      {{}, "/data/:account/orders/:order", 6},
      {{}, "/:any/x/orders", 7},
      {{}, "/files/report.txt", 8},
  };
  for (const auto& [methods, pattern, id] : declared)
    ASSERT_TRUE(routes.add(methods, pattern, id).ok()) << pattern;

  const std::tuple<const char*, const char*, const char*> expected[] = {
      {"GET", "/", "1"},
      {"POST", "/hooks/shop", "3"},
      {"POST", "/hooks/shop/", "3"},
      {"POST", "/hooks/other", "2 connection=other"},
      {"GET", "/hooks/other", "none"},
      {"POST", "/hooks", "none"},
      {"POST", "/hooks/", "none"},
      {"POST", "/hooks//", "none"},
      {"POST", "//hooks/shop", "none"},
      {"GET", "/data/12345", "4 account=12345"},
      {"HEAD", "/data/12345", "4 account=12345"},
      {"PUT", "/data/12345", "5 account=12345"},
      {"DELETE", "/data/12345", "none"},
      {"GET", "/data/a%20b", "4 account=a b"},
      {"GET", "/data/a%2Fb", "4 account=a/b"},
      {"GET", "/data/%252e", "4 account=%2e"},
      {"GET", "/data/a%2F..%2Fb", "none"},
      {"GET", "/data/..", "none"},
      {"GET", "/data/%2e%2e", "none"},
      {"GET", "/data/%zz", "none"},
      {"GET", "/data/7/orders/8", "6 account=7 order=8"},
      {"GET", "/data/x/orders", "7 any=data"},
      {"GET", "/d%61ta/1", "4 account=1"},
      {"GET", "/files/report.txt", "8"},
      {"GET", "/files/reportxtxt", "none"},
      {"GET", "data/1", "none"},
      {"GET", "", "none"},
      {"GET", "*", "none"},
  };
  for (const auto& [method, path, what] : expected)
    EXPECT_EQ(found(routes, method, path), what) << method << " " << path;
  EXPECT_EQ(routes.methods_at("/data/12345"), (std::vector<std::string>{"GET", "POST", "PUT"}));
  EXPECT_TRUE(routes.methods_at("/nowhere").empty());
}

TEST(Routes, RefuseBadPatternsAndNameBothSidesOfAConflict) {
  Routes routes;
  ASSERT_TRUE(routes.add({"POST"}, "/data/:account", 1).ok());
  ASSERT_TRUE(routes.add({"GET"}, "/data/:id", 2).ok());
  const std::tuple<std::vector<std::string>, const char*, const char*> bad[] = {
      {{"POST"}, "/data/:other/", "\"/data/:account\""},
      {{}, "/data/:all", "\"/data/:account\""},
      {{}, "data", "write it like"},
      {{}, "", "write it like"},
      {{}, "/a?b", "write it like"},
      {{}, "/a/../b", "write it like"},
      {{}, "/a%20b", "write it like"},
      {{}, "/a//b", "empty part"},
      {{}, "/:", "not a name"},
      {{}, "/:1a", "not a name"},
      {{}, "/:a/:a", "twice"},
  };
  for (const auto& [methods, pattern, part] : bad) {
    const auto added = routes.add(methods, pattern, 9);
    ASSERT_FALSE(added.ok()) << pattern;
    EXPECT_EQ(added.error().next, Next::invalid);
    EXPECT_NE(added.error().message.find(part), std::string::npos) << added.error().message;
  }
}

}  // namespace
}  // namespace waggle::http
