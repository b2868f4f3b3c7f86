// The server and the client against each other, over real sockets on loopback.
#include <gtest/gtest.h>

#include <future>

#include "core/http/client.hpp"
#include "core/http/server.hpp"

namespace waggle::http {
namespace {

TEST(ClientAndServer, CarryARequestAndItsAnswer) {
  auto loops = Loops::start(2, 1);
  auto server = Server::listen(*loops, "127.0.0.1", 0, {}, [](std::size_t, Request request, Respond respond) {
    respond(Reply::text(201, request.method + " " + request.path + "?" + request.query + " " + request.body));
  });
  ASSERT_TRUE(server.ok()) << server.error().message;
  auto client = std::make_shared<std::unique_ptr<Client>>();
  std::promise<Result<OutboundResponse>> answer;
  loops->at(0).post([&] {
    *client = std::make_unique<Client>(loops->at(0));
    (*client)->send({.method = "POST",
                     .url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/a/b?c=d",
                     .body = "hello"},
                    [&](Result<OutboundResponse> result) { answer.set_value(std::move(result)); });
  });
  auto result = answer.get_future().get();
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->status, 201);
  EXPECT_EQ(result->body, "POST /a/b?c=d hello");
  EXPECT_EQ(header(result->headers, "Content-Type"), "text/plain; charset=utf-8");
  (*server)->stop(std::chrono::seconds(1));
  loops->stop();
  client->reset();
}

}  // namespace
}  // namespace waggle::http
