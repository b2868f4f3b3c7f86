// URLs of outbound requests in their parts, and what is no URL. A table.
#include "core/http/url.hpp"

#include <gtest/gtest.h>

namespace waggle::http::test {
namespace {

struct Good {
  const char* text;
  const char* host;
  std::uint16_t port;
  const char* authority;
  const char* target;
  const char* origin;
  const char* user = "";
};

TEST(Urls, AreReadInTheirParts) {
  const Good cases[] = {
      {"http://a.test", "a.test", 80, "a.test", "/", "http://a.test:80"},
      {"https://a.test/", "a.test", 443, "a.test", "/", "https://a.test:443"},
      {"HTTP://A.Test/Path", "a.test", 80, "a.test", "/Path", "http://a.test:80"},
      {"HttpS://A.TEST:8443/", "a.test", 8443, "a.test:8443", "/", "https://a.test:8443"},
      {"http://a.test:80/", "a.test", 80, "a.test", "/", "http://a.test:80"},
      {"https://a.test:443/", "a.test", 443, "a.test", "/", "https://a.test:443"},
      {"http://a.test:443/", "a.test", 443, "a.test:443", "/", "http://a.test:443"},
      {"http://a.test:1/", "a.test", 1, "a.test:1", "/", "http://a.test:1"},
      {"http://a.test:65535/", "a.test", 65535, "a.test:65535", "/", "http://a.test:65535"},
      {"http://a.test:/x", "a.test", 80, "a.test", "/x", "http://a.test:80"},  // RFC 3986, 3.2.3
      {"http://a.test:00080/", "a.test", 80, "a.test", "/", "http://a.test:80"},
      {"http://127.0.0.1:8080/a", "127.0.0.1", 8080, "127.0.0.1:8080", "/a", "http://127.0.0.1:8080"},
      {"http://[::1]/", "::1", 80, "[::1]", "/", "http://[::1]:80"},
      {"http://[::1]:8080/a", "::1", 8080, "[::1]:8080", "/a", "http://[::1]:8080"},
      {"https://[2001:DB8::A]?q", "2001:db8::a", 443, "[2001:db8::a]", "/?q", "https://[2001:db8::a]:443"},
      {"http://[::ffff:1.2.3.4]:/", "::ffff:1.2.3.4", 80, "[::ffff:1.2.3.4]", "/",
       "http://[::ffff:1.2.3.4]:80"},
      {"http://a.test?x=1", "a.test", 80, "a.test", "/?x=1", "http://a.test:80"},
      {"http://a.test:81?x=http://b.test/", "a.test", 81, "a.test:81", "/?x=http://b.test/",
       "http://a.test:81"},
      {"http://a.test#part", "a.test", 80, "a.test", "/", "http://a.test:80"},
      {"http://a.test/p?q=1#part?no@query/", "a.test", 80, "a.test", "/p?q=1", "http://a.test:80"},
      {"http://a.test/%7Ea%2fb//c?d=%20e+f", "a.test", 80, "a.test", "/%7Ea%2fb//c?d=%20e+f",
       "http://a.test:80"},
      {"http://a.test/ä?ß=€", "a.test", 80, "a.test", "/%C3%A4?%C3%9F=%E2%82%AC", "http://a.test:80"},
      {"http://a.test/{a}|b", "a.test", 80, "a.test", "/{a}|b", "http://a.test:80"},
      {"http://a.test/x@y:z", "a.test", 80, "a.test", "/x@y:z", "http://a.test:80"},
      {"http://user:word@a.test/", "a.test", 80, "a.test", "/", "http://a.test:80", "user:word"},
      {"http://user@a.test:81/", "a.test", 81, "a.test:81", "/", "http://a.test:81", "user"},
      {"http://u:p%40%3A%2F@a.test/", "a.test", 80, "a.test", "/", "http://a.test:80", "u:p@:/"},
      {"http://u:p@x@a.test/", "a.test", 80, "a.test", "/", "http://a.test:80", "u:p@x"},
      {"http://u:p@[::1]:81/", "::1", 81, "[::1]:81", "/", "http://[::1]:81", "u:p"},
      {"http://@a.test/", "a.test", 80, "a.test", "/", "http://a.test:80"},
  };
  for (const Good& one : cases) {
    const auto url = read_url(one.text);
    ASSERT_TRUE(url.ok()) << one.text << ": " << url.error().message;
    EXPECT_EQ(url->secure, one.text[4] == 's' || one.text[4] == 'S') << one.text;
    EXPECT_EQ(url->host, one.host) << one.text;
    EXPECT_EQ(url->port, one.port) << one.text;
    EXPECT_EQ(url->authority, one.authority) << one.text;
    EXPECT_EQ(url->target, one.target) << one.text;
    EXPECT_EQ(url->origin, one.origin) << one.text;
    EXPECT_EQ(url->user, one.user) << one.text;
    EXPECT_EQ(url->origin, (url->secure ? "https://" : "http://") + url->host_and_port()) << one.text;
  }
}

TEST(Urls, AreRefusedByKind) {
  const std::tuple<std::string, const char*, const char*> cases[] = {
      {"", "bad_url", "no scheme"},
      {"a.test/path", "bad_url", "no scheme"},
      {"http:/a.test", "bad_url", "no scheme"},
      {"//a.test/", "bad_url", "no scheme"},
      {"://a.test/", "bad_scheme", "http or https"},
      {"ftp://a.test/", "bad_scheme", "http or https"},
      {"httpss://a.test/", "bad_scheme", "http or https"},
      {"/x?y=http://a.test", "bad_scheme", "http or https"},
      {"http://", "bad_url", "no host"},
      {"https://./", "bad_url", "no host"},
      {"https://..:443/", "bad_url", "no host"},
      {"http:///path", "bad_url", "no host"},
      {"http://?q", "bad_url", "no host"},
      {"http://#f", "bad_url", "no host"},
      {"http://:80/", "bad_url", "no host"},
      {"http://user@/", "bad_url", "no host"},
      {"http://user@:80/", "bad_url", "no host"},
      {"http://a.test:0/", "bad_url", "port"},
      {"http://a.test:65536/", "bad_url", "port"},
      {"http://a.test:99999/", "bad_url", "port"},
      {"http://[::1]:0/", "bad_url", "port"},
      {"http://a.test:-1/", "bad_url", ""},
      {"http://a.test:8o/", "bad_url", ""},
      {"http://a.test:100000/", "bad_url", ""},
      {"http://a.test:80:80/", "bad_url", ""},
      {"http://ä.test/", "bad_url", "host"},
      {"http://a_b<c/", "bad_url", "host"},
      {"http://a\\b/", "bad_url", "host"},
      {"http://::1/", "bad_url", ""},
      {"http://[::1/", "bad_url", "host"},
      {"http://[::1]x/", "bad_url", "host"},
      {"http://[]/", "bad_url", "host"},
      {"http://[1.2.3.4]/", "bad_url", "host"},
      {"http://[a.test]/", "bad_url", "host"},
      {"http://[fe80::1%25eth0]/", "bad_url", "host"},
      {"http://a%zz@a.test/", "bad_url", "percent"},
      {"http://a%2@a.test/", "bad_url", "percent"},
      {"http://a%00@a.test/", "bad_url", "percent"},
      {"http://a.test/a b", "bad_url", "space"},
      {" http://a.test/", "bad_url", "space"},
      {"http://a.test/\t", "bad_url", "space"},
      {"http://a.test/\r\nx: y", "bad_url", "space"},
      {"http://a.test/\x7f", "bad_url", "space"},
      {std::string("http://a.test/\0x", 16), "bad_url", "space"},
  };
  for (const auto& [text, code, words] : cases) {
    const auto url = read_url(text);
    ASSERT_FALSE(url.ok()) << text << " is taken for the host " << url->host;
    EXPECT_EQ(url.error().next, Next::invalid) << text;
    EXPECT_EQ(url.error().code, code) << text;
    EXPECT_NE(url.error().message.find(words), std::string::npos) << text << ": " << url.error().message;
  }
}

}  // namespace
}  // namespace waggle::http::test
