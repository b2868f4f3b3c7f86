#include "tests/flows/case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace waggle::flows::testing {

Story play(const std::shared_ptr<const Flow>& flow, const RunInput& input, const Answers& answers,
           std::mt19937* random) {
  Story story;
  Run run = Run::begin(flow, input);
  std::vector<std::string> open;
  auto take = [&](Progress progress) {
    for (Effect& effect : progress.wanted) {
      open.push_back(effect.key);
      story.effects.push_back(std::move(effect));
    }
    for (StepRecord& record : progress.records) story.records.push_back(std::move(record));
    if (progress.error) story.error = progress.error->message;
    story.state = progress.state;
  };
  take(run.advance());
  while (!open.empty()) {
    std::size_t pick = random ? std::uniform_int_distribution<std::size_t>(0, open.size() - 1)(*random) : 0;
    std::string key = open[pick];
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
    auto answer = answers.find(key);
    auto progress = run.resolve(key, answer == answers.end() ? Outcome{{}, "null"} : answer->second);
    EXPECT_TRUE(progress.ok()) << progress.error().message;
    if (!progress.ok()) break;
    take(std::move(progress).value());
  }
  return story;
}

std::vector<std::string> canonical(const Story& story) {
  std::vector<std::string> lines;
  for (const Effect& effect : story.effects)
    lines.push_back("effect " + effect.key + " " + effect.name + " " + effect.input + " " +
                    std::to_string(effect.until_ms));
  for (const StepRecord& record : story.records)
    lines.push_back("record " + record.key + " " + std::string(to_string(record.state)) + " " +
                    record.output + " " + record.note);
  std::sort(lines.begin(), lines.end());
  lines.push_back("run " + std::string(to_string(story.state)) + " " + story.error);
  return lines;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> files_in(const std::string& folder, const std::string& extension) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == extension) paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace waggle::flows::testing
