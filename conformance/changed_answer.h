// An answer of a server whose keys the peer's file names, with changes made to it.
#pragma once

#include "conformance/draft.h"
#include "conformance/peer.h"

namespace cmpkit::conformance {

/// What changes to an answer may take from elsewhere.
struct AnswerContext {
  cmp::SignatureCredential stranger;
  Octets first_nonce;     // senderNonce of the first request of the transaction
  Octets earlier_answer;  // DER of an answer to something else; empty: there was none
};

/// The answer with the changes made, protected again in kind: by `server`, or by the secret that it names.
tl::expected<Octets, std::string> changed_answer(const Peer& peer, Octets answer,
                                                 std::span<const Change* const> changes, AnswerContext context);

}  // namespace cmpkit::conformance
