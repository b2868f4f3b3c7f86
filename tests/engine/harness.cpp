#include "tests/engine/harness.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/clock.hpp"
#include "core/store/ids.hpp"
#include "core/store/sqlite/database.hpp"

namespace waggle::engine::test {

Waggle::Waggle()
    : log_({.level = observe::Level::error,
            .write =
                [this](std::string_view line) {
                  std::cerr << line;
                  const std::lock_guard lock(mutex_);
                  errors_ += line;
                },
            .now_ms = {}}),
      loops_(http::Loops::start(1, 1)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "waggle-engine-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  dir_ = pattern;
  data_dir_ = dir_ + "/data";
  std::filesystem::create_directories(dir_ + "/flows");
  write("waggle.yaml", "address: 127.0.0.1\nport: 0\n");
  std::promise<void> made;
  loops_->at(0).post([&] {
    client_ = std::make_unique<http::Client>(loops_->at(0));
    made.set_value();
  });
  made.get_future().get();
}

Waggle::~Waggle() {
  stop();
  std::promise<void> gone;
  loops_->at(0).post([&] {
    client_.reset();
    gone.set_value();
  });
  gone.get_future().get();
  loops_->stop();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void Waggle::write(const std::string& file, const std::string& text) const {
  const bool quiet = file == "waggle.yaml" && text.find("log_level") == std::string::npos;
  std::ofstream(dir_ + "/" + file) << text << (quiet ? "log_level: error\n" : "");
}

void Waggle::start() {
  open();
  listen();
}

void Waggle::open() {
  EngineOptions options;
  options.project_dir = dir_;
  options.bundled_plugins = WAGGLE_BUILD_DIR "/tests/engine-plugins";
  options.data_dir = data_dir_;
  options.now_ms = [this, offset = clock_offset_ms] { return waggle::now_ms() + offset + clock_jump_ms; };
  auto engine = Engine::open(std::move(options), log_);
  if (!engine.ok()) throw std::runtime_error(engine.error().message);
  engine_ = std::move(*engine);
}

void Waggle::listen() {
  const auto no_inner = [](std::size_t, http::Request, http::Respond respond) {
    respond(http::Reply::text(404, ""));
  };
  if (auto listening = engine_->listen(no_inner); !listening.ok())
    throw std::runtime_error(listening.error().message);
}

void Waggle::stop() { engine_.reset(); }

void Waggle::crash_now() {
  const std::string before = std::exchange(data_dir_, data_dir_ + "-again");
  std::filesystem::create_directories(data_dir_);
  // The log first: pages that are moved into the database meanwhile are then in both.
  for (const char* file : {"waggle.db-wal", "waggle.db", "waggle.lock"})
    std::filesystem::copy_file(before + "/" + file, data_dir_ + "/" + file);
}

void Waggle::change_store(const std::string& sql) const {
  auto store = store::sqlite::Connection::open_writer(data_dir_ + "/waggle.db");
  if (!store.ok()) throw std::runtime_error(store.error().message);
  if (auto done = store->execute(sql.c_str()); !done.ok()) throw std::runtime_error(done.error().message);
}

void Waggle::hold_store(std::chrono::milliseconds length) const {
  auto store = store::sqlite::Connection::open_writer(data_dir_ + "/waggle.db");
  if (!store.ok() || !store->execute("BEGIN IMMEDIATE").ok())
    throw std::runtime_error(data_dir_ + " cannot be held");
  std::this_thread::sleep_for(length);
}

std::string Waggle::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

http::OutboundResponse Waggle::post(const std::string& path, const std::string& body, http::Headers headers) {
  http::OutboundRequest request;
  request.method = "POST";
  request.url = "http://127.0.0.1:" + std::to_string(engine_->port()) + path;
  request.headers = std::move(headers);
  request.headers.emplace_back("content-type", "application/json");
  request.body = body;
  return send(std::move(request));
}

http::OutboundResponse Waggle::send(http::OutboundRequest request) {
  std::promise<http::OutboundResponse> answer;
  loops_->at(0).post([&] {
    client_->send(std::move(request), [&](Result<http::OutboundResponse> result) {
      answer.set_value(result.ok() ? std::move(*result) : http::OutboundResponse{});
    });
  });
  return answer.get_future().get();
}

std::vector<store::Run> Waggle::runs(std::vector<store::RunState> states) {
  auto reader = store::open_sqlite_reader(data_dir_);
  if (!reader.ok()) throw std::runtime_error(reader.error().message);
  store::RunFilter filter;
  filter.states = std::move(states);
  filter.limit = 10'000;
  auto runs = (*reader)->runs(filter);
  if (!runs.ok()) throw std::runtime_error(runs.error().message);
  return std::move(*runs);
}

store::RunDetail Waggle::run(const std::string& id) {
  auto reader = store::open_sqlite_reader(data_dir_);
  if (!reader.ok()) throw std::runtime_error(reader.error().message);
  auto detail = (*reader)->run(id);
  if (!detail.ok() || !*detail) throw std::runtime_error("no run " + id);
  return std::move(**detail);
}

bool Waggle::settled(std::size_t count, store::RunState state) {
  return eventually([&] { return runs({state}).size() == count && runs().size() == count; });
}

}  // namespace waggle::engine::test
