// Does what the README tells a newcomer to do, command by command, as it is written there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/program.hpp"
#include "tests/examples/free_port.hpp"

namespace waggle::tests {
namespace {

/// A section of the README, from its heading to the next.
std::vector<std::string> section(const std::string& heading) {
  std::vector<std::string> lines;
  std::istringstream text(content_of(WAGGLE_SOURCE_DIR "/README.md"));
  bool inside = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("## ")) inside = line == "## " + heading;
    if (inside) lines.push_back(line);
  }
  return lines;
}

class Newcomer {
 public:
  Newcomer() {
    const char* path = std::getenv("PATH");
    path_ = path == nullptr ? "" : path;
  }

  /// A line of the README that begins with four spaces.
  void types(const std::string& line) {
    SCOPED_TRACE(line);
    ++typed_;
    if (line == "scripts/build") return;  // it has built what runs here
    if (line == "export PATH=$PWD/build/dev/bin:$PATH")
      path_ = std::filesystem::path(waggle_program).parent_path().string() + ":" + path_;
    else if (line.starts_with("cd "))
      dir_ += "/" + line.substr(3);
    else if (line.starts_with("waggle up") || line.starts_with("waggle catch"))
      starts(line);
    else
      runs(line);
  }

  /// A block that begins with `# flows/NAME.yaml` becomes that file.
  void writes(const std::string& block) {
    const std::string name = block.substr(2, block.find('\n') - 2);
    folder_.write(dir_.substr(1) + "/" + name, on_free_ports(block));
  }

  bool caught(const std::string& words) const {
    return eventually([&] { return content_of(folder_ / "caught").find(words) != std::string::npos; });
  }
  std::string logs() const {
    std::string all;
    for (const auto& server : servers_) all += server->out() + server->err();
    return all;
  }
  int typed() const { return typed_; }

 private:
  std::string on_free_ports(std::string text) const {
    replace_all(text, "8080", std::to_string(server_port_));
    replace_all(text, "8099", std::to_string(catch_port_));
    return text;
  }

  void runs(const std::string& line) {
    const Environment environment{{"PATH", path_}};
    Ran ran;
    const auto done = [&] {
      ran = run({"bash", "-c", "cd " + folder_.path() + dir_ + " && " + line}, environment);
      return ran.exit_code == 0;
    };
    // What was saved a moment ago may not be in force yet.
    const bool good = line.starts_with("waggle send") ? eventually(done) : done();
    EXPECT_TRUE(good) << ran.out << ran.err << logs();
    if (!line.starts_with("waggle new project ")) return;
    const std::string settings = line.substr(line.rfind(' ') + 1) + "/waggle.yaml";
    folder_.write(settings, on_free_ports(content_of(folder_ / settings)));
  }

  void starts(const std::string& line) {
    std::istringstream words(on_free_ports(line).substr(7));
    std::vector<std::string> arguments;
    for (std::string word; words >> word;) arguments.push_back(word);
    if (arguments[0] == "up") arguments.push_back(folder_.path() + dir_);
    if (arguments[0] == "catch") arguments.insert(arguments.end(), {"--out", folder_ / "caught"});
    servers_.push_back(std::make_unique<Background>(arguments));
    EXPECT_FALSE(servers_.back()->address().empty()) << "it did not start: " << servers_.back()->err();
  }

  const Folder folder_;
  const int server_port_ = free_port();
  const int catch_port_ = free_port();
  std::string path_;
  std::string dir_;
  std::vector<std::unique_ptr<Background>> servers_;
  int typed_ = 0;
};

TEST(Readme, LeadsANewcomerToAFirstFlow) {
  Newcomer newcomer;
  std::string block;
  bool inside = false;
  for (const std::string& line : section("A first flow in five minutes")) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (!inside) newcomer.writes(block);
      block.clear();
    } else if (inside) {
      block += line + "\n";
    } else if (line.starts_with("    ")) {
      newcomer.types(line.substr(4));
    }
  }
  EXPECT_GE(newcomer.typed(), 11);
  EXPECT_TRUE(newcomer.caught("Ada came by")) << newcomer.logs();
}

}  // namespace
}  // namespace waggle::tests
