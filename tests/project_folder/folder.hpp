// A project folder on disk for one test, and a registry of connectors that are declarations only. For tests
// of core/project.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "core/project/project.hpp"
#include "plugins/host/registry.hpp"

namespace waggle::project {

/// A connector that can be looked at and not called.
class DeclaredPlugin : public host::Plugin {
 public:
  explicit DeclaredPlugin(ConnectorSpec spec) : spec_(std::move(spec)) {}
  const ConnectorSpec& spec() const override { return spec_; }
  const std::string& file() const override { return file_; }
  const std::string& content_hash() const override { return file_; }
  Result<host::Started> start(const host::Message&) const override { return bug("declared only"); }

 private:
  ConnectorSpec spec_;
  std::string file_ = "declared.so";
};

inline Field field(std::string name, FieldType type, bool required = false, Json fallback = {}) {
  Field out;
  out.name = std::move(name);
  out.type = type;
  out.help = "Help.";
  out.required = required;
  out.fallback = std::move(fallback);
  return out;
}

/// `shop` (hooks, a secret), `hook` (paths), `books` (typed settings).
inline std::shared_ptr<const host::Registry> registry() {
  ConnectorSpec shop{.id = "shop", .title = "Shop", .version = "1", .help = "A shop."};
  shop.settings = {field("secret", FieldType::secret, true), field("url", FieldType::url)};
  shop.triggers = {{.id = "order_created", .help = "An order."}};
  ConnectorSpec hook{.id = "hook", .title = "Hook", .version = "1", .help = "Any request."};
  TriggerSpec any{.id = "default", .help = "A request.", .delivery = Delivery::path};
  Field methods = field("methods", FieldType::list);
  methods.fields = {field("", FieldType::text)};
  Field verify = field("verify", FieldType::object);
  verify.fields = {field("kind", FieldType::text), field("secret", FieldType::secret)};
  any.settings = {field("path", FieldType::text, true), methods, verify,
                  field("reply", FieldType::text, false, Json("now"))};
  hook.triggers = {any};
  ConnectorSpec books{.id = "books", .title = "Books", .version = "1", .help = "Accounts."};
  Field format = field("format", FieldType::choice, false, Json("hledger"));
  format.choices = {"hledger", "beancount"};
  books.settings = {field("file", FieldType::path, true), format, field("digits", FieldType::integer),
                    field("strict", FieldType::boolean),
                    field("archive", FieldType::path, false, Json("archive"))};
  std::vector<std::shared_ptr<const host::Plugin>> plugins;
  for (ConnectorSpec& spec : std::vector<ConnectorSpec>{shop, hook, books})
    plugins.push_back(std::make_shared<DeclaredPlugin>(spec));
  return std::make_shared<host::Registry>(std::move(plugins), std::vector<host::PluginProblem>());
}

class ProjectFolder : public testing::Test {
 protected:
  ProjectFolder() {
    dir_ = testing::TempDir() + "waggle-project-" + std::to_string(::getpid()) + "-" +
           testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_ + "/flows");
  }
  ~ProjectFolder() override { std::filesystem::remove_all(dir_); }

  void write(const std::string& file, const std::string& text) { std::ofstream(dir_ + "/" + file) << text; }
  void flow(const std::string& id, const std::string& when, const std::string& steps = "[ { log: hello } ]") {
    write("flows/" + id + ".yaml", "waggle: 1\nwhen:\n  " + when + "\nsteps: " + steps + "\n");
  }
  std::shared_ptr<const Project> load(const Project* previous = nullptr) {
    auto loaded = load_project(dir_, registry_, previous);
    EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.error().message);
    return loaded.ok() ? *loaded : std::make_shared<const Project>();
  }
  static std::string problems_of(const Project& project) {
    std::string text;
    for (const flows::Problem& problem : project.problems) text += problem.to_text() + "\n";
    return text;
  }

  std::string dir_;
  std::shared_ptr<const host::Registry> registry_ = registry();
};

}  // namespace waggle::project
