#include "flows/load/pacing.hpp"

#include "flows/suggest.hpp"

namespace waggle::flows {
namespace {

using yaml::Node;

void read_runs(Reader& reader, const Node& node, Pacing& pacing) {
  const auto word = reader.constant_text(node, "runs");
  if (!word) return;
  pacing.runs = run_order_from(*word);
  if (pacing.runs != RunOrder::unset) return;
  pacing.runs = RunOrder::parallel;
  reader.error(node, "not_a_choice", "`runs` cannot be `" + word->substr(0, 60) + "`",
               did_you_mean(*word, {"parallel", "one_at_a_time", "latest_only"}));
}

void read_limit(Reader& reader, const Node& node, Pacing& pacing) {
  const auto text = reader.constant_text(node, "limit");
  if (!text) return;
  pacing.limit = parse_rate(*text);
  if (!pacing.limit)
    reader.error(node, "wrong_type", "`limit` must be a rate: a count up to 10000, a slash, and a time",
                 "like 10/min, 5/s or 100/15m");
}

}  // namespace

void read_pacing(Reader& reader, const Node& root, Body& body) {
  Pacing pacing;
  if (const Node* runs = root.find("runs")) read_runs(reader, *runs, pacing);
  if (const Node* limit = root.find("limit")) read_limit(reader, *limit, pacing);
  if (const Node* debounce = root.find("debounce"))
    pacing.debounce = reader.duration(*debounce, "debounce").value_or(std::chrono::milliseconds(0));
  if (const Node* per = root.find("per")) {
    body.per = reader.formula(*per, "per");
    if (!root.find("runs") && !root.find("limit") && !root.find("debounce"))
      reader.error(*per, "missing_key", "`per` says nothing by itself",
                   "it belongs to `runs`, `limit` or `debounce`, like runs: one_at_a_time");
    else if (pacing == Pacing{} && !has_errors(reader.problems()))
      reader.warn(*per, "no_effect", "`per` has no effect on runs that do not wait for each other",
                  "write runs: one_at_a_time, or remove it");
  }
  if (pacing != Pacing{}) body.pacing = pacing;
}

}  // namespace waggle::flows
