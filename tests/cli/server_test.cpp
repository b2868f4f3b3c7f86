// `waggle up` and the commands beside it: what came in is listed and shown, a parked run goes on, two servers
// never share a folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include <waggle/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/http/raw.hpp"

namespace waggle::tests {
namespace {

using testing::HasSubstr;

/// A project with one flow that posts to `bin`, and a server on it.
class ServerCommands : public testing::Test {
 protected:
  void start_server(const std::string& flow) {
    folder_.write("p/flows/talk.yaml", flow);
    folder_.write("p/event.json", R"({"who": "Ada"})");
    server_ =
        std::make_unique<Background>(std::vector<std::string>{"up", project(), "--listen", "127.0.0.1:0"});
    ASSERT_FALSE(server_->address().empty()) << server_->err();
  }

  static std::string posting_to(const std::string& url) {
    return "waggle: 1\nwhen: { webhook: { path: /talk, verify: { preset: none } } }\nsubject: "
           "${event.who}\nsteps:\n"
           "  - http.post: { url: \"" +
           url + "/said\", json: { who: \"${event.who}\" } }\n    retry: none\n";
  }

  std::string project() const { return folder_ / "p"; }
  Ran beside(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--dir", project()});
    return run_waggle(arguments);
  }
  Json json_beside(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    const Ran ran = beside(arguments);
    auto parsed = Json::parse(ran.out);
    EXPECT_TRUE(parsed.ok()) << ran.out << ran.err;
    return parsed.ok() ? *parsed : Json();
  }
  bool run_becomes(const std::string& state) const {
    return eventually([&] { return json_beside({"runs"}).at(0).text("state") == state; });
  }

  const Folder folder_;
  std::unique_ptr<Background> server_;
};

TEST_F(ServerCommands, ListAndShowWhatCameInAndWhatBecameOfIt) {
  Background bin({"catch", "--port", "0", "--out", folder_ / "caught.jsonl"});
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to(bin.address())));
  EXPECT_THAT(server_->out(), HasSubstr("flow talk: webhook at " + server_->address() + "/talk"));

  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(run_becomes("succeeded")) << server_->err();

  const Json run = json_beside({"runs"}).at(0);
  EXPECT_EQ(run.text("subject"), "Ada");
  const Json shown = json_beside({"show", run.text("id")});
  EXPECT_EQ(shown.at("effects").at(0).text("state"), "done");
  EXPECT_EQ(shown.at("attempts").at(0).at("exchanges").at(0).text("status"), "200");
  const Json event = json_beside({"events"}).at(0);
  EXPECT_EQ(json_beside({"show", event.text("id")}).at("payload").text("who"), "Ada");
  EXPECT_EQ(json_beside({"runs", "--state", "failed,parked"}).size(), 0u);

  for (const auto& command :
       {std::vector<std::string>{"runs"}, {"events"}, {"show", run.text("id")}, {"show", event.text("id")}}) {
    const Ran ran = beside(command);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, testing::AnyOf(HasSubstr("talk"), HasSubstr("webhook")));
  }
  const Ran table = beside({"runs"});
  std::istringstream lines(table.out);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(line.size(), 80u + 4u) << line;  // the … counts three bytes
  EXPECT_EQ(beside({"show", "nothing-of-that-name"}).exit_code, 2);
  EXPECT_EQ(server_->stop(), 0) << server_->err();
}

TEST_F(ServerCommands, SayWhereTheOutsideWorldReachesThem) {
  folder_.write("p/waggle.yaml", "public_url: https://hooks.shop.test/\n");
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  EXPECT_THAT(server_->out(), HasSubstr("flow talk: webhook at https://hooks.shop.test/talk"));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0) << "we go the short way";
}

TEST_F(ServerCommands, LogWhatTheProjectSaysAlsoWhenThatChanges) {
  folder_.write("p/waggle.yaml", "log_level: error\n");
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  EXPECT_EQ(server_->err(), "");
  folder_.write("p/waggle.yaml", "log_level: info\n");
  EXPECT_TRUE(eventually([&] { return server_->err().find("project loaded") != std::string::npos; }));
}

TEST_F(ServerCommands, MetricsSayWhatRunsAndWhatCameIn) {
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  const std::string url = server_->address();
  http::test::RawSocket socket(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  socket.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string metrics = socket.receive_all();
  EXPECT_THAT(metrics, testing::ContainsRegex("waggle_build_info\\{version=\"[0-9.]+\"\\} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("waggle_events_received_total{source=\"path:talk:/talk\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("waggle_store_queued_bytes "));
}

TEST_F(ServerCommands, RetryLetsAParkedRunGoOn) {
  std::string url;
  {
    const Background gone({"catch", "--port", "0"});
    url = gone.address();
  }
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to(url)));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(run_becomes("parked")) << server_->err();
  const std::string id = json_beside({"runs"}).at(0).text("id");

  const Background back({"catch", "--port", url.substr(url.rfind(':') + 1)});
  ASSERT_EQ(back.address(), url) << back.err();
  const Ran retried = beside({"retry", id});
  EXPECT_EQ(retried.exit_code, 0) << retried.err;
  EXPECT_TRUE(run_becomes("succeeded")) << beside({"show", id}).out << server_->err();
  EXPECT_EQ(beside({"retry", id}).exit_code, 1) << "it is not parked any more";
}

TEST_F(ServerCommands, RetryWithoutAServerWaitsForTheNext) {
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(run_becomes("parked")) << server_->err();
  EXPECT_EQ(server_->stop(SIGKILL), -SIGKILL);  // leaves its note behind
  const Ran retried = beside({"retry", json_beside({"runs"}).at(0).text("id")});
  EXPECT_EQ(retried.exit_code, 0) << retried.err;
  EXPECT_THAT(retried.out, HasSubstr("waggle up"));
  EXPECT_EQ(json_beside({"runs"}).at(0).text("state"), "queued");
}

TEST_F(ServerCommands, SendNothingToWhoeverHasTheAddressOfAKilledServer) {
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  const std::string address = server_->address();
  EXPECT_THAT(beside({"doctor"}).out, HasSubstr("running at " + address));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(run_becomes("parked")) << server_->err();
  EXPECT_EQ(server_->stop(SIGKILL), -SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(folder_ / "p/data/server.json"));

  const std::string port = address.substr(address.rfind(':') + 1);
  const Background stranger({"catch", "--port", port, "--out", folder_ / "told.jsonl"});
  ASSERT_EQ(stranger.address(), address) << stranger.err();
  EXPECT_EQ(beside({"retry", json_beside({"runs"}).at(0).text("id")}).exit_code, 0);
  EXPECT_EQ(beside({"connections"}).exit_code, 0);
  EXPECT_EQ(content_of(folder_ / "told.jsonl"), "") << "the control token is for the server alone";
  EXPECT_THAT(beside({"doctor"}).out, HasSubstr("none is running"));
}

TEST_F(ServerCommands, HeldRunsSayWhatTheyWaitForAndDiscardLetsThemGo) {
  std::string flow = posting_to("http://127.0.0.1:1");
  ASSERT_NO_FATAL_FAILURE(start_server(flow.insert(flow.find("subject"), "runs: one_at_a_time\n")));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(run_becomes("parked")) << server_->err();
  const std::string parked = json_beside({"runs"}).at(0).text("id");
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(run_becomes("held")) << server_->err();
  EXPECT_THAT(beside({"runs"}).out, HasSubstr("waits for run " + parked.substr(0, 8)));
  const Json held = json_beside({"runs"}).at(0);
  EXPECT_EQ(held.text("reason"),
            "waits for run " + parked + ", which is parked (one_at_a_time); retry or discard that one");
  EXPECT_THAT(beside({"show", held.text("id")}).out, HasSubstr(held.text("reason")));

  const Ran given_up = beside({"discard", parked, "--reason", "asked the customer"});
  EXPECT_EQ(given_up.exit_code, 0) << given_up.err;
  EXPECT_EQ(json_beside({"show", parked}).text("reason"), "asked the customer");
  EXPECT_TRUE(run_becomes("parked")) << "its turn has come";
  EXPECT_EQ(beside({"discard", parked}).exit_code, 1) << "it is given up already";

  EXPECT_EQ(server_->stop(), 0);
  EXPECT_EQ(beside({"discard", held.text("id")}).exit_code, 0) << "without a server too";
  EXPECT_EQ(json_beside({"runs"}).at(0).text("state"), "stopped");
}

TEST_F(ServerCommands, ConnectionsShowsAnAppThatIsLeftAlone) {
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  EXPECT_THAT(beside({"connections"}).out, HasSubstr("No connections"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(eventually([&] { return json_beside({"connections"}).at(0).text("state") == "left_alone"; }));
  EXPECT_THAT(beside({"connections"}).out,
              testing::AllOf(HasSubstr("http://127.0.0.1:1"), HasSubstr("left alone, next try in")));
  EXPECT_THAT(json_beside({"connections"}).at(0).text("why"), HasSubstr("10 failures in a row"));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  ASSERT_TRUE(run_becomes("waiting"));
  EXPECT_THAT(json_beside({"runs"}).at(0).text("reason"), HasSubstr("left alone for a while"));
}

TEST_F(ServerCommands, MendLetsTheRunsOfABrokenConnectionGoOn) {
  const Environment environment{{"TOKEN", "token-of-a-test"}};
  Background bin({"catch", "--port", "0", "--status", "401"});
  const std::string url = bin.address();
  folder_.write(
      "p/connections.yaml",
      "chat: { connector: http, auth: bearer, token: \"${env.TOKEN}\", base_url: \"" + url + "\" }\n");
  folder_.write("p/flows/talk.yaml",
                "waggle: 1\nwhen: { webhook: { path: /talk, verify: { preset: none } } }\nsteps:\n"
                "  - http.post: { url: /said, json: { who: \"${event.who}\" } }\n    connection: chat\n");
  const std::string event = folder_.write("p/event.json", R"({"who": "Ada"})");
  const auto with_token = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--dir", project()});
    return run_waggle(arguments, environment);
  };
  server_ = std::make_unique<Background>(std::vector<std::string>{"up", project(), "--listen", "127.0.0.1:0"},
                                         environment);
  ASSERT_FALSE(server_->address().empty()) << server_->err();
  EXPECT_EQ(with_token({"send", "talk", event}).exit_code, 0);
  ASSERT_TRUE(run_becomes("parked")) << server_->err();
  bin.stop();

  const Background back({"catch", "--port", url.substr(url.rfind(':') + 1)});
  ASSERT_EQ(back.address(), url) << back.err();
  const Ran mended = with_token({"connections", "mend", "chat"});
  EXPECT_EQ(mended.exit_code, 0) << mended.err;
  EXPECT_THAT(mended.out, HasSubstr("1 run goes on"));
  EXPECT_TRUE(run_becomes("succeeded")) << server_->err();
  const Ran unknown = with_token({"connections", "mend", "chatt"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean `chat`"));
  EXPECT_EQ(server_->stop(), 0);
  const Ran alone = with_token({"connections", "mend", "chat", "--json"});
  EXPECT_EQ(alone.exit_code, 0) << alone.err;
  EXPECT_THAT(alone.out, HasSubstr(R"("runs":0,"server":false)"));
}

TEST_F(ServerCommands, UpShowsAProblemOfTheProjectOnce) {
  folder_.write("p/flows/broken.yaml", "waggle: 1\nwhen: { manual: {} }\nsteps: [ { lgo: hello } ]\n");
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  ASSERT_TRUE(eventually(
      [&] { return server_->out().find(", in the log and by `waggle check`") != std::string::npos; }));
  const std::string screen = server_->out() + server_->err();
  const auto first = screen.find("flows/broken.yaml:3");
  ASSERT_NE(first, std::string::npos) << screen;
  EXPECT_EQ(screen.find("flows/broken.yaml:3", first + 1), std::string::npos) << screen;
}

TEST_F(ServerCommands, ASecondServerOnTheSameFolderRefuses) {
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  const Ran second = run_waggle({"up", project(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("data"));
  EXPECT_EQ(server_->stop(SIGINT), 0);
}

TEST_F(ServerCommands, SendStartsAManualFlow) {
  ASSERT_NO_FATAL_FAILURE(
      start_server("waggle: 1\nwhen: { manual: {} }\nsubject: ${event.who}\nsteps: [ { log: hello } ]\n"));
  const Ran sent = beside({"send", "talk", folder_ / "p/event.json"});
  EXPECT_EQ(sent.exit_code, 0) << sent.out << sent.err;
  EXPECT_TRUE(run_becomes("succeeded")) << server_->err();
  EXPECT_EQ(json_beside({"runs"}).at(0).text("subject"), "Ada");
}

TEST_F(ServerCommands, ListEventsByTheSourcesThatTheHelpNames) {
  folder_.write("p/flows/by_hand.yaml", "waggle: 1\nwhen: { manual: {} }\nsteps: [ { log: hello } ]\n");
  folder_.write("p/flows/often.yaml",
                "waggle: 1\nwhen: { schedule: { every: 1s } }\nsteps: [ { log: hello } ]\n");
  ASSERT_NO_FATAL_FAILURE(start_server(posting_to("http://127.0.0.1:1")));
  EXPECT_EQ(beside({"send", "talk", folder_ / "p/event.json"}).exit_code, 0);
  EXPECT_EQ(beside({"send", "by_hand", folder_ / "p/event.json"}).exit_code, 0);
  EXPECT_EQ(json_beside({"events", "--source", "path:talk:/talk"}).size(), 1u);
  EXPECT_EQ(json_beside({"events", "--source", "manual:by_hand"}).size(), 1u);
  EXPECT_TRUE(eventually([&] {
    return json_beside({"events", "--source", "schedule:often every 1s"}).size() > 0;
  })) << beside({"events", "--json"}).out;
  const std::string help = beside({"events", "--help"}).out;
  for (const char* source : {"path:FLOW:", "manual:FLOW", "schedule:FLOW"})
    EXPECT_THAT(help, HasSubstr(source));
}

}  // namespace
}  // namespace waggle::tests
