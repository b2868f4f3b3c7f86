// What flows see of a delivery: the typed fields as the host makes them from the connector's declaration.
#include <gtest/gtest.h>

#include "plugins/host/normalise.hpp"
#include "tests/connectors/driver.hpp"

namespace waggle::test {
namespace {

Json seen(const Driver& driver, const std::string& trigger, const std::string& body) {
  return parse(host::normalise_payload(body, driver.spec().trigger(trigger)->payload));
}

TEST(WooCommercePayload, HasMoneyAsNumbersAndTimesInUtc) {
  const Driver driver("woocommerce");
  const Json order = seen(driver, "order_created", sample("woocommerce", "order_created").dump());
  EXPECT_EQ(order.at("total").number_text(), "30.34");
  EXPECT_EQ(order.at("line_items").at(std::size_t{0}).at("total").number_text(), "15.80");
  EXPECT_EQ(
      order.at("line_items").at(std::size_t{0}).at("taxes").at(std::size_t{0}).at("total").number_text(),
      "3.00");
  EXPECT_TRUE(
      order.at("shipping_lines").at(std::size_t{0}).at("taxes").at(std::size_t{0}).at("subtotal").is_null())
      << "an empty text";
  EXPECT_EQ(order.text("date_created_gmt"), "2026-11-23T08:15:02Z");
  EXPECT_TRUE(order.at("date_completed_gmt").is_null());
  EXPECT_EQ(order.text("date_created"), "2026-11-23T09:15:02") << "shop-local: nobody knows its zone";
  EXPECT_EQ(order.at("transaction_id").as_string(), "8AB12345CD678901E");
  EXPECT_EQ(order.at("number").as_string(), "4711");
  const Json product = seen(driver, "product_created", sample("woocommerce", "product_created").dump());
  EXPECT_EQ(product.at("price").number_text(), "7.90");
  EXPECT_TRUE(product.at("sale_price").is_null());
  EXPECT_EQ(product.at("stock_quantity").number_text(), "64");
}

/// No money of a genuine delivery is left as a text.
TEST(WooCommercePayload, OfGenuineDeliveriesHasNoMoneyLeftAsText) {
  const auto folder = shared() / "corpus/woocommerce/deliveries";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the shared corpus is not here";
  const Driver driver("woocommerce");
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Json delivery = read_json(entry.path());
    std::string topic = delivery.at("headers").text("X-WC-Webhook-Topic");
    if (!topic.starts_with("order.") || topic == "order.deleted") continue;
    topic[5] = '_';
    const Json order = seen(driver, topic, delivery.text("body"));
    std::vector<const Json*> open{&order};
    while (!open.empty()) {
      const Json& here = *open.back();
      open.pop_back();
      for (const Json& item : here.items()) open.push_back(&item);
      for (const auto& [name, value] : here.members()) {
        open.push_back(&value);
        const bool money = name == "total" || name.ends_with("_total") || name.ends_with("_tax") ||
                           name == "subtotal" || name == "price" || name == "amount";
        EXPECT_FALSE(money && value.is_string()) << entry.path() << " " << name << " " << value.dump();
      }
    }
    ++tried;
  }
  EXPECT_GT(tried, 3);
}

}  // namespace
}  // namespace waggle::test
