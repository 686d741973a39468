#include "tools/enrollment_run.h"

#include <algorithm>
#include <thread>

namespace cmpkit::tools {
namespace {

using std::chrono::steady_clock;

void wait_until(cmp::Time wake_at, const cmp::Clock& clock, RunListener& listener) {
  const auto time = std::max(wake_at - clock.now(), std::chrono::seconds{0});
  listener.waiting(time);
  std::this_thread::sleep_for(time);
}

}  // namespace

RunResult run_enrollment(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                         RunListener& listener) {
  RunResult result;
  cmp::Output output = operation.start();
  while (!output.done) {
    if (output.wake_at) {
      wait_until(*output.wake_at, clock, listener);
      output = operation.wake();
      continue;
    }
    Exchange& exchange = result.exchanges.emplace_back();
    exchange.request = std::move(*output.send);
    listener.sending(exchange.request);
    const auto start = steady_clock::now();
    auto response = channel.exchange(exchange.request);
    exchange.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
    if (!response) {
      result.transport_error = std::move(response.error());
      return result;
    }
    exchange.response = std::move(*response);
    listener.received(exchange);
    output = operation.receive(exchange.response);
  }
  result.outcome = std::move(*output.done);
  return result;
}

}  // namespace cmpkit::tools
