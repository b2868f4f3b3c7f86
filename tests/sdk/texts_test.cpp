// Encodings, digests, times and decimals: tables.
#include <gtest/gtest.h>

#include <waggle/crypto.hpp>
#include <waggle/decimal.hpp>
#include <waggle/encoding.hpp>
#include <waggle/time.hpp>

namespace waggle {
namespace {

/// RFC 4648, section 10.
TEST(Base64, MatchesTheVectorsOfTheRfc) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  EXPECT_EQ(to_base64url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(from_base64("-__-"), "\xFB\xFF\xFE");
  EXPECT_EQ(from_base64("+//+"), "\xFB\xFF\xFE");
  EXPECT_EQ(from_base64("Zg"), "f");
}

TEST(Base64, RefusesWhatIsNot) {
  for (const char* text : {"Z", "Zg=", "Zg===", "Z g=", "Zg==x", "====", "Zm9v=", "é"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

TEST(Hex, ReadsBothCasesAndRefusesTheRest) {
  EXPECT_EQ(to_hex(std::string("\x00\xAB", 2)), "00ab");
  EXPECT_EQ(from_hex("00aB"), std::string("\x00\xAB", 2));
  for (const char* text : {"0", "0g", "zz"}) EXPECT_EQ(from_hex(text), std::nullopt);
}

TEST(Utf8, IsTakenWholeAndNothingElse) {
  for (const std::string_view text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x90\x9D"})
    EXPECT_TRUE(is_utf8(text)) << text;
  // Cut off, alone, overlong, a surrogate, beyond Unicode.
  for (const std::string_view text :
       {"x\xC3", "\xA9", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(Form, ReadsNamesAndValuesInOrder) {
  const Pairs expected{{"Customer", "john & co"},
                       {"value", "20.00"},
                       {"value", ""},
                       {"a=b", "c=d"},
                       {"empty", ""},
                       {"bad", "%zz%"}};
  EXPECT_EQ(parse_form("Customer=john+%26+co&value=20.00&value=&a%3Db=c=d&&empty&bad=%zz%"), expected);
  EXPECT_EQ(encode_form({{"a b", "c&d"}, {"e", "é"}}), "a%20b=c%26d&e=%C3%A9");
}

/// RFC 4231 case 2; RFC 2202 case 2; the body and key that GitHub publishes; one recomputed with node and
/// openssl for WooCommerce.
TEST(Hmac, MatchesPublishedVectors) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha512("Jefe", "what do ya want for nothing?")),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
            "caeab1a34d4a6b4b636e070a38bce737");
  EXPECT_EQ(to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(to_hex(hmac_sha256("It's a Secret to Everybody", "Hello, World!")),
            "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  EXPECT_EQ(to_base64(hmac_sha256(Secret("wc-secret-1"), R"({"id":727})")),
            "Ah+AxWOKVN6kVvkgfEgv1YsM0865R7DwhKQN9n7jgx8=");
}

TEST(Digest, MatchesPublishedVectors) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(sha512("abc")).substr(0, 32), "ddaf35a193617abacc417349ae204131");
}

TEST(ConstantTimeEqual, ComparesWholeTexts) {
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
  EXPECT_FALSE(constant_time_equal("", "a"));
}

TEST(Time, ReadsRfc3339AndWritesItBack) {
  const struct {
    const char* text;
    const char* written;  // nullptr: refused
  } cases[] = {
      {"2026-11-23T10:40:34Z", "2026-11-23T10:40:34Z"},
      {"2026-11-23t10:40:34.5z", "2026-11-23T10:40:34.500Z"},
      {"2026-11-23 10:40:34.123999+02:00", "2026-11-23T08:40:34.123Z"},
      {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"},
      {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"},
      {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
      {"2026-02-29T00:00:00Z", nullptr},
      {"2026-11-23T10:40:34", nullptr},
      {"2026-11-23", nullptr},
      {"2026-11-23T24:00:00Z", nullptr},
      {"2026-11-23T10:40:34+0200", nullptr},
      {"2026-11-23T10:40:34.Z", nullptr},
      {"2026-11-23T10:40:34Zx", nullptr},
      {"2026-1-23T10:40:34Z", nullptr},
      {"", nullptr},
  };
  for (const auto& [text, written] : cases) {
    const auto time = parse_rfc3339(text);
    ASSERT_EQ(time.has_value(), written != nullptr) << text;
    if (time) {
      EXPECT_EQ(to_rfc3339(*time), written);
    }
  }
}

TEST(Time, TakesAMissingZoneAsUtcOnlyWhenAsked) {
  EXPECT_EQ(to_rfc3339(*parse_utc("2026-11-23T10:40:34")), "2026-11-23T10:40:34Z");
  EXPECT_EQ(to_rfc3339(*parse_utc("2026-11-23")), "2026-11-23T00:00:00Z");
  EXPECT_EQ(to_rfc3339_ms(*parse_utc("2026-11-23")), "2026-11-23T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339_ms(*parse_utc("2026-11-23T10:40:34.07Z")), "2026-11-23T10:40:34.070Z");
  EXPECT_EQ(to_rfc3339(*parse_utc("2026-11-23T10:40:34+01:00")), "2026-11-23T09:40:34Z");
}

TEST(Time, ReadsTheShorterFormsOfIso8601OnlyWhenAsked) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-11-23 09:00", "2026-11-23T09:00:00Z"},
      {"2026-11-23T09:00Z", "2026-11-23T09:00:00Z"},
      {"2026-11-23T10:00+0100", "2026-11-23T09:00:00Z"},
      {"2026-11-23T10:00:00.25+01", "2026-11-23T09:00:00.250Z"},
      {"2024-02-29T00:00:00-0530", "2024-02-29T05:30:00Z"}};
  for (const auto& [text, written] : cases) {
    ASSERT_TRUE(parse_utc(text)) << text;
    EXPECT_EQ(to_rfc3339(*parse_utc(text)), written);
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
  for (const char* text :
       {"", "now", "2026-13-01", "2026-02-29", "2026-11-23T", "2026-11-23T25:00:00Z", "2026-11-23T10:00:00+1",
        "2026-11-23T10:00+01:", "2026-11-23T10:00+01:0", "2026-11-23T10:00+0160", "2026-11-23T10:00.5Z",
        "2026-11-23T10:00:Z", "2026-11-23T10:00:00Zx", "2026-11-23T10:00:00.Z", "1795000000000"})
    EXPECT_FALSE(parse_utc(text)) << text;
}

TEST(Time, ReadsHttpDates) {
  EXPECT_EQ(to_rfc3339(*parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")), "1994-11-06T08:49:37Z");
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37", "06 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "7"})
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(Decimal, ReadsAndWrites) {
  const std::pair<const char*, const char*> cases[] = {
      {"29.35", "29.35"},
      {" 100.00 ", "100.00"},
      {"-.5", "-0.5"},
      {"+3", "3"},
      {"1.5e3", "1500"},
      {"1e-3", "0.001"},
      {"-0.00", "0.00"},
      {"007", "7"},
      {"123456789012345678901234567890.12", "123456789012345678901234567890.12"}};
  for (const auto& [text, written] : cases) {
    const auto decimal = Decimal::parse(text);
    ASSERT_TRUE(decimal) << text;
    EXPECT_EQ(decimal->to_string(), written);
  }
  for (const char* text : {"", ".", "-", "1,5", "1e", "0x1", "1 2", "NaN", "1e9999999", "--1"})
    EXPECT_FALSE(Decimal::parse(text)) << text;
}

TEST(Decimal, HoldsItsLimitOfDigits) {
  EXPECT_TRUE(Decimal::parse(std::string(Decimal::digits_limit, '9')));
  EXPECT_FALSE(Decimal::parse(std::string(Decimal::digits_limit + 1, '9')));
}

TEST(Decimal, AddsSubtractsAndComparesExactly) {
  const auto d = [](const char* text) { return *Decimal::parse(text); };
  EXPECT_EQ((d("0.1") + d("0.2")).to_string(), "0.3");
  EXPECT_EQ((d("999.99") + d("0.01")).to_string(), "1000.00");
  EXPECT_EQ((d("1") - d("1.01")).to_string(), "-0.01");
  EXPECT_EQ((d("-5") + d("3.50")).to_string(), "-1.50");
  EXPECT_TRUE((d("55.37") + d("10.52") - d("65.89")).is_zero());
  EXPECT_TRUE(d("100.00") == d("100"));
  EXPECT_TRUE(d("-2") < d("1"));
  EXPECT_TRUE(d("-2") < d("-1.99"));
  EXPECT_TRUE(d("0.00") == -d("0"));
  Decimal sum;
  for (int i = 0; i < 1000; ++i) sum += d("0.01");
  EXPECT_EQ(sum.to_json().dump(), "10.00");
}

}  // namespace
}  // namespace waggle
