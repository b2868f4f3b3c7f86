// WooCommerce's declaration: included by woocommerce.cpp alone, behind the functions that it names.

Trigger trigger(std::string id, std::string help, std::vector<Field> payload) {
  std::string sample = id + ".json";
  return {.id = std::move(id),
          .help = std::move(help),
          .payload = std::move(payload),
          .samples = {std::move(sample)}};
}

std::vector<Trigger> triggers() {
  std::vector<Trigger> out;
  struct Resource {
    std::string id, one;
    std::vector<Field> (*fields)();
    bool restored;
  };
  const Resource resources[] = {{"order", "An order", order_fields, true},
                                {"product", "A product or a variation", product_fields, true},
                                {"customer", "A customer", customer_fields, false},
                                {"coupon", "A coupon", coupon_fields, true}};
  for (const Resource& resource : resources) {
    out.push_back(trigger(resource.id + "_created", resource.one + " was created.", resource.fields()));
    out.push_back(trigger(resource.id + "_updated",
                          resource.one +
                              " was changed. WooCommerce also sends this right after it was created" +
                              (resource.id == "customer" ? ", and for each order of the customer." : "."),
                          resource.fields()));
    out.push_back(trigger(
        resource.id + "_deleted",
        resource.one +
            " was moved to the trash; only its id is told. Deleting an order may send this for products and "
            "coupons of the same id too, so compare the id with what you know.",
        deleted_fields()));
    if (resource.restored)
      out.push_back(trigger(resource.id + "_restored", resource.one + " was taken out of the trash.",
                            resource.fields()));
  }
  out.push_back(
      trigger("action",
              "A hook of WordPress ran, for a webhook with the topic action.NAME: `action` is its name, "
              "`arg` its argument.",
              {text("action").describe("The hook's name."), any("arg").describe("Its first argument.")}));
  return out;
}

Field id_field(std::string name, const std::string& of) {
  return integer(std::move(name)).describe("The id of the " + of + ".").required().example(727);
}

std::vector<Field> order_inputs() {
  return {
      text("status")
          .describe("pending, processing, on-hold, completed, cancelled, refunded, failed.")
          .example("processing"),
      integer("customer_id").describe("0 for a guest."),
      text("currency").describe("ISO 4217; usually the shop's.").example("EUR"),
      object("billing").describe("first_name, last_name, address_1, city, postcode, country, email, phone."),
      object("shipping").describe("As billing, without email."),
      list("line_items", object("", {}))
          .describe("What was bought: product_id (or variation_id) and quantity; total to set a price."),
      list("shipping_lines", object("", {})).describe("method_id, method_title, total."),
      list("fee_lines", object("", {})).describe("name, total."),
      list("coupon_lines", object("", {})).describe("code."),
      list("meta_data", object("", {})).describe("key and value."),
      text("payment_method").describe("Id of the payment method, like bacs."),
      text("payment_method_title").describe("What the customer reads."),
      text("customer_note").describe("What the customer wrote."),
      text("transaction_id").describe("The payment's id at the payment service."),
      boolean("set_paid").describe("Marks the order as paid: stock is reduced and mails are sent.")};
}

std::vector<Field> list_inputs(std::vector<Field> more) {
  std::vector<Field> out{
      integer("limit")
          .describe("How many at most; pages are fetched as needed. Up to 10000.")
          .fallback(page_size),
      text("search").describe("Words to look for."),
      text("after").describe("Created after this time, like 2026-11-01T00:00:00."),
      text("modified_after").describe("Changed after this time (customers ignore it)."),
      boolean("dates_are_gmt").describe("Whether the times above are UTC and not the shop's."),
      text("orderby").describe("date, modified, id, title."),
      choice("order", {"asc", "desc"}).describe("The direction of orderby.")};
  for (Field& field : more) out.push_back(std::move(field));
  return out;
}

std::vector<Field> list_outputs() {
  return {list("items").describe("What was found."),
          integer("total").describe("How many there are in the shop.")};
}

std::vector<Action> actions() {
  using enum Idempotency;
  const auto one = [](const char* id, const char* help, std::vector<Field> inputs,
                      Operation<Json> (*run)(Call), std::vector<Field> outputs, Idempotency idempotency,
                      bool open = false) {
    return Action{.id = id,
                  .help = help,
                  .inputs = std::move(inputs),
                  .run = run,
                  .outputs = std::move(outputs),
                  .idempotency = idempotency,
                  .open_inputs = open,
                  .samples = {std::string(id) + ".json"}};
  };
  auto changed_order = order_inputs();
  changed_order.insert(changed_order.begin(), id_field("id", "order"));
  const std::vector<Field> product_inputs{
      text("name").describe("What the customer reads."),
      text("sku").describe("Unique in the shop."),
      decimal("regular_price").describe("The usual price."),
      decimal("sale_price").describe("The price while it is on sale."),
      text("description").describe("HTML."),
      text("status").describe("publish, draft, pending or private."),
      integer("stock_quantity").describe("How many there are; needs manage_stock."),
      boolean("manage_stock").describe("Whether the shop counts them.")};
  auto changed_product = product_inputs;
  changed_product.insert(changed_product.begin(), id_field("id", "product"));
  return {
      one("get_order", "Get an order.", {id_field("id", "order")}, get_order, order_fields(), read),
      one("list_orders", "List orders.",
          list_inputs({text("status").describe("any, or one of the statuses."),
                       integer("customer").describe("Id of the customer."),
                       integer("product").describe("Id of a product that is in the order.")}),
          list_orders, list_outputs(), read, true),
      one("create_order",
          "Create an order, once: the order is marked with the step's key, and looked for before it is "
          "created again.",
          order_inputs(), create_order, order_fields(), lookup, true),
      one("update_order", "Change an order.", changed_order, update_order, order_fields(), native, true),
      one("add_order_note", "Add a note to an order.",
          {id_field("order_id", "order"),
           text("note").describe("The note.").required().example("Entered into the books."),
           boolean("customer_note")
               .describe("Whether the customer sees it, and gets it by mail.")
               .fallback(false)},
          add_order_note, {integer("id")}, unset),
      one("create_refund", "Refund an order or a part of it, once.",
          {id_field("order_id", "order"), decimal("amount").describe("How much.").required().example("5.00"),
           text("reason").describe("Why; the shop shows it at the order."),
           boolean("api_refund")
               .describe("Whether the payment service shall pay the money back.")
               .fallback(false)},
          create_refund, {integer("id"), decimal("amount")}, lookup, true),
      one("get_product", "Get a product.", {id_field("id", "product")}, get_product, product_fields(), read),
      one("list_products", "List products.",
          list_inputs({text("sku").describe("The exact number of the article."),
                       text("status").describe("publish, draft, pending, private or any."),
                       text("category").describe("Id of a category.")}),
          list_products, list_outputs(), read, true),
      one("create_product",
          "Create a product, once: it is marked with the step's key, and looked for before it is created "
          "again; with a sku that costs one request.",
          product_inputs, create_product, product_fields(), lookup, true),
      one("update_product", "Change a product: its price, its stock.", changed_product, update_product,
          product_fields(), native, true),
      one("get_customer", "Get a customer.", {id_field("id", "customer")}, get_customer, customer_fields(),
          read),
      one("list_customers", "List customers.",
          list_inputs({text("email").describe("The exact address."),
                       text("role").describe("Usually customer; all for everybody.")}),
          list_customers, list_outputs(), read, true),
      one("create_coupon", "Create a coupon, once.",
          {text("code").describe("What the customer types.").required().example("summer10"),
           decimal("amount").describe("Percent or money."),
           choice("discount_type", {"percent", "fixed_cart", "fixed_product"})
               .describe("What the amount means."),
           text("date_expires_gmt").describe("When it ends, UTC.")},
          create_coupon, coupon_fields(), lookup, true),
  };
}

Connector declaration() {
  return {
      .id = "woocommerce",
      .title = "WooCommerce",
      .version = "0.1.0",
      .help =
          "Online shops on WordPress. In the shop: WooCommerce > Settings > Advanced > Webhooks, with this "
          "connection's address and a "
          "secret; and > REST API for the key.",
      .settings =
          {url("url").describe("The shop's address.").example("https://shop.example.com"),
           secret("webhook_secret")
               .describe(
                   "The secret typed in at the shop's webhooks; all deliveries are refused without it."),
           secret("old_webhook_secret").describe("The one before, while the secret is being replaced."),
           secret("consumer_key")
               .describe(
                   "Of WooCommerce > Settings > Advanced > REST API; begins with ck_. Needed for actions."),
           secret("consumer_secret").describe("Begins with cs_."),
           choice("auth", {"auto", "basic", "query", "oauth1"})
               .describe("How to show the key. auto: Basic over https, OAuth 1.0a over plain http. query: "
                         "for hosts that drop the "
                         "Authorization header.")
               .fallback("auto")},
      .check = check,
      .receive = receive,
      .sample = make_sample,
      .triggers = triggers(),
      .actions = actions()};
}
