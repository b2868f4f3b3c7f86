#include "bench/jsonata/inputs.hpp"

#include <cstdio>

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

}  // namespace

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

}  // namespace waggle::jsonata
