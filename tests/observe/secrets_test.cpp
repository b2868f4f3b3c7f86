#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include <waggle/secret.hpp>

#include "core/secrets/redactor.hpp"
#include "core/secrets/references.hpp"

namespace waggle::secrets {
namespace {

TEST(Secret, EqualsOnlyTheSameText) {
  Secret secret("hunter22");
  EXPECT_TRUE(secret.equals("hunter22"));
  EXPECT_FALSE(secret.equals("hunter23"));
  EXPECT_FALSE(secret.equals("Hunter22"));
  EXPECT_FALSE(secret.equals("hunter2"));
  EXPECT_FALSE(secret.equals("hunter222"));
}

TEST(Secret, AnEmptyOneEqualsNothingNotEvenTheEmptyText) {
  EXPECT_FALSE(Secret().equals(""));
  EXPECT_FALSE(Secret("").equals(""));
}

TEST(Secret, WipingOverwritesShortAndLongTexts) {
  for (std::string text : {std::string("short"), std::string(100, 'x')}) {
    const char* bytes = text.data();
    std::size_t size = text.size();
    Secret::wipe(text);
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(text.data(), bytes);
    EXPECT_EQ(std::string(bytes, size), std::string(size, '\0'));
  }
}

TEST(Secret, MovingLeavesNothingBehind) {
  Secret from("0123456789");
  Secret to(std::move(from));
  EXPECT_TRUE(from.empty());  // NOLINT: looking at what is left is the point
  EXPECT_TRUE(to.equals("0123456789"));
  Secret third("other");
  third = std::move(to);
  EXPECT_TRUE(third.equals("0123456789"));
  EXPECT_TRUE(to.empty());  // NOLINT
}

struct MaskCase {
  const char* text;
  const char* masked;
};

TEST(Redactor, MasksEverySpelling) {
  // The secret is `p@ss/w"rd ~?>`; spellings made with python3's base64, json, urllib.parse and binascii.
  Redactor redactor({R"(p@ss/w"rd ~?>)"});
  const MaskCase cases[] = {
      {R"(plain p@ss/w"rd ~?> end)", "plain *** end"},
      {R"({"token":"p@ss/w\"rd ~?>"})", R"({"token":"***"})"},
      {R"({"token":"p@ss\/w\"rd ~?>"})", R"({"token":"***"})"},
      {"?key=p%40ss%2Fw%22rd%20~%3F%3E&x=1", "?key=***&x=1"},
      {"?key=p%40ss%2fw%22rd%20~%3f%3e&x=1", "?key=***&x=1"},
      {"key=p%40ss%2Fw%22rd+%7E%3F%3E&x=1", "key=***&x=1"},
      {"hex 704073732f7722726420", "hex 704073732f7722726420"},
      {"hex 704073732f77227264207e3f3e", "hex ***"},
      {"hex 704073732F77227264207E3F3E", "hex ***"},
      {"b64 cEBzcy93InJkIH4/Pg==", "b64 ***g=="},
      {"b64 cEBzcy93InJkIH4_Pg", "b64 ***g"},
      {"Basic YTpwQHNzL3cicmQgfj8+", "Basic YTp***"},
      {"Basic YTpwQHNzL3cicmQgfj8-", "Basic YTp***"},
      {"Basic dXNlcjpwQHNzL3cicmQgfj8+", "Basic dXNlcjp***"},
      {"nothing here", "nothing here"},
      {"", ""},
      {"p@s", "p@s"},
  };
  for (const MaskCase& c : cases) {
    EXPECT_EQ(redactor.mask(c.text), c.masked);
    EXPECT_EQ(redactor.finds(c.text), std::string_view(c.text) != c.masked) << c.text;
  }
}

TEST(Redactor, MasksOverlappingSecretsAsOne) {
  Redactor redactor({"abcdef", "defghi", "abcd"});
  EXPECT_EQ(redactor.mask("xabcdefghix"), "x***x");
  EXPECT_EQ(redactor.mask("abcdefabcdef"), "******");
  EXPECT_EQ(redactor.mask("abcdx"), "***x");
}

TEST(Redactor, LeavesNoPartOfAValueWhereATextIsCut) {
  Redactor redactor({"0123456789"});
  const std::string text = "ab0123456789cd0123456789";
  const std::pair<std::size_t, const char*> cuts[] = {
      {0, ""},        {2, "ab"},       {3, "ab***"},       {11, "ab***"},     {12, "ab***"},
      {13, "ab***c"}, {14, "ab***cd"}, {15, "ab***cd***"}, {99, "ab***cd***"}};
  for (const auto& [limit, expected] : cuts)
    EXPECT_EQ(redactor.mask_beginning(text, limit), expected) << limit;
  EXPECT_EQ(Redactor().mask_beginning(text, 3), "ab0");
  EXPECT_EQ(redactor.mask_beginning("abc", 2), "ab");
}

TEST(Redactor, LeavesValuesBelowTheLimitAlone) {
  EXPECT_EQ(Redactor({"abc"}).mask("abcabc"), "abcabc");
  EXPECT_EQ(Redactor({"abcd"}).mask("abcd"), "***");
  EXPECT_TRUE(Redactor({"abc", ""}).empty());
}

TEST(Redactor, FindsNoSecretInItsOwnOutputOnRandomTexts) {
  std::mt19937 random(7);
  auto text = [&](std::size_t size) {
    std::string out;
    while (out.size() < size) out += static_cast<char>('a' + random() % 3);
    return out;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> secrets = {text(4 + random() % 4), text(4 + random() % 9)};
    Redactor redactor(secrets);
    std::string input = text(200);
    std::string masked = redactor.mask(input);
    for (const std::string& secret : secrets) {
      EXPECT_EQ(masked.find(secret), std::string::npos);
      EXPECT_EQ(input.find(secret) != std::string::npos, Redactor({secret}).finds(input));
    }
  }
}

TEST(Redactor, IsFastForManySecrets) {
  std::mt19937_64 random(1);
  std::vector<std::string> secrets;
  for (int i = 0; i < 1000; ++i) secrets.push_back("sk_live_" + std::to_string(random()));
  Redactor redactor(secrets);
  std::string text;
  while (text.size() < (4u << 20)) text += R"({"id":12345,"name":"A. Person","total":"29.35"},)";
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(redactor.mask(text).size(), text.size());
  auto took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took, std::chrono::seconds(1))
      << "4 MiB against 1,000 secrets";  // about 20 ms; generous for sanitizers
}

class ReferencesTest : public testing::Test {
 protected:
  ReferencesTest() {
    std::filesystem::create_directories(dir_);
    references_.dir = dir_;
    references_.environment = [](const std::string& name) -> std::optional<std::string> {
      if (name == "SHOP_SECRET") return "s3cret";
      if (name == "EMPTY") return "";
      return std::nullopt;
    };
  }
  ~ReferencesTest() override { std::filesystem::remove_all(dir_); }
  void write(const std::string& name, const std::string& text) { std::ofstream(dir_ + "/" + name) << text; }
  std::string text_of(std::string_view text) {
    auto resolved = resolve(text, references_);
    return resolved ? resolved->text : "error: " + resolved.error().message;
  }

  std::string dir_ = testing::TempDir() + "waggle-references-" + std::to_string(::getpid());
  References references_;
};

TEST_F(ReferencesTest, PutsInVariablesAndFiles) {
  write("token", "abc\n");
  write("windows", "abc\r\n");
  write("two", "abc\n\n");
  EXPECT_EQ(text_of("${env.SHOP_SECRET}"), "s3cret");
  EXPECT_EQ(text_of("Bearer ${env.SHOP_SECRET}!"), "Bearer s3cret!");
  EXPECT_EQ(text_of("${env.EMPTY}"), "");
  EXPECT_EQ(text_of("${file.token}"), "abc");
  EXPECT_EQ(text_of("${file." + dir_ + "/token}${env.SHOP_SECRET}"), "abcs3cret");
  EXPECT_EQ(text_of("${file.windows}"), "abc");
  EXPECT_EQ(text_of("${file.two}"), "abc\n");
  EXPECT_EQ(text_of("no reference, $ and } alone"), "no reference, $ and } alone");
  EXPECT_EQ(text_of(R"(literal \${env.X})"), "literal ${env.X}");
  auto resolved = resolve("a${env.SHOP_SECRET}${file.token}", references_);
  EXPECT_EQ(resolved->found, (std::vector<std::string>{"s3cret", "abc"}));
  EXPECT_TRUE(resolved->referred);
  EXPECT_FALSE(resolve("plain", references_)->referred);
}

TEST_F(ReferencesTest, SaysWhatIsMissing) {
  write("large", std::string(max_referenced_file_bytes + 1, 'x'));
  write("largest", std::string(max_referenced_file_bytes, 'x'));
  EXPECT_THAT(text_of("${env.NOPE}"), testing::HasSubstr("NOPE is not set"));
  EXPECT_THAT(text_of("${file.nope}"), testing::HasSubstr("No such file"));
  EXPECT_THAT(text_of("${file.large}"), testing::HasSubstr("larger than 64 KiB"));
  EXPECT_EQ(text_of("${file.largest}").size(), max_referenced_file_bytes);
  EXPECT_THAT(text_of("${file..}"), testing::HasSubstr("no plain file"));
  EXPECT_THAT(text_of("${env.X"), testing::HasSubstr("} is missing"));
  EXPECT_THAT(text_of("${SHOP}"), testing::HasSubstr("only ${env.NAME} and ${file.PATH}"));
  EXPECT_THAT(text_of("${env.}"), testing::HasSubstr("names no variable"));
  EXPECT_EQ(resolve("${env.NOPE}", references_).error().code, "missing_variable");
}

}  // namespace
}  // namespace waggle::secrets
