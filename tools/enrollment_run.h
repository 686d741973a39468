// Carries an enrolment through: moves its messages to the server and back, and waits where the server asks for it.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/transport/channel.h"

namespace cmpkit::tools {

/// A request and its answer.
struct Exchange {
  Octets request;
  Octets response;  // empty: none came
  std::chrono::microseconds duration{};
};

/// Told what happens, as it happens.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void sending(Bytes request) = 0;
  virtual void received(const Exchange& exchange) = 0;
  virtual void waiting(std::chrono::seconds time) = 0;
};

/// What became of it: an outcome, or why the messages could not be moved.
struct RunResult {
  std::vector<Exchange> exchanges;
  std::optional<cmp::Outcome> outcome;
  std::optional<transport::TransportError> transport_error;
};

/// Blocks until the enrolment has ended. What goes over the wire is bounded in time by the channel, waiting by the
/// enrolment's max_poll_time.
RunResult run_enrollment(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                         RunListener& listener);

}  // namespace cmpkit::tools
