// Digests and signatures, over OpenSSL's libcrypto (waggle_add_connector links it for whoever includes this).
// Any thread.
#pragma once

#include <climits>
#include <string>
#include <string_view>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <waggle/encoding.hpp>
#include <waggle/result.hpp>
#include <waggle/secret.hpp>

namespace waggle {
namespace detail {

/// Throws `bug` when libcrypto has no such digest (a FIPS build without SHA-1) or no memory.
inline std::string digest(const EVP_MD* kind, std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (!kind || EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(out.data()), &size, kind,
                          nullptr) != 1)
    throw bug("libcrypto could not compute a digest", "no_digest");
  out.resize(size);
  return out;
}

inline std::string hmac(const EVP_MD* kind, std::string_view key, std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  // HMAC takes the key's length as int; whoever has a key of 2 GB hashes it first, which means the same to
  // HMAC.
  if (!kind || key.size() > INT_MAX ||
      !HMAC(kind, key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(data.data()), data.size(),
            reinterpret_cast<unsigned char*>(out.data()), &size))
    throw bug("libcrypto could not compute an HMAC", "no_hmac");
  out.resize(size);
  return out;
}

}  // namespace detail

// Raw bytes; to_hex or to_base64 makes a text of them.
inline std::string sha1(std::string_view data) { return detail::digest(EVP_sha1(), data); }
inline std::string sha256(std::string_view data) { return detail::digest(EVP_sha256(), data); }
inline std::string sha512(std::string_view data) { return detail::digest(EVP_sha512(), data); }
inline std::string hmac_sha1(std::string_view key, std::string_view data) {
  return detail::hmac(EVP_sha1(), key, data);
}
inline std::string hmac_sha256(std::string_view key, std::string_view data) {
  return detail::hmac(EVP_sha256(), key, data);
}
inline std::string hmac_sha512(std::string_view key, std::string_view data) {
  return detail::hmac(EVP_sha512(), key, data);
}
inline std::string hmac_sha1(const Secret& key, std::string_view data) {
  return hmac_sha1(key.reveal(), data);
}
inline std::string hmac_sha256(const Secret& key, std::string_view data) {
  return hmac_sha256(key.reveal(), data);
}
inline std::string hmac_sha512(const Secret& key, std::string_view data) {
  return hmac_sha512(key.reveal(), data);
}

/// The length first (it is no secret), then every byte, whatever the first ones say. Use it for signatures
/// and tokens.
inline bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace waggle
