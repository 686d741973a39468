// Who talks in a case: a device, an RA around its messages, and further devices in the RA's batches.
#pragma once

#include "conformance/case.h"

namespace cmpkit::conformance {

/// What came of a step, or of one message in its batch. The error says what could not be built.
struct Spoken {
  const Step& step;
  tl::expected<const Exchange*, std::string> exchange;
};

class Talk {
 public:
  /// `credential` protects what devices say. The peer must outlive this.
  Talk(const Peer& peer, cmp::Credential credential, cmp::SignatureCredential stranger);

  /// Says what the step says, and hears the answers. The exchanges live as long as this.
  std::vector<Spoken> play(const Step& step);

  /// All of them so far.
  [[nodiscard]] std::vector<const Exchange*> exchanges() const;

 private:
  Spoken play_approval(const Step& step);
  std::vector<Spoken> play_batch(const Step& step);
  tl::expected<Conversation*, std::string> authority();

  const Peer& peer_;
  cmp::Credential credential_;
  cmp::SignatureCredential stranger_;
  Conversation device_;
  std::optional<Conversation> authority_;
  std::list<Conversation> others_;
};

/// `ir without senderNonce`
std::string text_of(const Step& step);

}  // namespace cmpkit::conformance
