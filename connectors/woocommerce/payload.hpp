// The typed fields of WooCommerce's resources: money comes as texts ("29.35"), times without zone. Declared
// here once; the host turns them into numbers and RFC 3339. Only the `_gmt` twins of the times are declared:
// the others are shop-local, and their zone is nowhere in the payload. Source:
// https://woocommerce.github.io/woocommerce-rest-api-docs/ (read 2026-11); deliveries recorded from
// WooCommerce 11.0.1.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <waggle/fields.hpp>

namespace waggle::woocommerce {

inline void add_decimals(std::vector<Field>& fields, const std::string& prefix,
                         std::initializer_list<const char*> names) {
  for (const char* name : names) fields.push_back(decimal(prefix + name));
}
inline void add_times(std::vector<Field>& fields, std::initializer_list<const char*> names) {
  for (const char* name : names) fields.push_back(datetime(name));
}

inline std::vector<Field> order_fields() {
  std::vector<Field> out{
      integer("id").describe("The order's id."),
      text("number").describe("The number that the customer sees."),
      text("status").describe("pending, processing, on-hold, completed, cancelled, refunded, failed."),
      text("currency").describe("ISO 4217, like EUR."),
      text("billing.email").describe("The customer's address for mail."),
      text("billing.first_name"),
      text("billing.last_name"),
      text("payment_method"),
      text("transaction_id").describe("The payment's id at the payment service."),
      text("line_items[].name"),
      text("line_items[].sku"),
      integer("line_items[].quantity")};
  add_decimals(
      out, "",
      {"discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax"});
  add_decimals(out, "line_items[].", {"subtotal", "subtotal_tax", "total", "total_tax", "price"});
  add_decimals(out, "line_items[].taxes[].", {"total", "subtotal"});
  add_decimals(out, "tax_lines[].", {"tax_total", "shipping_tax_total", "rate_percent"});
  add_decimals(out, "shipping_lines[].", {"total", "total_tax"});
  add_decimals(out, "shipping_lines[].taxes[].", {"total", "subtotal"});
  add_decimals(out, "fee_lines[].", {"amount", "total", "total_tax"});
  add_decimals(out, "fee_lines[].taxes[].", {"total", "subtotal"});
  add_decimals(out, "coupon_lines[].", {"discount", "discount_tax", "nominal_amount"});
  add_decimals(out, "refunds[].", {"total", "total_tax"});
  add_times(out, {"date_created_gmt", "date_modified_gmt", "date_completed_gmt", "date_paid_gmt"});
  return out;
}

inline std::vector<Field> product_fields() {
  std::vector<Field> out{integer("id").describe("The product's id."), text("name"), text("sku"),
                         text("type").describe("simple, variable, variation, grouped or external."),
                         text("status").describe("publish, draft, pending or private.")};
  add_decimals(out, "",
               {"price", "regular_price", "sale_price", "stock_quantity", "weight", "average_rating",
                "dimensions.length", "dimensions.width", "dimensions.height"});
  add_times(out, {"date_created_gmt", "date_modified_gmt", "date_on_sale_from_gmt", "date_on_sale_to_gmt"});
  return out;
}

inline std::vector<Field> customer_fields() {
  std::vector<Field> out{integer("id").describe("The customer's id."), text("email"), text("first_name"),
                         text("last_name"), boolean("is_paying_customer")};
  add_times(out, {"date_created_gmt", "date_modified_gmt"});
  return out;
}

inline std::vector<Field> coupon_fields() {
  std::vector<Field> out{integer("id").describe("The coupon's id."), text("code"),
                         text("discount_type").describe("percent, fixed_cart or fixed_product."),
                         integer("usage_count")};
  add_decimals(out, "", {"amount", "minimum_amount", "maximum_amount"});
  add_times(out, {"date_created_gmt", "date_modified_gmt", "date_expires_gmt"});
  return out;
}

/// Deletions bring the id alone.
inline std::vector<Field> deleted_fields() {
  return {integer("id").describe("All that is told of what was deleted.")};
}

}  // namespace waggle::woocommerce
