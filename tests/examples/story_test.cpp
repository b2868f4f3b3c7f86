// Runs each example's README as it is written; examples/README.md says what its blocks mean.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include <waggle/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/examples/free_port.hpp"

namespace waggle::tests {
namespace {

const std::filesystem::path examples = WAGGLE_SOURCE_DIR "/examples";

struct StoryBlock {
  std::string kind;  ///< sh, slack, ledger, output
  std::vector<std::string> lines;
};

std::vector<StoryBlock> blocks_of(const std::string& readme) {
  std::vector<StoryBlock> blocks;
  bool inside = false;
  std::istringstream text(readme);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), {}});
    } else if (inside && !line.empty()) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

/// A copy of an example on ports and files of its own, and what has happened to it so far.
class Story {
 public:
  explicit Story(const std::string& name) {
    std::filesystem::copy(examples / name, folder_ / "project", std::filesystem::copy_options::recursive);
    settings_ = content_of(folder_ / "project/waggle.yaml");
    replace(settings_);
    folder_.write("project/waggle.yaml", settings_);
    environment_["PATH"] =
        std::filesystem::path(waggle_program).parent_path().string() + ":" + std::getenv("PATH");
    environment_["HOME"] = std::getenv("HOME") == nullptr ? folder_.path() : std::getenv("HOME");
  }

  void tell(const StoryBlock& block) {
    for (std::string line : block.lines) {
      replace(line);
      if (block.kind == "sh") command(line);
      if (block.kind == "slack") posted(line);
      if (block.kind == "ledger") booked(line);
      if (block.kind == "output") {
        EXPECT_THAT(output_, testing::HasSubstr(line));
      }
    }
  }

  /// Everything expected has come; nothing more may.
  void end() {
    if (!caught_) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::string all;
    for (const auto& text : messages()) all += text + "\n";
    EXPECT_EQ(messages().size(), least_messages_) << "the README names other messages than were posted:\n"
                                                  << all;
    for (auto& server : servers_) EXPECT_EQ(server->stop(), 0) << server->err();
  }
  std::size_t least_messages_ = 0;

 private:
  void replace(std::string& text) const {
    replace_all(text, "8080", std::to_string(server_port_));
    replace_all(text, "8099", std::to_string(catch_port_));
    replace_all(text, "/tmp/", folder_.path() + "/");
  }

  void command(const std::string& line) {
    if (line.starts_with("export ")) {
      std::istringstream words(line.substr(7));
      for (std::string word; words >> word;)
        environment_[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    } else if (line.starts_with("waggle catch") || line.starts_with("waggle up")) {
      in_background(line);
    } else {
      const bool refused = line.find("# refused") != std::string::npos;
      const Ran ran = run({"bash", "-c", "cd " + folder_.path() + "/project && " + line}, environment_);
      EXPECT_EQ(ran.exit_code, refused ? 1 : 0) << line << '\n' << ran.out << ran.err << logs();
      output_ = ran.out + ran.err;
    }
  }

  void in_background(const std::string& line) {
    std::istringstream words(line.substr(7));
    std::vector<std::string> arguments;
    for (std::string word; words >> word;)
      arguments.push_back(word.starts_with("events/") ? folder_.path() + "/project/" + word : word);
    if (arguments[0] == "up") arguments.push_back(folder_.path() + "/project");
    if (arguments[0] == "catch") {
      caught_ = true;
      arguments.insert(arguments.end(), {"--out", folder_ / "caught.jsonl"});
    }
    servers_.push_back(std::make_unique<Background>(arguments, environment_));
    EXPECT_FALSE(servers_.back()->address().empty()) << line << " did not start: " << servers_.back()->err();
  }

  std::vector<std::string> messages() const {
    std::vector<std::string> texts;
    std::istringstream lines(content_of(folder_ / "caught.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const auto request = Json::parse(line);
      if (!request || request->text("path") != "/api/chat.postMessage") continue;
      texts.push_back(Json::parse(request->text("body")).value().text("text"));
    }
    return texts;
  }

  void posted(const std::string& text) const {
    const bool came = eventually([&] {
      const auto all = messages();
      return std::find(all.begin(), all.end(), text) != all.end();
    });
    std::string all;
    for (const auto& one : messages()) all += "  " + one + "\n";
    EXPECT_TRUE(came) << "not posted: " << text << "\nposted:\n" << all << logs();
  }

  void booked(const std::string& line) const {
    const bool came =
        eventually([&] { return content_of(environment_.at("LEDGER")).find(line) != std::string::npos; });
    EXPECT_TRUE(came) << "not in the ledger: " << line << '\n'
                      << content_of(environment_.at("LEDGER")) << logs();
  }

  std::string logs() const {
    std::string all;
    for (const auto& server : servers_) all += server->out() + server->err();
    return all;
  }

  const Folder folder_;
  const int server_port_ = free_port();
  const int catch_port_ = free_port();
  std::string settings_;
  Environment environment_;
  std::vector<std::unique_ptr<Background>> servers_;
  std::string output_;
  bool caught_ = false;
};

std::vector<std::string> names_of_examples() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(examples))
    if (entry.is_directory()) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

class ExampleStory : public testing::TestWithParam<std::string> {};

TEST_P(ExampleStory, ComesTrueAsItIsWritten) {
  const auto blocks = blocks_of(content_of(examples / GetParam() / "README.md"));
  ASSERT_FALSE(blocks.empty());
  Story story(GetParam());
  for (const auto& block : blocks) {
    ASSERT_THAT(block.kind, testing::AnyOf("sh", "slack", "ledger", "output"));
    if (block.kind == "slack") story.least_messages_ += block.lines.size();
    story.tell(block);
    if (testing::Test::HasFatalFailure()) return;
  }
  story.end();
}

INSTANTIATE_TEST_SUITE_P(Examples, ExampleStory, testing::ValuesIn(names_of_examples()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace waggle::tests
