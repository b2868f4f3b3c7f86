// Evaluations per second of typical expressions on one order (about 4 KB) and on an array of orders (about 1
// MB), and bytes to bytes. Run: ninja bench_jsonata && bin/bench_jsonata. `--general` in WAGGLE_BENCH
// switches the fast paths off.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "flows/jsonata/jsonata.hpp"

namespace waggle::jsonata {
namespace {

std::string line_item(int order, int i) {
  static const char* names[] = {"Honey jar 500 g", "Bee wax candle", "Smoker Classic", "Hive tool",
                                "Gloves L",        "Queen cage",     "Frame set 10"};
  static const char* kinds[] = {"food", "tools", "home"};
  static const char* codes[] = {"HJ", "WX", "sm", "HT"};
  int cents = 100 + (order * 7919 + i * 1237) % 9800, quantity = 1 + (order + i) % 4;
  char text[800];
  std::snprintf(
      text, sizeof text,
      R"({"id":%d,"name":"%s","product_id":%d,"variation_id":0,"quantity":%d,"tax_class":"","category":"%s",)"
      R"("subtotal":"%d.%02d","total":"%d.%02d","total_tax":"3.20","sku":"%s-%d","price":%d.%02d,)"
      R"("taxes":[{"id":1,"total":"3.200000","subtotal":"3.200000"}],)"
      R"("meta_data":[{"id":%d,"key":"size","value":"L","display_key":"Size","display_value":"L"}]})",
      order * 10 + i, names[(order + i) % 7], 10 + i, quantity, kinds[(order + i) % 3],
      cents * quantity / 100, cents * quantity % 100, cents * quantity / 100, cents * quantity % 100,
      codes[(order + i) % 4], 1 + i * 41, cents / 100, cents % 100 | 1, i);
  return text;
}

std::string address(bool with_mail) {
  std::string out =
      R"({"first_name":"Jürgen","last_name":"Müller","company":"","address_1":"12 High St","address_2":"","city":"Berlin",)"
      R"("state":"","postcode":"10115","country":"DE")";
  if (with_mail) out += R"(,"email":"j.m42@example.com")";
  return out + R"(,"phone":"+49 30 123456"})";
}

std::string order(int id) {
  std::string n = std::to_string(id);
  std::string out =
      R"({"id":)" + n +
      R"(,"parent_id":0,"status":"processing","currency":"EUR","version":"8.2.1","prices_include_tax":true,)"
      R"("date_created":"2026-03-11T08:15:00","date_modified":"2026-03-11T08:16:01","discount_total":"0.00","discount_tax":"0.00",)"
      R"("shipping_total":"4.90","shipping_tax":"0.93","cart_tax":"61.50","total":"323.68","total_tax":"62.43","customer_id":26,)"
      R"("order_key":"wc_order_4711","billing":)" +
      address(true) + R"(,"shipping":)" + address(false) +
      R"(,"payment_method":"stripe","payment_method_title":"Card","transaction_id":"ch_123456789","customer_ip_address":"192.0.2.10",)"
      R"("customer_user_agent":"Mozilla/5.0","created_via":"checkout","customer_note":"Please ring twice","date_completed":null,)"
      R"("date_paid":"2026-03-11T08:15:59","cart_hash":"d41d8cd98f00b204e9800998ecf8427e","number":")" +
      n + R"(","meta_data":[{"id":1,"key":"_vat","value":"DE1"}],"line_items":[)";
  for (int i = 0; i < 7; ++i) out += (i ? "," : "") + line_item(id, i);
  return out +
         R"(],"tax_lines":[{"id":1,"rate_code":"DE-VAT","label":"VAT","tax_total":"61.50"}],"shipping_lines":[{"id":2,)"
         R"("method_title":"Flat rate","method_id":"flat_rate","total":"4.90"}],"fee_lines":[],"coupon_lines":[],"refunds":[]})";
}

std::string orders() {
  std::string out = R"({"orders":[)";
  for (int id = 2000; out.size() < 1'000'000; ++id) out += (id > 2000 ? "," : "") + order(id);
  return out + "]}";
}

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

CompileOptions options() {
  const char* given = std::getenv("WAGGLE_BENCH");
  CompileOptions options;
  options.allow_fast_paths = !given || std::string_view(given) != "--general";
  return options;
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

void bytes_to_bytes(benchmark::State& state, const std::string& json) {
  auto expression = Expression::compile(jobs[2].one, options());
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
    auto document = Document::parse_in_place(json);
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

}  // namespace
}  // namespace waggle::jsonata

int main(int argc, char** argv) {
  using namespace waggle::jsonata;
  static const std::string one = order(1001), many = orders();
  for (const Job& job : jobs) {
    benchmark::RegisterBenchmark((std::string("one/") + job.name).c_str(),
                                 [&job](benchmark::State& s) { evaluate(s, job.one, one); });
    benchmark::RegisterBenchmark((std::string("many/") + job.name).c_str(),
                                 [&job](benchmark::State& s) { evaluate(s, job.many, many); });
  }
  benchmark::RegisterBenchmark("one/bytes_to_bytes", [](benchmark::State& s) { bytes_to_bytes(s, one); });
  benchmark::RegisterBenchmark("one/parse", [](benchmark::State& s) { parse(s, one); });
  benchmark::RegisterBenchmark("one/serialise", [](benchmark::State& s) { serialise(s, one); });
  benchmark::RegisterBenchmark("many/parse", [](benchmark::State& s) { parse(s, many); });
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
