#include "conformance/changed_answer.h"

#include "conformance/signed_message.h"

namespace cmpkit::conformance {
namespace {

cmp::Credential credential_of(const Peer& peer, const asn1::PKIHeader& header) {
  if (!is_mac(header)) return *peer.server;
  const bool of_ra = peer.ra_secret && header.senderKID && same_octets(*header.senderKID, peer.ra_secret->reference);
  return of_ra ? *peer.ra_secret : *peer.secret;
}

}  // namespace

tl::expected<Octets, std::string> changed_answer(const Peer& peer, Octets answer,
                                                 std::span<const Change* const> changes, AnswerContext context) {
  Draft draft(peer.environment);
  auto message = asn1::decode<asn1::PKIMessage>(draft.storage.keep(std::move(answer)));
  if (!message) return tl::unexpected("the honest server's answer: " + message.error().text());
  draft.message = std::move(*message);
  draft.body_type = draft.message.body.type();
  if (draft.message.extraCerts)
    for (const auto& certificate : *draft.message.extraCerts)
      draft.more_certificates.push_back(copy_of(certificate.tlv));
  draft.message.extraCerts.reset();
  draft.message.protection.reset();
  draft.credential = credential_of(peer, draft.header());
  draft.other = std::move(context.stranger);
  draft.root = peer.root;
  draft.no_signature = peer.server_no_signature;
  draft.secret = peer.secret;
  draft.previous_nonce = std::move(context.first_nonce);
  draft.earlier_answer = std::move(context.earlier_answer);
  if (auto sealed = seal(draft, changes); !sealed) return tl::unexpected(sealed.error());
  return std::move(draft.octets);
}

}  // namespace cmpkit::conformance
