// The samples of all connectors: each is declared, each declared one is there, and each does what the
// declaration says. Triggers: the payload, sent as the app itself would sign it, twice. Actions: input,
// canned answers, output.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

/// Each folder with a connector in it.
const std::vector<std::string>& all_connectors() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(source() / "connectors"))
      if (const std::string name = entry.path().filename();
          std::filesystem::exists(entry.path() / (name + ".cpp")))
        out.push_back(name);
    std::sort(out.begin(), out.end());
    return out;
  }();
  return names;
}

/// A connection with everything that the connector declares: examples, defaults, secrets that are told apart
/// from all other text (and may stand where an address must).
Json full_connection(const ConnectorSpec& spec) {
  Json out = Json::object();
  for (const Field& field : spec.settings) {
    if (field.type == FieldType::secret)
      out.set(field.name, "https://secret.example.com/bee-" + field.name);
    else if (field.type == FieldType::path)
      out.set(field.name,
              ::testing::TempDir() + "waggle-samples-" + std::to_string(::getpid()) + "-" + field.name);
    else if (!field.fallback.is_null())
      out.set(field.name, field.fallback);
    else if (!field.example.is_null())
      out.set(field.name, field.example);
    else if (field.type == FieldType::choice)
      out.set(field.name, field.choices.at(0));
    else if (field.type == FieldType::url)
      out.set(field.name, "https://app.example.com");
  }
  return out;
}

/// One that works without anything else: none where none is needed.
Json connection_for(const ConnectorSpec& spec) {
  return spec.connection_optional ? Json::object() : full_connection(spec);
}

/// The full one, once with each of its choices.
std::vector<Json> all_connections(const ConnectorSpec& spec) {
  std::vector<Json> out{full_connection(spec)};
  for (const Field& field : spec.settings)
    for (const std::string& choice : field.choices) {
      Json one = full_connection(spec);
      one.set(field.name, choice);
      out.push_back(std::move(one));
    }
  return out;
}

void remove_files(const ConnectorSpec& spec) {
  const Json connection = full_connection(spec);
  for (const Field& field : spec.settings)
    if (field.type == FieldType::path) std::filesystem::remove(connection.text(field.name));
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
  for (const auto& name : all_connectors()) {
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
  for (const auto& name : all_connectors()) {
    Driver driver(name);
    driver.connection = connection_for(driver.spec());
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
  for (const auto& name : all_connectors()) {
    Driver driver(name);
    driver.connection = connection_for(driver.spec());
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
    remove_files(driver.spec());
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
  for (const auto& name : all_connectors()) {
    const Driver driver(name);
    expect_help(name, driver.spec().settings);
    for (const auto& trigger : driver.spec().triggers) expect_help(name + "." + trigger.id, trigger.settings);
    for (const auto& action : driver.spec().actions) expect_help(name + "." + action.id, action.inputs);
  }
}

TEST(Secrets, AppearInNoMessageAndNoOutput) {
  // Each action against a world that answers nonsense: whatever is said about it, no secret is in it.
  for (const auto& name : all_connectors()) {
    Driver driver(name);
    for (const Json& connection : all_connections(driver.spec()))
      for (const int status : {0, 200, 302, 400, 401, 404, 410, 429, 500}) {
        driver.connection = connection;
        driver.world = [&](const Outgoing&) { return Canned{.status = status, .body = "<html>no</html>"}; };
        for (const auto& action : driver.spec().actions) {
          const Answer answer =
              driver.act(action.id, read_json(path_of(name, action.samples[0])).at("input"));
          EXPECT_EQ((answer.head.dump() + answer.body).find("bee-"), std::string::npos)
              << name << "." << action.id << " tells " << answer.head.dump();
        }
      }
    remove_files(driver.spec());
  }
}

/// One line a rule, with a word that the scale knows; a comment at the top says what the file is.
TEST(QualityScale, IsFilledInWithKnownWords) {
  const std::set<std::string> rules{"help_for_every_field",
                                    "signature_vectors",
                                    "samples",
                                    "sources",
                                    "no_secret_in_logs",
                                    "errors_mapped",
                                    "dedupe_key",
                                    "check",
                                    "remote_hook",
                                    "openapi",
                                    "pagination",
                                    "rotation_without_restart",
                                    "isolated"};
  for (const auto& name : all_connectors()) {
    std::istringstream file(read_file(source() / "connectors" / name / "quality.yaml"));
    std::string line;
    std::getline(file, line);
    EXPECT_EQ(line, "# The quality scale of connectors (house style): done, or exempt and why.") << name;
    std::set<std::string> seen;
    while (std::getline(file, line)) {
      const auto colon = line.find(": ");
      ASSERT_NE(colon, std::string::npos) << name << ": " << line;
      const std::string key = line.substr(0, colon);
      const std::string word = line.substr(colon + 2, line.find(' ', colon + 2) - colon - 2);
      EXPECT_TRUE(seen.insert(key).second) << name << " has " << key << " twice";
      if (key == "scale") {
        EXPECT_TRUE(word == "bronze" || word == "silver" || word == "gold") << name << ": " << line;
        continue;
      }
      EXPECT_TRUE(rules.contains(key)) << name << " has an unknown rule: " << key;
      EXPECT_TRUE(word == "done" || word == "open" || word == "exempt") << name << ": " << line;
    }
    EXPECT_TRUE(seen.contains("scale")) << name;
    EXPECT_TRUE(seen.contains("samples")) << name;
  }
}

}  // namespace
}  // namespace waggle::test
