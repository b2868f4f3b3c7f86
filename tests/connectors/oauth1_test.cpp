// OAuth 1.0a as WooCommerce wants it, against a request that WooCommerce's own client signed (2026-11).
#include <gtest/gtest.h>

#include "connectors/woocommerce/oauth1.hpp"

namespace waggle::woocommerce {
namespace {

TEST(OAuth1, SignsAsTheOfficialClientDoes) {
  const OAuth1 oauth{"ck_a", "cs_b", "DnCtnQOwEvvVTrVlSV3aoMXfkiOqohBp", 1795420849};
  const Pairs signed_parameters = oauth.sign("GET", "http://127.0.0.1:39420/wp-json/wc/v3/orders",
                                             {{"modified_after", "2026-01-01T00:00:00"}, {"per_page", "2"}});
  const std::string* const signature = find_value(signed_parameters, "oauth_signature");
  ASSERT_NE(signature, nullptr);
  EXPECT_EQ(*signature, "IjbfIyAyw4P9MzMdEAZrYWm0NglVwujymHKLe7KsPso=");
}

}  // namespace
}  // namespace waggle::woocommerce
