// What passed through an RA while a case ran, and the rules for all of that.
#pragma once

#include "conformance/answer_rules.h"
#include "conformance/upstream.h"

namespace cmpkit::conformance {

/// One message that came to the CA, within a nested message or not, with that of the device which led to it.
struct Passage {
  const Exchange* device = nullptr;  // null: no device said it
  const asn1::PKIMessage* message = nullptr;
  const asn1::PKIMessage* around = nullptr;  // the nested message that holds it; null: none
  bool in_batch = false;                     // ... with a transactionID of its own
  bool authentic = false;                    // its protection, or that of the message around it where there is one
  const asn1::PKIMessage* answer = nullptr;  // to it; null: none that can be read
  const UpstreamExchange* exchange = nullptr;
  const Passage* before = nullptr;  // the one before it in its transaction; null: it is the first
};

/// Views into the devices' exchanges, which must outlive it.
class RelayRun {
 public:
  RelayRun(const Peer& ra, std::vector<const Exchange*> devices, std::vector<UpstreamExchange> upstream);

  [[nodiscard]] const std::list<Passage>& passages() const { return passages_; }
  [[nodiscard]] const std::list<UpstreamExchange>& upstream() const { return upstream_; }
  [[nodiscard]] Types types() const;
  /// The rules for every message that an RA forwards, checked.
  [[nodiscard]] std::vector<AnswerCheck> check() const;

 private:
  void add(const UpstreamExchange& exchange);
  void add(const UpstreamExchange& exchange, const asn1::PKIMessage& message, const asn1::PKIMessage* around);
  [[nodiscard]] const asn1::PKIMessage* answer_to(const asn1::PKIMessage& message,
                                                  const asn1::PKIMessage* answer) const;
  [[nodiscard]] bool is_authentic(const asn1::PKIMessage& message) const;

  const Peer& ra_;
  std::vector<const Exchange*> devices_;
  std::list<UpstreamExchange> upstream_;
  std::list<Reply> messages_;  // that came, and their answers
  std::list<Passage> passages_;
  std::vector<AnswerCheck> unreadable_;
};

/// The rules among those checks.
std::span<const cmp::Rule* const> relay_rules();

}  // namespace cmpkit::conformance
