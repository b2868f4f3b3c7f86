// Each command as a person or a script meets it: exit code, what is printed where, --json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <waggle/json.hpp>

#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Case {
  const char* name;
  std::vector<std::string> arguments;
  int exit_code;
  const char* out;  ///< must be in the output
  const char* err = "";
};

class Command : public testing::TestWithParam<Case> {};

TEST_P(Command, EndsAsDocumented) {
  const Ran ran = run_waggle(GetParam().arguments);
  EXPECT_EQ(ran.exit_code, GetParam().exit_code) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(GetParam().out));
  EXPECT_THAT(ran.err, HasSubstr(GetParam().err));
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos) << "colour is for terminals";
}

INSTANTIATE_TEST_SUITE_P(
    Cli, Command,
    testing::Values(
        Case{"version", {"version"}, 0, "waggle 0."}, Case{"help", {"--help"}, 0, "connectors"},
        Case{"no_command", {}, 2, "", "subcommand"}, Case{"unknown_command", {"nonsense"}, 2, "", "nonsense"},
        Case{"unknown_option", {"version", "--colour"}, 2, "", "--colour"},
        Case{"unknown_option_json", {"version", "--json", "--colour"}, 2, "\"code\":\"usage\""},
        Case{"two_formats", {"connectors", "show", "slack", "--json", "--markdown"}, 2, "excludes"},
        Case{"catch_bad_port", {"catch", "--port", "99999"}, 2, "", "65535"},
        Case{"no_command_shows_all", {}, 2, "", "Try things out"}, Case{"eval", {"eval", "1 + 1"}, 0, "2\n"},
        Case{"eval_json", {"eval", "[1, 'a']", "--json"}, 0, "{\"result\":[1,\"a\"]}\n"},
        Case{"eval_nothing", {"eval", "nothing"}, 0, "", "nothing"},
        Case{"eval_nothing_json", {"eval", "nothing", "--json"}, 0, "{\"undefined\":true}\n"},
        Case{"eval_broken", {"eval", "1 + "}, 1, "", "S0207"},
        Case{"eval_broken_json", {"eval", "1 + ", "--json"}, 1, "\"code\":\"S0207\""},
        Case{"eval_wrong", {"eval", "'a' * 2"}, 1, "", "T2001"},
        Case{"eval_without_expression", {"eval"}, 2, "", "waggle eval"},
        Case{"eval_missing_file", {"eval", "a", "/nowhere/x.json"}, 2, "", "/nowhere/x.json"},
        Case{"check_missing_folder", {"check", "/nowhere"}, 2, "", "/nowhere"},
        Case{"connectors", {"connectors"}, 0, "woocommerce"},
        Case{"connectors_json", {"connectors", "--json"}, 0, "\"id\":\"slack\""},
        Case{"connector", {"connectors", "show", "slack"}, 0, "slack.post_message"},
        Case{"connector_json", {"connectors", "show", "slack", "--json"}, 0, "\"id\":\"post_message\""},
        Case{
            "connector_markdown", {"connectors", "show", "slack", "--markdown"}, 0, "### slack.post_message"},
        Case{"connector_unknown", {"connectors", "show", "slak"}, 2, "", "did you mean `slack`"},
        Case{"runs_of_nothing", {"runs", "--data", "/nowhere"}, 2, "", "waggle up"},
        Case{"events_of_nothing", {"events", "--data", "/nowhere"}, 2, "", "waggle up"},
        Case{"show_of_nothing", {"show", "x", "--data", "/nowhere"}, 2, "", "waggle up"},
        Case{"retry_of_nothing", {"retry", "x", "--data", "/nowhere"}, 2, "", "waggle up"},
        Case{"up_bad_listen", {"up", "/tmp", "--listen", "somewhere"}, 2, "", "ADDRESS:PORT"},
        Case{"new_bad_name", {"new", "project", "My Shop"}, 2, "", "cannot be a name"},
        Case{"new_flow_outside", {"new", "flow", "x", "--dir", "/nowhere"}, 2, "", "/nowhere/flows"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(EvalCommand, ReadsItsInputFromAFileOrFromStandardInput) {
  const Folder folder;
  const std::string file = folder.write(
      "order.json", R"({"lines": [{"price": 10.5}, {"price": 100.00}], "id": 9007199254740993123})");
  EXPECT_EQ(run_waggle({"eval", "$sum(lines.price)", file}).out, "110.5\n");
  EXPECT_EQ(run_waggle({"eval", "id", file}).out, "9007199254740993123\n") << "digits survive";
  EXPECT_EQ(run_waggle({"eval", "lines[1].price", "-"}, {}, content_of(file)).out, "100.00\n");
}

TEST(EvalCommand, ShowsWhereAnExpressionIsBroken) {
  const Ran ran = run_waggle({"eval", "price * + 2"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("price * + 2\n"));
  EXPECT_THAT(ran.err, HasSubstr("^"));
}

TEST(EvalCommand, AnswersLineByLineInOrder) {
  const Ran ran = run_waggle({"eval", "--jsonl"}, {},
                             "{\"expr\":\"1+1\"}\n"
                             "{\"expr\":\"a\",\"input\":{\"a\":[1,2]}}\n"
                             "{\"expr\":\"nothing\"}\n"
                             "{\"expr\":\"1 +\"}\n"
                             "{\"expr\":\"$x\",\"bindings\":{\"x\":7}}\n");
  EXPECT_EQ(ran.exit_code, 0);
  std::vector<std::string> lines;
  std::istringstream text(ran.out);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 5u) << ran.out;
  EXPECT_EQ(Json::parse(lines[0]).value().at("result").as_int(), 2);
  EXPECT_EQ(Json::parse(lines[1]).value().at("result").size(), 2u);
  EXPECT_TRUE(Json::parse(lines[2]).value().at("undefined").as_bool());
  EXPECT_FALSE(Json::parse(lines[3]).value().at("error").text("code").empty());
  EXPECT_EQ(Json::parse(lines[4]).value().at("result").as_int(), 7);
}

TEST(CheckCommand, NamesEveryProblemWithItsPlaceAndFails) {
  const Folder project;
  project.write("flows/one.yaml",
                "waggle: 1\nwhen: { manual: {} }\nsteps:\n  - slack.post_mesage: { channel: x, text: y }\n");
  project.write("flows/two.yaml", "waggle: 1\nwhen: { manual: {} }\nsteps:\n  - filtr: true\n");
  const Ran ran = run_waggle({"check", project.path()});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("flows/one.yaml:4:5 error"));
  EXPECT_THAT(ran.out, HasSubstr("post_message"));
  EXPECT_THAT(ran.out, HasSubstr("flows/two.yaml:4:5 error"));
  EXPECT_THAT(ran.out, HasSubstr("`filter`"));
  EXPECT_THAT(ran.out, HasSubstr("2 flows"));

  const auto json = Json::parse(run_waggle({"check", project.path(), "--json"}).out);
  ASSERT_TRUE(json.ok());
  EXPECT_FALSE(json->at("ok").as_bool(true));
  EXPECT_EQ(json->at("problems").size(), 2u);
  EXPECT_EQ(json->at("problems").at(0).text("line"), "4");
}

TEST(CatchCommand, AnswersAsSlackDoesAndKeepsWhatCame) {
  const Folder folder;
  Background bin({"catch", "--port", "0", "--out", folder / "caught.jsonl"});
  const std::string url = bin.address();
  ASSERT_FALSE(url.empty()) << bin.err();
  const std::string project =
      folder.write("p/flows/talk.yaml",
                   "waggle: 1\nwhen: { manual: {} }\nsteps:\n"
                   "  - slack.post_message: { channel: \"#x\", text: \"hello\" }\n    as: posted\n"
                   "  - log: \"${posted.ts}\"\n");
  folder.write("p/connections.yaml",
               "chat: { connector: slack, bot_token: \"${env.TOKEN}\", api_url: \"" + url + "\" }\n");
  const Environment environment{{"TOKEN", "xoxb-secret-of-a-test"}};

  const Ran dry = run_waggle({"run", "talk", "--dry", "--dir", folder / "p"}, environment);
  EXPECT_EQ(dry.exit_code, 0) << dry.out << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("POST " + url + "/api/chat.postMessage"));
  EXPECT_THAT(content_of(folder / "caught.jsonl"), testing::IsEmpty()) << "a dry run sends nothing";

  const Ran wet = run_waggle({"run", "talk", "--dir", folder / "p"}, environment);
  EXPECT_EQ(wet.exit_code, 0) << wet.out << wet.err;
  EXPECT_EQ(wet.out.find("xoxb-secret-of-a-test"), std::string::npos) << "secrets are not printed";
  const auto caught = Json::parse(content_of(folder / "caught.jsonl"));
  ASSERT_TRUE(caught.ok());
  EXPECT_EQ(caught->text("path"), "/api/chat.postMessage");
  EXPECT_EQ(Json::parse(caught->text("body")).value().text("text"), "hello");

  EXPECT_EQ(run_waggle({"connections", "test", "chat", "--dir", folder / "p"}, environment).exit_code, 0);
  EXPECT_EQ(bin.stop(), 0);
  EXPECT_EQ(run_waggle({"connections", "test", "chat", "--dir", folder / "p"}, environment).exit_code, 1)
      << "nobody there";
}

}  // namespace
}  // namespace waggle::tests
