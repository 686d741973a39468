#include "tools/operation_run.h"

#include <algorithm>
#include <thread>

namespace cmpkit::tools {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using transport::TransportError;

/// Whether the same message may get through later. A wrong address does not become right.
bool may_pass(const TransportError& error) {
  return error.kind != TransportError::Kind::resolve && is_unavailable(error);
}

class Run {
 public:
  Run(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock, const Patience& patience,
      RunListener& listener)
      : operation_(operation), channel_(channel), clock_(clock), patience_(patience), listener_(listener) {
    if (patience.wait) end_ = clock.now() + *patience.wait;
  }

  RunResult carry_out() {
    std::optional<cmp::Output> next = operation_.start();
    while (next && !next->done) {
      listener_.checkpoint(operation_);
      next = next->send ? move(std::move(*next->send)) : wait(*next);
    }
    if (next) result_.outcome = std::move(*next->done);
    return std::move(result_);
  }

 private:
  /// Nothing: the run ends before the operation does.
  std::optional<cmp::Output> move(Octets request) {
    auto response = exchange(std::move(request));
    if (response) return operation_.receive(*response);
    result_.transport_error = std::move(response.error());
    if (!wait_to_retry()) return {};
    result_.transport_error.reset();
    ++result_.retries;
    return operation_.start();
  }

  std::optional<cmp::Output> wait(const cmp::Output& output) {
    const std::string_view why =
        output.unavailable ? "the server is not available: trying again" : "the server asks us to come back";
    if (wait_until(*output.wake_at, why)) return operation_.wake();
    result_.waiting_until = output.wake_at;
    return {};
  }

  tl::expected<Octets, TransportError> exchange(Octets request) {
    Exchange& moved = result_.exchanges.emplace_back();
    moved.request = std::move(request);
    listener_.sending(moved.request);
    const auto start = steady_clock::now();
    auto response = channel_.exchange(moved.request);
    moved.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
    if (response) {
      moved.response = *response;
      listener_.received(moved);
    }
    return response;
  }

  bool wait_to_retry() {
    constexpr unsigned most_doublings = 16;
    const TransportError& error = *result_.transport_error;
    if (!may_pass(error) || result_.retries >= patience_.retries) return false;
    const auto pause = patience_.retry_wait * (1U << std::min(result_.retries, most_doublings));
    return wait_until(clock_.now() + pause, error.text + ": trying again");
  }

  /// False, at once, where patience does not last so long.
  bool wait_until(cmp::Time time, std::string_view why) {
    if (end_ && time > std::max(*end_, clock_.now())) return false;
    bool first = true;
    for (cmp::Time now = clock_.now(); now < time; now = clock_.now()) {
      listener_.waiting(why, time - now, std::exchange(first, false));
      std::this_thread::sleep_for(seconds{1});
    }
    return true;
  }

  cmp::Operation& operation_;
  transport::Channel& channel_;
  const cmp::Clock& clock_;
  const Patience& patience_;
  RunListener& listener_;
  std::optional<cmp::Time> end_;
  RunResult result_;
};

}  // namespace

RunResult run_operation(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                        const Patience& patience, RunListener& listener) {
  return Run(operation, channel, clock, patience, listener).carry_out();
}

}  // namespace cmpkit::tools
