#include "tests/durability/harness/sink.hpp"

#include <stdexcept>
#include <thread>

#include <waggle/json.hpp>

#include "tests/durability/harness/message.hpp"
#include "tests/durability/harness/process.hpp"

namespace waggle::durability {
namespace {

/// How often a message for /twice is turned away, at most, before it is taken.
constexpr int kTurnedAway = 2;
/// Of so many requests for /twice the first two are turned away: an app that fails at seven of ten would be
/// left alone.
constexpr int kRound = 4;
/// With nothing in hand and nothing new for this long, what was on its way has come.
constexpr std::chrono::milliseconds kStill{40};
/// Shorter than the time-out of any call in these tests.
constexpr std::chrono::seconds kLate{3};

}  // namespace

Sink::Sink(const std::string& record) : file_(record), loops_(http::Loops::start(1, 1)) {
  auto server = http::Server::listen(*loops_, "127.0.0.1", 0, {},
                                     [this](std::size_t, http::Request request, http::Respond respond) {
                                       handle(std::move(request), std::move(respond));
                                     });
  if (!server.ok()) throw std::runtime_error(server.error().message);
  server_ = std::move(*server);
}

Sink::~Sink() {
  mood({});
  server_->stop(std::chrono::milliseconds(0));
  file_.flush();
  loops_->stop();
}

std::string Sink::url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

void Sink::mood(Mood mood) {
  std::vector<http::Respond> held;  // dropped outside the lock: whoever still waits gets a 500
  const std::lock_guard lock(mutex_);
  mood_ = mood;
  // The first one is taken: it may be a probe, and the pause after one that fails is longer.
  turn_ = kTurnedAway;
  if (!mood.silent) held.swap(held_);
  in_hand_ -= static_cast<int>(held.size());
}

int Sink::status_for(const std::string& path, const std::string& id, const Mood& mood) {
  if (mood.status != 200) return mood.status;
  if (path != path_of(Kind::twice)) return 200;
  const std::lock_guard lock(mutex_);
  const bool turns_away = turn_++ % kRound < kTurnedAway && failures_[id] < kTurnedAway;
  if (turns_away) ++failures_[id];
  return turns_away ? 503 : 200;
}

void Sink::handle(http::Request request, http::Respond respond) {
  if (request.path == "/readyz") return respond(http::Reply::text(200, "ok"));
  ++in_hand_;
  ++requests_;
  Mood mood;
  {
    const std::lock_guard lock(mutex_);
    mood = mood_;
    if (mood.silent) {
      held_.push_back(std::move(respond));
      return;
    }
  }
  const auto json = Json::parse(request.body);
  const std::string id = json.ok() ? json->text("id") : "none";
  const int status = status_for(request.path, id, mood);
  if (status != 200) return answer(respond, http::Reply::text(status, "not now"), mood.delay);
  const std::string key(http::header(request.headers, "idempotency-key"));
  file_.append((id.empty() ? "none" : id) + " " + request.path + " " + digest(request.body) + " " +
                   (key.empty() ? "none" : key),
               [this, place = Place{number_of(id).value_or(-1), request.path}, respond = std::move(respond),
                delay = mood.delay, came = std::chrono::steady_clock::now()] {
                 {
                   const std::lock_guard lock(mutex_);
                   got_.insert(place);
                   if (std::chrono::steady_clock::now() - came + delay > kLate) ++late_[place];
                 }
                 ++recorded_;
                 answer(respond, http::Reply::text(200, "ok"), delay);
               });
}

void Sink::answer(const http::Respond& respond, http::Reply reply, std::chrono::milliseconds delay) {
  const auto now = [this, respond, reply = std::move(reply)] {
    respond(reply);
    --in_hand_;
  };
  if (delay.count() == 0) return now();
  loops_->at(0).post([this, delay, now] { loops_->at(0).after(delay, now); });
}

void Sink::settle() {
  {
    const std::lock_guard lock(mutex_);
    in_hand_ -= static_cast<int>(held_.size());
    held_.clear();
  }
  // A connection of ours is accepted after all that came before it; in the turns of the loop that it takes,
  // what they had sent is read.
  for (int times = 0; times < 3; ++times) answers_ready(server_->port());
  std::int64_t seen = -1;
  while (in_hand_ > 0 || seen != requests_) {
    seen = requests_;
    std::this_thread::sleep_for(kStill);
  }
}

bool Sink::got(const Place& place) const {
  const std::lock_guard lock(mutex_);
  return got_.count(place) != 0;
}

std::map<Place, int> Sink::late() const {
  const std::lock_guard lock(mutex_);
  return late_;
}

std::size_t Sink::places() const {
  const std::lock_guard lock(mutex_);
  return got_.size();
}

}  // namespace waggle::durability
