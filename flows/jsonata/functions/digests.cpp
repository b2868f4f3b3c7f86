// Additions with bytes: $hash, $hmac, $uuid, $base64, $base64url, $fromBase64, $hex.
#include <waggle/crypto.hpp>

#include "flows/jsonata/codec.hpp"
#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/text.hpp"

namespace waggle::jsonata {

namespace {

std::string plain_name(Value v, std::string_view otherwise) {
  std::string out;
  for (char c : v.is_string() ? v.as_string() : otherwise)
    if (c != '-' && c != '_') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

Fault unknown(Value v, std::string_view what, std::string_view choices) {
  return fault("W2006").with_value(v).with_text(json_for_message(v) + " is not " + std::string(what) +
                                                "; use " + std::string(choices));
}

Value encoded(Call& call, std::uint32_t index, const std::string& bytes) {
  std::string encoding = plain_name(call[index], "hex");
  if (encoding == "hex") return call.context.text(encode_hex(bytes), true);
  if (encoding == "base64") return call.context.text(encode_base64(bytes, base64_letters, true), true);
  if (encoding == "base64url") return call.context.text(encode_base64(bytes, base64url_letters, false), true);
  throw unknown(call[index], "an encoding", "hex, base64 or base64url");
}

Value hash(Call& call) {
  if (!call.has(0)) return {};
  std::string_view text = call[0].as_string();
  call.context.charge(text.size() / 8 + 10);
  std::string kind = plain_name(call[1], "sha256");
  if (kind == "sha256") return encoded(call, 2, sha256(text));
  if (kind == "sha512") return encoded(call, 2, sha512(text));
  if (kind == "sha1") return encoded(call, 2, sha1(text));
  if (kind == "sha384") return encoded(call, 2, waggle::detail::digest(EVP_sha384(), text));
  if (kind == "md5") return encoded(call, 2, waggle::detail::digest(EVP_md5(), text));
  throw unknown(call[1], "a digest", "sha256, sha384, sha512, sha1 or md5");
}

Value hmac(Call& call) {
  if (!call.has(0) || !call.has(1)) return {};
  std::string_view text = call[0].as_string(), key = call[1].as_string();
  call.context.charge((text.size() + key.size()) / 8 + 10);
  std::string kind = plain_name(call[2], "sha256");
  if (kind == "sha256") return encoded(call, 3, hmac_sha256(key, text));
  if (kind == "sha512") return encoded(call, 3, hmac_sha512(key, text));
  if (kind == "sha1") return encoded(call, 3, hmac_sha1(key, text));
  throw unknown(call[2], "a digest", "sha256, sha512 or sha1");
}

/// RFC 9562: version 4 is random, version 7 starts with the time. Both follow from the evaluation's seed and
/// clock.
Value uuid(Call& call) {
  double version = call.has(0) ? call[0].as_number() : 4;
  if (version != 4 && version != 7) throw unknown(call[0], "a version of UUID that is made here", "4 or 7");
  std::uint64_t high = call.context.random(), low = call.context.random();
  if (version == 7) high = static_cast<std::uint64_t>(call.context.now) << 16 | (high & 0xFFFF);
  high = (high & ~std::uint64_t{0xF000}) | static_cast<std::uint64_t>(version) << 12;
  low = (low & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000;
  std::string bytes;
  for (std::uint64_t half : {high, low})
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(half >> shift & 0xFF);
  std::string text = encode_hex(bytes);
  for (std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return call.context.text(text, true);
}

Value base64(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  return call.context.text(encode_base64(call[0].as_string(), base64_letters, true), true);
}

Value base64url(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  return call.context.text(encode_base64(call[0].as_string(), base64url_letters, false), true);
}

Value from_base64(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  std::string bytes = decode_base64(call[0].as_string());
  if (!is_utf8(bytes)) throw fault("W2002").with_text("the text is not Base64 of UTF-8 text");
  return call.context.text(bytes);
}

Value hex(Call& call) {
  if (!call.has(0)) return {};
  call.context.charge(call[0].length / 16);
  return call.context.text(encode_hex(call[0].as_string()), true);
}

constexpr Example hash_examples[] = {
    {"$hash('abc')", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""},
    {"$hash('abc', 'SHA-1', 'base64')", "\"qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\""},
    {"$hash('abc', 'crc')", "!W2006"}};
constexpr Example hmac_examples[] = {
    {"$hmac('The quick brown fox jumps over the lazy dog', 'key')",
     "\"f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8\""}};
constexpr Example uuid_examples[] = {
    {"$match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/).index", "0"},
    {"$substring($uuid(7), 14, 1)", "\"7\""}};
constexpr Example base64_examples[] = {{"$base64('é')", "\"w6k=\""}};
constexpr Example base64url_examples[] = {{"$base64url('>>?')", "\"Pj4_\""}};
constexpr Example from_examples[] = {{"$fromBase64('w6k=')", "\"é\""}, {"$fromBase64('/w==')", "!W2002"}};
constexpr Example hex_examples[] = {{"$hex('aé')", "\"61c3a9\""}};

constexpr Declaration table[] = {
    {"hash", "<ss?s?:s>", hash, 3,
     "A digest of text (UTF-8): sha256 if not said; as hex, base64 or base64url.", hash_examples},
    {"hmac", "<sss?s?:s>", hmac, 4, "A keyed digest of text, for signatures.", hmac_examples},
    {"uuid", "<n?:s>", uuid, 1, "A new UUID, version 4 or 7; the same again when the run is replayed.",
     uuid_examples},
    {"base64", "<s:s>", base64, 1, "Base64 of the text's UTF-8 bytes.", base64_examples},
    {"base64url", "<s:s>", base64url, 1, "The same in the alphabet of addresses, without padding.",
     base64url_examples},
    {"fromBase64", "<s:s>", from_base64, 1, "Text from Base64 of UTF-8, in either alphabet.", from_examples},
    {"hex", "<s:s>", hex, 1, "The text's UTF-8 bytes in hexadecimal.", hex_examples},
};

}  // namespace

Family digest_functions() { return table; }

}  // namespace waggle::jsonata
