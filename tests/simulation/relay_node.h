// An RA of a run: its relay over a store that fails and survives it, and who waits for its answers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "cmpkit/cmp/relay.h"
#include "tests/simulation/trouble.h"

namespace cmpkit::simulation {

/// How old a message may be where an RA that is not online is between: less than transactions are remembered, else a
/// copy of it that comes late begins another one.
inline constexpr std::chrono::minutes late_by{45};

/// Who waits for an answer, and in which of its exchanges: a device, or the RA below with one of its tickets.
struct Origin {
  std::size_t device = 0;
  unsigned exchange = 0;
  std::string ticket;
};

class RelayNode {
 public:
  /// What the node does to the network.
  struct Network {
    std::function<void(const Origin& origin, const Octets& answer)> answer;
    std::function<void(const std::string& ticket, unsigned exchange, const Octets& message)> forward;
    std::function<void(const std::string& what)> happened;
    std::function<void(const std::string& what)> tell;  // for the trace
  };
  /// `credential` is the node's own, `secrets` those of the devices. What is referred to outlives the node.
  RelayNode(const Pki& pki, cmp::SignatureCredential credential, const cmp::SharedSecrets& secrets,
            SeededRandom& random, cmp::Environment environment, const SimulatedClock& clock, bool online,
            Network network);

  void on_request(const Origin& origin, Bytes message);
  void on_answer(const std::string& ticket, unsigned exchange, Bytes answer);
  /// No answer came in time.
  void on_timeout(const std::string& ticket, unsigned exchange);
  /// What is due now and then: batches, what may have been lost, what is over.
  void on_tick();

  /// No trouble from now on; everything is over after some days. What is left over, in words.
  std::optional<std::string> end(SimulatedClock& clock);

 private:
  void start();
  void configure(cmp::SignatureCredential credential, const cmp::SharedSecrets& secrets, bool online);
  void act(const cmp::Relayed& relayed, const Origin* origin);
  void send_all(const std::vector<cmp::Forward>& forwards);

  const Pki& pki_;
  SeededRandom& random_;
  cmp::Environment environment_;
  Network network_;
  test::FailingStore store_{cmp::memory_store()};
  Trouble trouble_;
  cmp::RelayConfiguration configuration_;
  std::unique_ptr<cmp::Relay> relay_;
  unsigned exchanges_ = 0;              // so far
  std::map<unsigned, Origin> waiting_;  // by exchange; a restart forgets it
};

}  // namespace cmpkit::simulation
