#include <gmock/gmock.h>

#include <cstdlib>

#include "core/project/files.hpp"
#include "tests/project_folder/folder.hpp"

namespace waggle::project {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

TEST_F(ProjectFolder, LoadsAnEmptyFolderWithDefaults) {
  auto project = load();
  EXPECT_EQ(problems_of(*project), "");
  EXPECT_EQ(project->settings.port, 8080);
  EXPECT_EQ(project->settings.data_dir, std::filesystem::canonical(dir_).string() + "/data");
  EXPECT_TRUE(project->flows.empty());
}

TEST_F(ProjectFolder, RefusesAFolderThatIsNotThere) {
  EXPECT_THAT(load_project(dir_ + "/none", registry_).error().message,
              HasSubstr("there is no project folder"));
  EXPECT_THAT(load_settings(dir_ + "/none").error().message, HasSubstr("there is no project folder"));
}

/// They are kept as long as the project.
TEST_F(ProjectFolder, TextsOfFlowsTakeNoMoreMemoryThanTheyNeed) {
  write("flows/in.yaml", "waggle: 1\n");
  EXPECT_LT(read_flow_files(dir_).texts.at("in").capacity(), 100u);
}

TEST_F(ProjectFolder, ReadsEverySetting) {
  setenv("WAGGLE_TEST_PORT", "9000", 1);
  write("waggle.yaml",
        "waggle: 1\naddress: 0.0.0.0\nport: ${env.WAGGLE_TEST_PORT}\npublic_url: https://x.test/\ndata: "
        "../elsewhere\n"
        "loops: 2\nblocking_threads: 8\nmax_body: 2 MiB\nmax_runs_in_memory: 10\nrun_memory: 8 "
        "MiB\naction_timeout: 1m\n"
        "retention: { events: 90d, max_size: unlimited }\nshutdown_deadline: 0s\nlog_level: debug\nvars: { "
        "shop: { vat: 0.20 } }\n");
  auto settings = load_settings(dir_);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings->address, "0.0.0.0");
  EXPECT_EQ(settings->port, 9000);
  EXPECT_EQ(settings->public_url, "https://x.test");
  EXPECT_EQ(settings->data_dir, std::filesystem::canonical(dir_).parent_path().string() + "/elsewhere");
  EXPECT_EQ(settings->loops, 2);
  EXPECT_EQ(settings->blocking_threads, 8);
  EXPECT_EQ(settings->max_body_bytes, 2u << 20);
  EXPECT_EQ(settings->max_runs_in_memory, 10u);
  EXPECT_EQ(settings->run_memory_bytes, 8u << 20);
  EXPECT_EQ(settings->action_timeout, std::chrono::minutes(1));
  EXPECT_EQ(settings->shutdown_deadline, std::chrono::milliseconds(0));
  EXPECT_EQ(settings->keep_events, std::chrono::hours(24 * 90));
  EXPECT_EQ(settings->max_stored_bytes, 0u);
  EXPECT_EQ(settings->log_level, "debug");
  EXPECT_EQ(settings->vars.at("shop").at("vat").number_text(), "0.20");
}

TEST_F(ProjectFolder, RefusesARetentionThatItDoesNotUnderstand) {
  for (const char* wrong : {"30d", "{ events: 10 }", "{ events: 30s }", "{ max_size: 2 }",
                            "{ max_size: 1MiB }", "{ event: 30d }", "[ 30d ]"}) {
    write("waggle.yaml", std::string("retention: ") + wrong + "\n");
    const auto settings = load_settings(dir_);
    ASSERT_FALSE(settings.ok()) << wrong;
    EXPECT_THAT(settings.error().message, HasSubstr("`retention` must be a mapping: `events`")) << wrong;
    EXPECT_THAT(settings.error().message, HasSubstr("like { events: 30d, max_size: 10GiB }")) << wrong;
  }
}

TEST_F(ProjectFolder, ReportsEveryWrongSettingAtItsPlace) {
  write("waggle.yaml",
        "prot: 80\nport: 65536\nmax_body: 10\naction_timeout: soon\nlog_level: loud\npublic_url: x.test\n"
        "vars: 3\nloops: ${env.WAGGLE_TEST_NOT_SET}\naddress: ''\n");
  auto project = load();
  EXPECT_THAT(
      problems_of(*project),
      testing::AllOf(
          HasSubstr("waggle.yaml:1:1 error unknown_key waggle.yaml has no key `prot`; did you mean `port`?"),
          HasSubstr("waggle.yaml:2:7 error wrong_type `port` must be a number from 0 to 65535; like 8080"),
          HasSubstr(
              "waggle.yaml:3:11 error wrong_type `max_body` must be a size from 1KiB to 1GiB; like 10MiB"),
          HasSubstr("waggle.yaml:4:17 error wrong_type `action_timeout` must be a duration"),
          HasSubstr("waggle.yaml:5:12 error wrong_type `log_level` must be debug, info, warning or error"),
          HasSubstr("waggle.yaml:6:13 error wrong_type `public_url`"),
          HasSubstr("waggle.yaml:7:7 error wrong_type `vars` must be a mapping"),
          HasSubstr("waggle.yaml:8:8 error missing_variable"), HasSubstr("WAGGLE_TEST_NOT_SET is not set"),
          HasSubstr("waggle.yaml:9:10 error wrong_type `address`")));
  EXPECT_EQ(project->problems.size(), 9u);
  EXPECT_EQ(project->settings.port, 8080);
  EXPECT_FALSE(load_settings(dir_).ok());
}

TEST_F(ProjectFolder, ReadsConnectionsAndCollectsTheirSecrets) {
  setenv("WAGGLE_TEST_SECRET", "s3cr3t-value", 1);
  setenv("WAGGLE_TEST_DIGITS", "4", 1);
  write("key.txt", "from-a-file\n");
  write("connections.yaml",
        "my-shop: { connector: shop, secret: \"${env.WAGGLE_TEST_SECRET}\", url: https://shop.test }\n"
        "other: { connector: shop, secret: \"pre-${file.key.txt}\" }\n"
        "ledger: { connector: books, file: main.journal, digits: \"${env.WAGGLE_TEST_DIGITS}\" }\n");
  auto project = load();
  EXPECT_EQ(problems_of(*project), "");
  EXPECT_EQ(project->connections.at("my-shop").settings.text("secret"), "s3cr3t-value");
  EXPECT_EQ(project->connections.at("other").settings.text("secret"), "pre-from-a-file");
  EXPECT_TRUE(project->connections.at("ledger").settings.at("digits").is_number());
  EXPECT_EQ(project->connections.at("ledger").settings.text("format"), "hledger") << "defaults are filled in";
  EXPECT_THAT(project->secrets, ElementsAre("from-a-file", "pre-from-a-file", "s3cr3t-value"));
  EXPECT_THAT(project->connections_of("shop"), ElementsAre("my-shop", "other"));
  EXPECT_EQ(project->connection_connector("ledger"), "books");
}

TEST_F(ProjectFolder, HandsPathsOnAsAbsoluteOnesThatBeginAtTheProject) {
  setenv("WAGGLE_TEST_FILE", "../shared books/2026.journal", 1);
  setenv("WAGGLE_TEST_EMPTY", "", 1);
  write("connections.yaml",
        "a: { connector: books, file: books/./2026.journal, archive: /srv/old }\n"
        "b: { connector: books, file: \"${env.WAGGLE_TEST_FILE}\" }\n"
        "c: { connector: books, file: \"${env.WAGGLE_TEST_EMPTY}\" }\n"
        "d: { connector: books, file: \"\" }\n");
  auto project = load();
  const std::string dir = std::filesystem::canonical(dir_).string();
  const Json& a = project->connections.at("a").settings;
  EXPECT_EQ(a.text("file"), dir + "/books/2026.journal");
  EXPECT_EQ(a.text("archive"), "/srv/old") << "an absolute one stays";
  const Json& b = project->connections.at("b").settings;
  EXPECT_EQ(b.text("file"), std::filesystem::path(dir).parent_path().string() + "/shared books/2026.journal");
  EXPECT_EQ(b.text("archive"), dir + "/archive") << "a default is a path like any other";
  EXPECT_THAT(problems_of(*project), HasSubstr("connections.yaml:3:30 error wrong_type"));
  EXPECT_THAT(problems_of(*project), HasSubstr("connections.yaml:4:30 error wrong_type"));
}

TEST_F(ProjectFolder, ReportsEveryWrongConnectionAtItsPlace) {
  setenv("WAGGLE_TEST_EMPTY", "", 1);
  setenv("WAGGLE_TEST_WORD", "many", 1);
  write("connections.yaml",
        "a: { connector: shopp }\n"
        "b: { connector: shop }\n"
        "c: { connector: shop, secret: '${env.WAGGLE_TEST_NOT_SET}' }\n"
        "d: { connector: shop, secret: '${env.WAGGLE_TEST_EMPTY}' }\n"
        "e: { connector: shop, secrt: '${env.WAGGLE_TEST_WORD}' }\n"
        "f: { connector: shop, secret: written-in-plain-text }\n"
        "g: { connector: books, file: x, digits: '${env.WAGGLE_TEST_WORD}' }\n"
        "h: { connector: books, file: x, format: ledgr }\n"
        "i: 5\n"
        "j: { secret: x }\n"
        "'k/l': { connector: shop }\n"
        "m: { connector: shop, secret: '' }\n");
  auto project = load();
  std::string problems = problems_of(*project);
  for (const char* expected :
       {"connections.yaml:1:17 error unknown_connector there is no connector `shopp`; did you mean `shop`?",
        "connections.yaml:2:1 error missing_setting connection b (shop) needs the setting `secret`",
        "connections.yaml:3:31 error missing_variable `secret` of connection c: the environment variable "
        "WAGGLE_TEST_NOT_SET",
        "connections.yaml:4:31 error empty_secret the secret `secret` of connection d is empty",
        "connections.yaml:5:23 error unknown_setting connection e (shop) has no setting `secrt`; did you "
        "mean `secret`?",
        "connections.yaml:6:31 warning plain_secret", "connections.yaml:7:41 error wrong_type",
        "connections.yaml:8:41 error not_a_choice", "connections.yaml:9:4 error wrong_type",
        "connections.yaml:10:1 error missing_setting connection j does not say which `connector`",
        "connections.yaml:11:1 error bad_name", "connections.yaml:12:31 error empty_secret"})
    EXPECT_THAT(problems, HasSubstr(expected));
  EXPECT_THAT(project->connections, ElementsAre(Key("f")));
  EXPECT_THAT(problems, testing::Not(HasSubstr("written-in-plain-text"))) << "a secret is never repeated";
}

TEST_F(ProjectFolder, LoadsFlowsAndResolvesTheirTriggers) {
  setenv("WAGGLE_TEST_SECRET", "s3cr3t-value", 1);
  flow("data", "hook: { path: /data/:account, verify: { kind: x, secret: \"${env.WAGGLE_TEST_SECRET}\" } }");
  flow("nightly", "schedule: { cron: \"0 3 * * *\", timezone: UTC }");
  auto project = load();
  EXPECT_EQ(problems_of(*project), "");
  EXPECT_THAT(project->flows, ElementsAre(Key("data"), Key("nightly")));
  const Json& settings = project->trigger_settings.at("data").at(0);
  EXPECT_EQ(settings.at("verify").text("secret"), "s3cr3t-value");
  EXPECT_EQ(settings.text("reply"), "now") << "defaults are filled in";
  EXPECT_THAT(project->secrets, ElementsAre("s3cr3t-value"));
  EXPECT_EQ(project->trigger_settings.at("nightly").at(0).text("cron"), "0 3 * * *");
}

TEST_F(ProjectFolder, ABrokenConnectionIsOneProblemNotOnePerFlow) {
  write("connections.yaml", "my-shop: { connector: shop }\n");
  flow("orders", "shop.order_created: {}");
  EXPECT_EQ(load()->problems.size(), 1u) << problems_of(*load());
}

TEST_F(ProjectFolder, ReportsSchedulesThatCannotBeKept) {
  flow("a", "schedule: { cron: \"0 0 30 2 *\" }");
  flow("b", "schedule: { cron: \"0 0 * * *\", timezone: Europe/Berln }");
  auto project = load();
  EXPECT_THAT(problems_of(*project), HasSubstr("flows/a.yaml:3:3 error bad_cron"));
  EXPECT_THAT(problems_of(*project), HasSubstr("flows/b.yaml:3:3 error unknown_zone"));
  EXPECT_THAT(project->flows, IsEmpty());
}

TEST_F(ProjectFolder, NamesBothFlowsThatTakeOnePath) {
  flow("a", "hook: { path: /data/:account, methods: [POST], verify: { kind: x } }");
  flow("b", "hook: { path: /data/:id, methods: [POST, PUT], verify: { kind: x } }");
  flow("c", "hook: { path: /data/:id, methods: [GET], verify: { kind: x } }");
  flow("d", "hook: { path: /data/fixed, verify: { kind: x } }");
  auto project = load();
  ASSERT_EQ(project->problems.size(), 1u) << problems_of(*project);
  EXPECT_THAT(
      problems_of(*project),
      HasSubstr("flows/b.yaml:3:3 error path_taken the flows a and b take the same requests: /data/:account "
                "(flows/a.yaml:3) and /data/:id"));
}

TEST_F(ProjectFolder, KeepsThePreviousVersionOfABrokenFlowAndDropsARemovedOne) {
  flow("kept", "hook: { path: /kept, verify: { kind: x } }");
  flow("gone", "hook: { path: /gone, verify: { kind: x } }");
  auto first = load();
  flow("kept", "hook: { pth: /kept, verify: { kind: x } }");
  std::filesystem::remove(dir_ + "/flows/gone.yaml");
  auto second = load(first.get());
  EXPECT_THAT(second->flows, ElementsAre(Key("kept")));
  EXPECT_EQ(second->flows.at("kept")->version(), first->flows.at("kept")->version());
  EXPECT_EQ(second->trigger_settings.at("kept").at(0).text("path"), "/kept");
  EXPECT_THAT(problems_of(*second), HasSubstr("flows/kept.yaml:3:11 error unknown_setting"));
  EXPECT_THAT(load()->flows, IsEmpty()) << "without a previous project there is no good version";
}

TEST_F(ProjectFolder, KeepsPreviousSettingsAndConnectionsWhileTheirFilesAreBroken) {
  write("waggle.yaml", "port: 9000\n");
  write("connections.yaml",
        "my-shop: { connector: shop, secret: abcdef }\nold: { connector: shop, secret: ghijkl }\n");
  auto first = load();
  write("waggle.yaml", "port: [\n");
  write("connections.yaml", "my-shop: { connector: shop, secret: '' }\n");
  auto second = load(first.get());
  EXPECT_EQ(second->settings.port, 9000);
  EXPECT_EQ(second->connections.at("my-shop").settings.text("secret"), "abcdef");
  EXPECT_FALSE(second->connections.contains("old"));
  EXPECT_TRUE(flows::has_errors(second->problems));
  write("connections.yaml", "]");
  EXPECT_EQ(load(first.get())->connections.size(), 2u);
  EXPECT_FALSE(load_project(dir_, registry_).ok()) << "nothing to fall back on";
}

TEST_F(ProjectFolder, SortsAllProblemsByFileAndLine) {
  write("waggle.yaml", "x: 1\ny: 2\n");
  write("connections.yaml", "a: 1\n");
  write("flows/bad name.yaml", "waggle: 1\n");
  write("flows/late.yml", "waggle: 1\n");
  write("flows/.hidden.yaml", "nonsense");
  flow("broken", "nothing_known: {}");
  std::vector<std::string> files;
  auto project = load();
  for (const flows::Problem& problem : project->problems) files.push_back(problem.at.file);
  EXPECT_THAT(files, ElementsAre("connections.yaml", "flows/bad name.yaml", "flows/broken.yaml",
                                 "flows/late.yml", "waggle.yaml", "waggle.yaml"));
}

}  // namespace
}  // namespace waggle::project
