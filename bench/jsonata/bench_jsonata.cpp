// Evaluations per second of typical expressions on one order (about 4 KB) and on an array of orders (about 1
// MB), and bytes to bytes. bench/jsonata/compare runs it beside the reference. Its own arguments:
//   --inputs DIR        reads order.json and orders.json there instead of making them
//   --write-inputs DIR  writes them, and jobs.json (expressions and our answers), measures nothing
//   --general           without fast paths
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "bench/jsonata/inputs.hpp"
#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

struct Job {
  const char* name;
  const char* one;
  const char* many;
};
const Job jobs[] = {
    {"field", "billing.email", "orders.billing.email"},
    {"filter", R"(status = "processing" and $number(total) >= 20)",
     R"(orders[status = "processing" and $number(total) >= 20].id)"},
    {"map",
     R"({"customer": billing.first_name & " " & billing.last_name, "value": $number(total), "item": line_items[0].name, "text": "Order " & number & " from " & billing.city})",
     R"(orders.{"customer": billing.first_name & " " & billing.last_name, "value": $number(total), "item": line_items[0].name, "text": "Order " & number & " from " & billing.city})"},
    {"sum", "$sum(line_items.(price * quantity))", "$sum(orders.line_items.(price * quantity))"},
    {"sort_group", "line_items^(>price){category: $sum(price)}",
     "orders.line_items^(>price){category: $sum(price)}"},
    {"template",
     R"("Hi " & billing.first_name & ", your order #" & number & " of " & $count(line_items) & " items (" & total & " " & currency & ") ships to " & shipping.city & ".")",
     R"(orders.("Hi " & billing.first_name & ", your order #" & number & " of " & $count(line_items) & " items (" & total & " " & currency & ") ships to " & shipping.city & "."))"},
    {"map_reduce",
     "$reduce($map(line_items, function($l) { $l.price * $l.quantity }), function($a, $b) { $a + $b })",
     "$reduce($map(orders.line_items, function($l) { $l.price * $l.quantity }), function($a, $b) { $a + $b "
     "})"},
    {"regex", R"(line_items[$contains(sku, /^[A-Z]{2}-[0-9]+$/)].$replace(name, /[ \t]+/, "-"))",
     R"(orders.line_items[$contains(sku, /^[A-Z]{2}-[0-9]+$/)].$replace(name, /[ \t]+/, "-"))"},
};

bool general = false;  ///< --general

CompileOptions options() {
  CompileOptions options;
  options.allow_fast_paths = !general;
  return options;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) {
    std::cerr << "bench_jsonata: cannot read " << path << "\n";
    std::exit(2);
  }
  return text.str();
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) {
    std::cerr << "bench_jsonata: cannot write " << path << "\n";
    std::exit(2);
  }
}

void evaluate(benchmark::State& state, const char* text, const std::string& json) {
  auto expression = Expression::compile(text, options());
  auto document = Document::parse(json);
  Limits limits;
  limits.time = limits.hard_time;
  Evaluation evaluation(limits);
  for (auto _ : state) {
    auto result = evaluation.evaluate(*expression, document->root());
    if (!result) {
      state.SkipWithError(result.problem().message.c_str());
      break;
    }
    benchmark::DoNotOptimize(result);
    evaluation.reset();
  }
  state.SetItemsProcessed(state.iterations());
}

void bytes_to_bytes(benchmark::State& state, const char* text, const std::string& json) {
  auto expression = Expression::compile(text, options());
  Evaluation evaluation;
  std::string out;
  for (auto _ : state) {
    auto document = Document::parse(json);
    auto result = evaluation.evaluate(*expression, document->root());
    out.clear();
    append_json(*result, out);
    benchmark::DoNotOptimize(out.data());
    evaluation.reset();
  }
  state.SetItemsProcessed(state.iterations());
}

void parse(benchmark::State& state, const std::string& json) {
  for (auto _ : state) {
    auto document = Document::parse(json);
    benchmark::DoNotOptimize(document.ok());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}

void serialise(benchmark::State& state, const std::string& json) {
  auto document = Document::parse(json);
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_json(document->root(), out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}

std::string answer(const char* text, const std::string& json) {
  auto expression = Expression::compile(text, options());
  auto document = Document::parse(json);
  Limits limits;
  limits.time = limits.hard_time;
  Evaluation evaluation(limits);
  auto result = evaluation.evaluate(*expression, document->root());
  return result ? to_json(*result) : "null";
}

/// What another engine needs to do the same work, and our answers to compare with.
void write_inputs(const std::string& folder, const std::string& one, const std::string& many) {
  std::string out = "[";
  for (const Job& job : jobs) {
    out += out.size() > 1 ? ",\n{\"name\":" : "{\"name\":";
    append_json(Value::string(job.name), out);
    out += ",\"one\":";
    append_json(Value::string(job.one), out);
    out += ",\"many\":";
    append_json(Value::string(job.many), out);
    out += ",\"answer_one\":" + answer(job.one, one) + ",\"answer_many\":" + answer(job.many, many) + "}";
  }
  write_file(folder + "/order.json", one);
  write_file(folder + "/orders.json", many);
  write_file(folder + "/jobs.json", out + "]\n");
}

}  // namespace
}  // namespace waggle::jsonata

int main(int argc, char** argv) {
  using namespace waggle::jsonata;
  benchmark::Initialize(&argc, argv);
  static std::string one = order(1001), many = orders();
  std::string write_to;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    bool has_value = i + 1 < argc;
    if (word == "--general") {
      general = true;
    } else if (word == "--inputs" && has_value) {
      std::string folder = argv[++i];
      one = read_file(folder + "/order.json");
      many = read_file(folder + "/orders.json");
    } else if (word == "--write-inputs" && has_value) {
      write_to = argv[++i];
    } else {
      std::cerr << "usage: bench_jsonata [--inputs DIR] [--write-inputs DIR] [--general] [--benchmark_...]\n";
      return 2;
    }
  }
  if (!write_to.empty()) {
    write_inputs(write_to, one, many);
    return 0;
  }
  for (const Job& job : jobs) {
    benchmark::RegisterBenchmark((std::string("one/") + job.name).c_str(),
                                 [&job](benchmark::State& s) { evaluate(s, job.one, one); });
    benchmark::RegisterBenchmark((std::string("many/") + job.name).c_str(),
                                 [&job](benchmark::State& s) { evaluate(s, job.many, many); });
  }
  const Job& map = jobs[2];
  benchmark::RegisterBenchmark("one/bytes_to_bytes",
                               [&map](benchmark::State& s) { bytes_to_bytes(s, map.one, one); });
  benchmark::RegisterBenchmark("many/bytes_to_bytes",
                               [&map](benchmark::State& s) { bytes_to_bytes(s, map.many, many); });
  benchmark::RegisterBenchmark("one/parse", [](benchmark::State& s) { parse(s, one); });
  benchmark::RegisterBenchmark("one/serialise", [](benchmark::State& s) { serialise(s, one); });
  benchmark::RegisterBenchmark("many/parse", [](benchmark::State& s) { parse(s, many); });
  benchmark::RunSpecifiedBenchmarks();
}
