// Carries an operation through: moves its messages to the server and back, and waits where the server asks for it.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "cmpkit/cmp/operation.h"
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
  /// What to go on from where this process ends here; before each message and each time of waiting.
  virtual void checkpoint(const cmp::Operation& operation) = 0;
  virtual void sending(Bytes request) = 0;
  virtual void received(const Exchange& exchange) = 0;
  /// About once a second while the server lets us wait; `left` is what is left of this time, `first` at its start.
  virtual void waiting(std::chrono::seconds left, bool first) = 0;
};

/// What became of it: an outcome, why the messages could not be moved, or until when there is to be waited.
struct RunResult {
  std::vector<Exchange> exchanges;
  std::optional<cmp::Outcome> outcome;
  std::optional<transport::TransportError> transport_error;
  std::optional<cmp::Time> waiting_until;
};

/// Blocks until the operation has ended, or would wait for longer than `patience` in all. What goes over the wire is
/// bounded in time by the channel, waiting by the operation's max_poll_time as well.
RunResult run_operation(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                        std::chrono::seconds patience, RunListener& listener);

}  // namespace cmpkit::tools
