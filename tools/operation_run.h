// Carries an operation through: moves its messages to the server and back, waits where the server asks for it, and
// tries again where it is not available.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
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

/// Told what happens, as it happens. This one does not care.
class RunListener {
 public:
  virtual ~RunListener() = default;
  /// What to go on from where this process ends here; before each message and each time of waiting.
  virtual void checkpoint(const cmp::Operation&) {}
  virtual void sending(Bytes /*request*/) {}
  virtual void received(const Exchange&) {}
  /// About once a second while there is to be waited; `why` is half a sentence, `left` is what is left of this time,
  /// `first` at its start.
  virtual void waiting(std::string_view /*why*/, std::chrono::seconds /*left*/, bool /*first*/) {}
};

struct Patience {
  std::optional<std::chrono::seconds> wait;  // in all; none: as long as the operation takes
  unsigned retries = 0;                      // how often a message that did not get through is sent again
  std::chrono::seconds retry_wait{5};        // before the first of them; each time twice as long
};

/// What became of it: an outcome, why the messages could not be moved, or until when there is to be waited.
struct RunResult {
  std::vector<Exchange> exchanges;
  std::optional<cmp::Outcome> outcome;
  std::optional<transport::TransportError> transport_error;
  std::optional<cmp::Time> waiting_until;
  unsigned retries = 0;  // messages sent again because they did not get through
};

/// Blocks until the operation has ended, or patience has. What goes over the wire is bounded in time by the channel,
/// waiting for the server by the options of the operation as well.
///
/// A message that did not get through is sent again octet for octet: RFC 9811 Section 3.3, it counts as not delivered;
/// if it was, the server gives the answer that it has stored.
RunResult run_operation(cmp::Operation& operation, transport::Channel& channel, const cmp::Clock& clock,
                        const Patience& patience, RunListener& listener);

}  // namespace cmpkit::tools
