// The samples of all connectors: each is declared, each declared one is there, and each does what the
// declaration says. Triggers: the payload, sent as the app itself would sign it, twice. Actions: input,
// canned answers, output.
#include <gtest/gtest.h>

#include <set>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

const std::vector<std::string> all_connectors{"webhook", "http", "woocommerce", "slack", "books"};

struct Account {
  std::string connector;
  Json connection;
};

Json connection_for(const std::string& connector) {
  if (connector == "woocommerce")
    return {{"url", "https://shop.example.com"},
            {"webhook_secret", "bee-secret"},
            {"consumer_key", "ck_bee"},
            {"consumer_secret", "cs_bee"}};
  if (connector == "slack")
    return {{"bot_token", "xoxb-bee"},
            {"signing_secret", "bee-signing"},
            {"webhook_url", "https://hooks.slack.com/services/T0/B0/x"}};
  if (connector == "books") {
    const std::string file =
        ::testing::TempDir() + "waggle-samples-" + std::to_string(::getpid()) + ".journal";
    return {{"format", "hledger"}, {"file", file}};
  }
  return Json::object();
}

/// `part` is contained in `whole`: all its members, all its items.
bool contains(const Json& whole, const Json& part) {
  if (part.is_object()) {
    for (const auto& [name, value] : part.members())
      if (!whole.contains(name) || !contains(whole.at(name), value)) return false;
    return whole.is_object();
  }
  if (part.is_array()) {
    if (!whole.is_array() || whole.size() != part.size()) return false;
    for (std::size_t i = 0; i < part.size(); ++i)
      if (!contains(whole.at(i), part.at(i))) return false;
    return true;
  }
  return whole == part;
}

std::vector<Canned> answers_of(const Json& sample) {
  std::vector<Canned> out;
  for (const Json& answer : sample.at("answers").items()) {
    Canned one{.status = static_cast<int>(answer.at("status").as_int())};
    for (const auto& [name, value] : answer.at("headers").members())
      one.headers.emplace_back(name, value.to_text());
    if (answer.contains("text")) {
      one.headers.erase(one.headers.begin());  // no JSON by default
      one.body = answer.text("text");
    } else {
      one.body = answer.at("body").dump();
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::string path_of(const std::string& connector, const std::string& file) {
  return (source() / "connectors" / connector / "samples" / file).string();
}

TEST(Samples, EachIsDeclaredAndEachDeclaredOneIsThere) {
  for (const auto& name : all_connectors) {
    const Driver driver(name);
    std::set<std::string> declared;
    for (const auto& trigger : driver.spec().triggers) {
      EXPECT_FALSE(trigger.samples.empty()) << name << "." << trigger.id;
      declared.insert(trigger.samples.begin(), trigger.samples.end());
    }
    for (const auto& action : driver.spec().actions) {
      EXPECT_FALSE(action.samples.empty()) << name << "." << action.id;
      declared.insert(action.samples.begin(), action.samples.end());
    }
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(source() / "connectors" / name / "samples"))
      there.insert(entry.path().filename().string());
    EXPECT_EQ(there, declared) << name;
  }
}

TEST(Samples, EachTriggersSampleIsSignedAcceptedAndRecognisedWhenItComesAgain) {
  for (const auto& name : all_connectors) {
    Driver driver(name);
    driver.connection = connection_for(name);
    for (const auto& trigger : driver.spec().triggers)
      for (const auto& file : trigger.samples) {
        const std::string payload = read_file(path_of(name, file));
        const bool at_path = trigger.delivery == Delivery::path;
        const Json settings = at_path ? Json{{"path", "/x"}} : Json::object();
        const Request request = driver.signed_sample(trigger.id, payload, settings);
        const Answer first = driver.receive(request, at_path ? trigger.id : "", settings);
        ASSERT_TRUE(first.done()) << name << "." << trigger.id << ": " << first.message();
        ASSERT_EQ(first.events().size(), 1u) << name << "." << trigger.id;
        EXPECT_EQ(first.event().text("trigger"), trigger.id) << name;
        const Json got =
            first.event().contains("payload") ? first.event().at("payload") : parse(request.body);
        EXPECT_EQ(got, parse(payload)) << name << "." << trigger.id;
        if (at_path) continue;  // only with a scheme that has ids
        EXPECT_FALSE(first.event().text("dedupe_key").empty()) << name << "." << trigger.id;
        const Answer again = driver.receive(request);
        EXPECT_EQ(again.event().text("dedupe_key"), first.event().text("dedupe_key"))
            << name << "." << trigger.id;
      }
  }
}

TEST(Samples, EachActionsSampleGivesItsOutput) {
  for (const auto& name : all_connectors) {
    Driver driver(name);
    driver.connection = connection_for(name);
    for (const auto& action : driver.spec().actions)
      for (const auto& file : action.samples) {
        const Json sample = read_json(path_of(name, file));
        driver.script = answers_of(sample);
        const Answer answer = driver.act(action.id, sample.at("input"));
        ASSERT_TRUE(answer.done()) << name << "." << action.id << ": " << answer.message();
        EXPECT_TRUE(contains(answer.output(), sample.at("output")))
            << name << "." << action.id << " gave " << answer.output().dump();
        EXPECT_EQ(driver.sent.size(), driver.script.size())
            << name << "." << action.id << " asked otherwise than its sample says";
      }
    if (driver.connection.contains("file")) std::filesystem::remove(driver.connection.text("file"));
  }
}

void expect_help(const std::string& where, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (!field.name.empty()) {
      EXPECT_FALSE(field.help.empty()) << where << "." << field.name << " has no help";
    }
    expect_help(where + "." + field.name, field.fields);
  }
}

TEST(Declarations, EverySettingAndInputHasHelp) {
  for (const auto& name : all_connectors) {
    const Driver driver(name);
    expect_help(name, driver.spec().settings);
    for (const auto& trigger : driver.spec().triggers) expect_help(name + "." + trigger.id, trigger.settings);
    for (const auto& action : driver.spec().actions) expect_help(name + "." + action.id, action.inputs);
  }
}

TEST(Secrets, AppearInNoMessageAndNoOutput) {
  // Each action against a world that answers nonsense: whatever is said about it, no secret is in it.
  for (const auto& name : all_connectors)
    for (const int status : {0, 200, 302, 400, 401, 404, 410, 429, 500}) {
      Driver driver(name);
      driver.connection = connection_for(name);
      if (name == "http")
        driver.connection = {
            {"base_url", "https://api.example.com"}, {"auth", "bearer"}, {"token", "xoxb-bee"}};
      driver.world = [&](const Outgoing&) { return Canned{.status = status, .body = "<html>no</html>"}; };
      std::set<std::string> secrets;
      for (const Field& field : driver.spec().settings)
        if (field.type == FieldType::secret && driver.connection.contains(field.name))
          secrets.insert(driver.connection.text(field.name));
      for (const auto& action : driver.spec().actions) {
        const Answer answer = driver.act(action.id, read_json(path_of(name, action.samples[0])).at("input"));
        for (const auto& secret : secrets)
          EXPECT_EQ((answer.head.dump() + answer.body).find(secret), std::string::npos)
              << name << "." << action.id << " tells " << answer.head.dump();
      }
    }
}

}  // namespace
}  // namespace waggle::test
