#include "core/observe/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>
#include <vector>
#include <waggle/json.hpp>

namespace waggle::observe {
namespace {

struct Lines {
  std::vector<std::string> all;
  LogOptions options(LogFormat format, Level level = Level::info) {
    return {.format = format,
            .level = level,
            .write = [this](std::string_view line) { all.emplace_back(line); },
            .now_ms = [] { return std::int64_t{1795430865123}; }};
  }
};

TEST(Log, WritesTextForPeople) {
  Lines lines;
  Log log(lines.options(LogFormat::text));
  log.info("run failed",
           {{"run", "0199"}, {"took_ms", 12}, {"again", true}, {"why", "no \"such\" thing"}, {"empty", ""}});
  EXPECT_EQ(lines.all.at(0),
            "2026-11-23T10:47:45.123Z info    run failed  run=0199  took_ms=12  again=true  "
            "why=\"no \\\"such\\\" thing\"  empty=\"\"\n");
}

TEST(Log, WritesJsonForMachines) {
  Lines lines;
  Log log(lines.options(LogFormat::json));
  log.error("run failed", invalid("no such action", "unknown_action"), {{"run", "0199"}, {"took_ms", -1}});
  EXPECT_EQ(
      lines.all.at(0),
      R"({"time":"2026-11-23T10:47:45.123Z","level":"error","event":"run failed","run":"0199","took_ms":-1,)"
      R"("error":"no such action","code":"unknown_action","next":"invalid"})"
      "\n");
}

TEST(Log, KeepsToItsLevel) {
  Lines lines;
  Log log(lines.options(LogFormat::text, Level::warning));
  log.info("unseen");
  log.warning("seen");
  EXPECT_FALSE(log.enabled(Level::info));
  log.set_level(Level::debug);
  log.debug("seen too");
  EXPECT_EQ(lines.all.size(), 2u);
  EXPECT_EQ(level_from("warning"), Level::warning);
  EXPECT_EQ(level_from("loud"), Level::unset);
}

TEST(Log, MasksSecrets) {
  Lines lines;
  Log log(lines.options(LogFormat::json));
  log.info("before", {{"token", "xoxb-12345"}});
  log.set_redactor(std::make_shared<secrets::Redactor>(std::vector<std::string>{"xoxb-12345"}));
  log.info("after", {{"token", "Bearer xoxb-12345"}});
  log.error("after", denied("token xoxb-12345 was refused"));
  EXPECT_THAT(lines.all[0], testing::HasSubstr("xoxb-12345"));
  EXPECT_THAT(lines.all[1], testing::HasSubstr("Bearer ***"));
  EXPECT_THAT(lines.all[2], testing::HasSubstr("token *** was refused"));
}

TEST(Log, CutsLongFieldsAndNeverHalfASecret) {
  Lines lines;
  Log log(lines.options(LogFormat::json));
  log.set_redactor(std::make_shared<secrets::Redactor>(std::vector<std::string>{"SECRETSECRET"}));
  auto field = [&](const std::string& text) {
    log.info("x", {{"f", text}});
    return Json::parse(lines.all.back())->text("f");
  };
  EXPECT_EQ(field(std::string(max_field_bytes, 'a')), std::string(max_field_bytes, 'a'));
  EXPECT_EQ(field(std::string(max_field_bytes + 1, 'a')), std::string(max_field_bytes - 3, 'a') + "...");
  EXPECT_EQ(field(std::string(1 << 20, 'a')).size(), max_field_bytes);
  EXPECT_THAT(field(std::string(max_field_bytes - 6, 'a') + "SECRETSECRET"),
              testing::Not(testing::HasSubstr("SEC")));
  std::string umlauts;  // two bytes each: the cut falls into the middle of one
  while (umlauts.size() < max_field_bytes + 10) umlauts += "\xC3\xA4";
  EXPECT_THAT(field(umlauts), testing::Not(testing::HasSubstr("\xEF\xBF\xBD")));
  EXPECT_LE(field(umlauts).size(), max_field_bytes);
}

bool is_one_printable_line(const std::string& line) {
  for (std::size_t i = 0; i + 1 < line.size(); ++i)
    if (static_cast<unsigned char>(line[i]) < 0x20 || line[i] == 0x7f) return false;
  return line.find("\xC2\x9B") == std::string::npos && line.find("\xC2\x85") == std::string::npos &&
         line.find("\xE2\x80\xA8") == std::string::npos && line.back() == '\n';
}

TEST(Log, CutsNoSecretWhereItStopsReading) {
  Lines lines;
  Log log(lines.options(LogFormat::json));
  const std::string secret(1'000, 's');
  log.set_redactor(std::make_shared<secrets::Redactor>(std::vector<std::string>{secret}));
  std::string text = "x";  // so many secrets that what is left of the window is a short line
  for (int i = 0; i < 20; ++i) text += secret + ".";
  log.info("cut", {{"value", text}});
  EXPECT_EQ(lines.all.at(0).find("ss"), std::string::npos) << lines.all[0];
}

TEST(Log, KeepsHostileTextOnOneLine) {
  const std::string hostile[] = {"a\nb",
                                 "a\r\n2026-01-01T00:00:00Z error   forged",
                                 "\x1b[2J",
                                 std::string("nul\0byte", 8),
                                 "\x7f",
                                 "csi \xC2\x9B"
                                 "31m next \xC2\x85 sep \xE2\x80\xA8 end",
                                 "bad \xFF\xC3 utf-8",
                                 "\",\"level\":\"error"};
  for (const std::string& text : hostile)
    for (LogFormat format : {LogFormat::text, LogFormat::json}) {
      Lines lines;
      Log log(lines.options(format));
      log.info("received", {{"body", text}});
      ASSERT_EQ(lines.all.size(), 1u);
      EXPECT_TRUE(is_one_printable_line(lines.all[0])) << lines.all[0];
      if (format == LogFormat::json) {
        auto json = Json::parse(lines.all[0]);
        ASSERT_TRUE(json.ok()) << lines.all[0];
        EXPECT_EQ(json->size(), 4u) << "a field was forged";
      }
    }
}

TEST(Log, KeepsTheSharedCorpusOfInjectionsOnOneLine) {
  const char* shared = std::getenv("WAGGLE_SHARED");
  std::string dir = shared != nullptr ? shared : WAGGLE_SOURCE_DIR "/../shared";
  std::ifstream file(dir + "/bad-inputs/strings/log-injection.json");
  if (!file) GTEST_SKIP() << "no shared test data in " << dir;
  std::stringstream text;
  text << file.rdbuf();
  auto corpus = Json::parse(text.str());
  ASSERT_TRUE(corpus.ok());
  Lines lines;
  Log text_log(lines.options(LogFormat::text)), json_log(lines.options(LogFormat::json));
  std::function<void(const Json&)> log_texts = [&](const Json& json) {
    if (json.is_string()) {
      text_log.info("received", {{"body", json.as_string()}});
      EXPECT_TRUE(is_one_printable_line(lines.all.back())) << lines.all.back();
      json_log.info("received", {{"body", json.as_string()}});
      EXPECT_TRUE(is_one_printable_line(lines.all.back())) << lines.all.back();
      EXPECT_TRUE(Json::parse(lines.all.back()).ok()) << lines.all.back();
    }
    if (json.is_array())
      for (const Json& item : json.items()) log_texts(item);
    if (json.is_object())
      for (const auto& [key, value] : json.members()) log_texts(value);
  };
  log_texts(*corpus);
  EXPECT_GT(lines.all.size(), 4u);
}

TEST(Log, KeepsLinesOfManyThreadsWhole) {
  Lines lines;
  Log log(lines.options(LogFormat::json));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 500; ++i) log.info("tick", {{"thread", t}, {"i", i}});
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lines.all.size(), 2000u);
  for (const std::string& line : lines.all) EXPECT_TRUE(Json::parse(line).ok());
}

}  // namespace
}  // namespace waggle::observe
