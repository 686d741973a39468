#include "tools/operation_run.h"

#include <algorithm>
#include <thread>

namespace cmpkit::tools {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

void wait_until(cmp::Time wake_at, const cmp::Clock& clock, RunListener& listener) {
  bool first = true;
  for (cmp::Time now = clock.now(); now < wake_at; now = clock.now()) {
    listener.waiting(wake_at - now, std::exchange(first, false));
    std::this_thread::sleep_for(seconds{1});
  }
}

/// Moves one message and its answer; false where they did not get through.
bool exchange(Octets request, transport::Channel& channel, RunListener& listener, RunResult& result) {
  Exchange& moved = result.exchanges.emplace_back();
  moved.request = std::move(request);
  listener.sending(moved.request);
  const auto start = steady_clock::now();
  auto response = channel.exchange(moved.request);
  moved.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
  if (!response) {
    result.transport_error = std::move(response.error());
    return false;
  }
  moved.response = std::move(*response);
  listener.received(moved);
  return true;
}

}  // namespace

RunResult run_operation(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                        seconds patience, RunListener& listener) {
  RunResult result;
  const cmp::Time end = clock.now() + patience;
  cmp::Output output = operation.start();
  while (!output.done) {
    listener.checkpoint(operation);
    if (output.wake_at) {
      if (*output.wake_at > std::max(end, clock.now())) {
        result.waiting_until = output.wake_at;
        return result;
      }
      wait_until(*output.wake_at, clock, listener);
      output = operation.wake();
      continue;
    }
    if (!exchange(std::move(*output.send), channel, listener, result)) return result;
    output = operation.receive(result.exchanges.back().response);
  }
  result.outcome = std::move(*output.done);
  return result;
}

}  // namespace cmpkit::tools
