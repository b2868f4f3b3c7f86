#include "core/cli/shell/exchange.hpp"

#include <future>
#include <memory>
#include <optional>

#include "core/http/client.hpp"
#include "core/http/loops.hpp"

namespace waggle::cli {

Result<http::OutboundResponse> exchange(http::OutboundRequest request) {
  const auto loops = http::Loops::start(1, 1);
  std::promise<Result<http::OutboundResponse>> promise;
  std::unique_ptr<http::Client> client;  // lives and dies on the loop
  std::promise<void> closed;
  loops->at(0).post([&] {
    client = std::make_unique<http::Client>(loops->at(0));
    client->send(std::move(request), [&](Result<http::OutboundResponse> answer) {
      promise.set_value(std::move(answer));
      loops->at(0).post([&] {
        client.reset();
        closed.set_value();
      });
    });
  });
  auto answer = promise.get_future().get();
  closed.get_future().wait();
  loops->stop();
  return answer;
}

}  // namespace waggle::cli
