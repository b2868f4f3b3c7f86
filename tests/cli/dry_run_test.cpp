// `waggle run --dry`: every request that a run would send, in order, with answers from a file or from the
// connectors' samples.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <waggle/json.hpp>

#include "tests/cli/program.hpp"

namespace waggle::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class DryRun : public testing::Test {
 protected:
  DryRun() {
    folder_.write("p/flows/list.yaml",
                  "waggle: 1\nwhen: { manual: {} }\nsteps:\n"
                  "  - http.get:\n"
                  "      url: http://127.0.0.1:1/orders\n"
                  "      paging: { kind: page, size: 2 }\n"
                  "    name: all orders\n"
                  "    as: orders\n"
                  "  - each: orders.body\n"
                  "    steps:\n"
                  "      - slack.post_message: { channel: \"#x\", text: \"order ${item.id}\" }\n"
                  "  - log: \"${orders.pages} pages\"\n");
    folder_.write("p/connections.yaml",
                  "chat: { connector: slack, bot_token: \"${env.TOKEN}\", api_url: "
                  "http://127.0.0.1:1 }\n");
  }
  Ran dry(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"run", "list", "--dry", "--dir", folder_ / "p"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_waggle(arguments, {{"TOKEN", "xoxb-secret-of-a-test"}});
  }
  Ran answered(const std::string& answers, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--answers", folder_.write("answers.yaml", answers)});
    return dry(more);
  }

  const Folder folder_;
};

TEST_F(DryRun, PrintsEveryRequestOfAnActionAndOfTheStepsBehindIt) {
  const Ran ran = answered(
      "all orders: [ { body: [ { id: 1 }, { id: 2 } ] }, { body: [ { id: 3 } ] } ]\n"
      "slack.post_message: { body: { ok: true, ts: \"1\", channel: C1 } }\n",
      {"--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, Not(HasSubstr("xoxb-secret-of-a-test")));
  const auto said = Json::parse(ran.out);
  ASSERT_TRUE(said.ok()) << ran.out;
  const Json& effects = said->at("effects");
  ASSERT_EQ(effects.size(), 4u) << ran.out;
  const Json& pages = effects.at(std::size_t{0}).at("requests");
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages.at(std::size_t{0}).text("url"), "http://127.0.0.1:1/orders?page=1");
  EXPECT_EQ(pages.at(1).text("url"), "http://127.0.0.1:1/orders?page=2");
  EXPECT_EQ(pages.at(1).at("answer").text("from"), "the answers file");
  for (std::size_t i = 1; i <= 3; ++i) {
    const Json& request = effects.at(i).at("requests").at(std::size_t{0});
    EXPECT_EQ(request.text("method"), "POST");
    EXPECT_EQ(request.at("body").text("text"), "order " + std::to_string(i));
  }
  EXPECT_EQ(said->at("steps").at(said->at("steps").size() - 1).text("output"), "2 pages");
}

TEST_F(DryRun, AnswersFromTheConnectorsSampleAndSaysSo) {
  folder_.write("p/flows/list.yaml",
                "waggle: 1\nwhen: { manual: {} }\nsteps:\n"
                "  - slack.post_message: { channel: \"#x\", text: hello }\n    as: posted\n"
                "  - log: \"at ${posted.ts}\"\n");
  const Ran ran = dry({});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("would send: POST http://127.0.0.1:1/api/chat.postMessage"));
  EXPECT_THAT(ran.out, HasSubstr("answered as the connector's sample says: 200"));
  EXPECT_THAT(ran.out, HasSubstr("at 1795420806.000100")) << "later steps see what the sample's answer gives";
}

TEST_F(DryRun, SaysWhatFollowsFromAnAnswerThatNobodyKnows) {
  const Ran ran = answered("all orders: [ { body: [ { id: 1 }, { id: 2 } ] } ]\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("then would send: GET http://127.0.0.1:1/orders?page=2"));
  EXPECT_THAT(ran.out,
              HasSubstr("not known here, so later steps see an empty output; tell it with --answers"));
}

TEST_F(DryRun, RehearsesFailures) {
  const Ran refused = answered("all orders: 403\n");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, HasSubstr("would fail: "));
  const Ran gone = answered("all orders: { error: connection refused }\n");
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_THAT(gone.out, HasSubstr("would fail and be tried again: "));
  EXPECT_THAT(gone.out, HasSubstr("connection refused"));
}

TEST_F(DryRun, WritesNoBooks) {
  folder_.write(
      "p/flows/list.yaml",
      "waggle: 1\nwhen: { manual: {} }\nsteps:\n"
      "  - books.add_entry: { date: 2026-11-23, currency: EUR, postings: [ { account: \"assets:a\", "
      "amount: 1 }, { account: \"income:b\" } ] }\n");
  folder_.write("p/connections.yaml", "books: { connector: books, file: main.journal, format: hledger }\n");
  const Ran ran = dry({});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("would do: {\"date\":\"2026-11-23\""));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "p/main.journal"));
  const Ran wet = run_waggle({"run", "list", "--dir", folder_ / "p"});
  EXPECT_EQ(wet.exit_code, 0) << wet.out << wet.err;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "p/main.journal")) << "a relative file begins at the project";
}

TEST_F(DryRun, ExplainsAnAnswersFileThatIsWrong) {
  const Ran unknown = answered("all orders:\n  - { stats: 200 }\n");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("answers.yaml:2:7 an answer has no `stats`"));
  EXPECT_EQ(answered("- 1\n").exit_code, 2);
  EXPECT_EQ(answered("all orders: 99\n").exit_code, 2);
  const Ran mistyped = answered("all order: 200\n");
  EXPECT_THAT(mistyped.err, HasSubstr("no request asked for the answers of all order"));
  EXPECT_EQ(run_waggle({"run", "list", "--dir", folder_ / "p", "--answers", "x"}).exit_code, 2)
      << "only with --dry";
}

TEST_F(DryRun, AndWetShowNoSecretThatAnAppSaysAgain) {
  const std::string token = "xoxb-secret-of-a-test";
  const std::string said = folder_.write("said.json", R"({ "you": "Bearer )" + token + R"(", "ok": true })");
  const Background app({"catch", "--port", "0", "--answer", said});
  folder_.write("p/connections.yaml",
                "me: { connector: http, auth: bearer, token: \"${env.TOKEN}\", base_url: \"" + app.address() +
                    "\" }\n");
  folder_.write(
      "p/flows/list.yaml",
      "waggle: 1\nwhen: { webhook: { path: /x, verify: { preset: none }, reply: after_run } }\nsteps:\n"
      "  - http.get: { url: /me }\n    connection: me\n    as: me\n"
      "  - log: \"hello ${me.body.you}\"\n"
      "  - reply: { body: \"${me.body.you}\" }\n"
      "  - fail: \"no ${me.body.you}\"\n");
  const std::string answers =
      folder_.write("answers.yaml", "http.get: { body: { you: \"" + token + "\" } }\n");
  for (const auto& more : {std::vector<std::string>{},
                           {"--json"},
                           {"--dry", "--answers", answers},
                           {"--dry", "--json", "--answers", answers}}) {
    std::vector<std::string> arguments{"run", "list", "--dir", folder_ / "p"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = run_waggle(arguments, {{"TOKEN", token}});
    EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
    EXPECT_THAT(ran.out + ran.err,
                testing::AllOf(HasSubstr("***"), HasSubstr("hello"), Not(HasSubstr(token))));
  }
}

}  // namespace
}  // namespace waggle::tests
