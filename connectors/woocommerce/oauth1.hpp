// OAuth 1.0a, one-legged, HMAC-SHA256: how WooCommerce is asked over plain http, where it refuses Basic.
// Pure; any thread. Source: RFC 5849 section 3.4 and WooCommerce's own client; checked with a request signed
// by it (2026-11).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <waggle/crypto.hpp>
#include <waggle/encoding.hpp>

namespace waggle::woocommerce {

struct OAuth1 {
  std::string consumer_key, consumer_secret, nonce;
  std::int64_t timestamp_s = 0;

  /// The parameters to add to the query, the signature among them. `url` is without query.
  Pairs sign(std::string_view method, std::string_view url, const Pairs& query) const {
    Pairs out{{"oauth_consumer_key", consumer_key},
              {"oauth_nonce", nonce},
              {"oauth_signature_method", "HMAC-SHA256"},
              {"oauth_timestamp", std::to_string(timestamp_s)},
              {"oauth_version", "1.0"}};
    Pairs all;
    for (const Pairs* pairs : {&query, static_cast<const Pairs*>(&out)})
      for (const auto& [name, value] : *pairs) all.emplace_back(percent_encode(name), percent_encode(value));
    std::sort(all.begin(), all.end());
    std::string parameters;
    for (const auto& [name, value] : all) parameters += (parameters.empty() ? "" : "&") + name + "=" + value;
    const std::string base =
        std::string(method) + "&" + percent_encode(url) + "&" + percent_encode(parameters);
    out.emplace_back("oauth_signature", to_base64(hmac_sha256(consumer_secret + "&", base)));
    return out;
  }
};

}  // namespace waggle::woocommerce
