#include "tests/durability/harness/verdict.hpp"

#include <ostream>
#include <set>

#include "tests/durability/harness/durable_file.hpp"
#include "tests/durability/harness/message.hpp"
#include "tests/durability/harness/stored.hpp"

namespace waggle::durability {
namespace {

constexpr std::size_t kMaxExamples = 12;

/// What reached one place: how often, with which key, and when first (the line in the record).
struct Arrivals {
  int times = 0;
  std::string key;
  std::size_t first_line = 0;
};

class Comparison {
 public:
  explicit Comparison(const Evidence& evidence) : evidence_(evidence) {}

  Result<Verdict> judge() {
    read_ledger();
    read_record();
    WAGGLE_TRY(stored_, stored(evidence_.data_dir));
    judge_stored();
    for (const std::string& id : acked_) judge_acked(id);
    for (const auto& [place, arrivals] : arrivals_) judge_repeats(place, arrivals);
    return std::move(verdict_);
  }

 private:
  void wrong(std::int64_t& count, const std::string& what) {
    ++count;
    if (verdict_.examples.size() < kMaxExamples) verdict_.examples.push_back(what);
  }

  void read_ledger() {
    for (const auto& words : read_words(evidence_.ledger)) {
      if (words.size() != 2) continue;
      (words[0] == "sent" ? sent_ : acked_).insert(words[1]);
    }
    verdict_.sent = static_cast<std::int64_t>(sent_.size());
    verdict_.acked = static_cast<std::int64_t>(acked_.size());
  }

  void read_record() {
    std::map<std::string, Place> keys;
    std::size_t line = 0;
    for (const auto& words : read_words(evidence_.record)) {
      ++line;
      const std::string id = words.empty() ? "none" : words[0];
      const auto number = number_of(id);
      if (words.size() != 4 || !number || sent_.count(id) == 0) {
        wrong(verdict_.ghost, "delivered and never sent: " + id);
        continue;
      }
      if (words[2] != digest_of(*number)) wrong(verdict_.altered, "delivered with other bytes: " + id);
      const Place place{*number, words[1]};
      Arrivals& arrivals = arrivals_[place];
      if (arrivals.times++ == 0) {
        arrivals.key = words[3];
        arrivals.first_line = line;
        if (!keys.emplace(words[3], place).second)
          wrong(verdict_.rekeyed, "two steps with one idempotency key: " + id + " at " + words[1]);
      } else if (arrivals.key != words[3]) {
        wrong(verdict_.rekeyed, "another idempotency key at the second delivery: " + id);
      }
    }
    verdict_.delivered = static_cast<std::int64_t>(arrivals_.size());
  }

  void judge_stored() {
    verdict_.stored = static_cast<std::int64_t>(stored_.bodies.size());
    verdict_.parked = static_cast<std::int64_t>(stored_.parked.size());
    for (const std::string& id : stored_.twice) wrong(verdict_.stored_twice, "stored twice: " + id);
    for (const auto& [id, runs] : stored_.unfinished)
      for (int i = 0; i < runs; ++i) wrong(verdict_.stuck, "a run of it does not end: " + id);
    for (const auto& [id, body] : stored_.bodies) {
      if (sent_.count(id) == 0)
        wrong(verdict_.ghost, "stored and never sent: " + id);
      else if (body != digest_of(*number_of(id)))
        wrong(verdict_.altered, "stored with other bytes: " + id);
    }
  }

  void judge_acked(const std::string& id) {
    const std::int64_t number = *number_of(id);
    if (!evidence_.stored_may_be_gone && stored_.bodies.count(id) == 0)
      return wrong(verdict_.lost, "answered 2xx and not stored: " + id);
    std::size_t line = 0;
    for (const std::string& path : deliveries_of(message(evidence_.seed, number).kind)) {
      const auto found = arrivals_.find({number, path});
      if (found == arrivals_.end()) {
        if (stored_.parked.count(id) == 0)
          wrong(verdict_.lost, "answered 2xx and neither delivered nor parked: " + id + " at " + path);
        return;
      }
      if (found->second.first_line < line) wrong(verdict_.misordered, "a later step came first: " + id);
      line = found->second.first_line;
    }
  }

  void judge_repeats(const Place& place, const Arrivals& arrivals) {
    const auto found = evidence_.in_flight.find(place);
    const int may_repeat = found == evidence_.in_flight.end() ? 0 : found->second;
    verdict_.delivered_again += arrivals.times - 1;
    verdict_.in_flight += may_repeat;
    if (arrivals.times - 1 > may_repeat)
      wrong(verdict_.repeated, "delivered " + std::to_string(arrivals.times) + " times, in flight at " +
                                   std::to_string(may_repeat) + " kills: m" + std::to_string(place.first) +
                                   " at " + place.second);
  }

  const std::string& digest_of(std::int64_t number) {
    auto [found, fresh] = digests_.try_emplace(number);
    if (fresh) found->second = digest(message(evidence_.seed, number).body);
    return found->second;
  }

  const Evidence& evidence_;
  Verdict verdict_;
  std::set<std::string> sent_, acked_;
  std::map<Place, Arrivals> arrivals_;
  std::map<std::int64_t, std::string> digests_;
  Stored stored_;
};

}  // namespace

Result<Verdict> judge(const Evidence& evidence) { return Comparison(evidence).judge(); }

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  out << "  sent " << verdict.sent << "  acked " << verdict.acked << "  stored " << verdict.stored
      << "  delivered " << verdict.delivered << "  parked " << verdict.parked << "\n  LOST " << verdict.lost
      << "  GHOST " << verdict.ghost << "  ALTERED " << verdict.altered << "  DUP_STORED "
      << verdict.stored_twice << "  STUCK " << verdict.stuck << "  MISORDERED " << verdict.misordered
      << "  REKEYED " << verdict.rekeyed << "\n  delivered again " << verdict.delivered_again << " of "
      << verdict.in_flight << " in flight at kills; repeated although on record " << verdict.repeated << "\n";
  for (const std::string& example : verdict.examples) out << "    " << example << "\n";
  return out;
}

}  // namespace waggle::durability
