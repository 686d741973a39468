#include "cmp/protection/authenticate.h"

#include <fmt/format.h>

#include "cmp/message/fields.h"
#include "cmp/protection/mac_kind.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

using asn1::PKIMessage;

/// The failInfo for what the provider says (V-33, V-34).
const Rule& rule_for(CryptoError::Kind kind) {
  switch (kind) {
    case CryptoError::Kind::unknown_algorithm:
    case CryptoError::Kind::bad_parameters:
    case CryptoError::Kind::too_much_work:
      return rules::V_33;
    case CryptoError::Kind::failure:
      return rules::E_30;
    default:
      return rules::V_34;
  }
}

class Authenticator {
 public:
  Authenticator(const PKIMessage& message, const Verification& verification, Trail& trail)
      : message_(message), header_(message.header), verification_(verification), trail_(trail) {}

  Checked<Sender> run() {
    const auto by_mac = is_mac_protected(message_);
    if (!by_mac) return fail(by_mac.error());
    return *by_mac ? by_secret() : by_signature();
  }

 private:
  tl::unexpected<Refusal> fail(Refusal refusal) {
    trail_.failed(*refusal.rule, refusal.field, refusal.text);
    return tl::unexpected(std::move(refusal));
  }
  tl::unexpected<Refusal> fail(const Rule& rule, std::string_view field, std::string_view detail) {
    return fail(refused(rule, field, detail));
  }

  /// Passed, tolerated, or the refusal.
  std::optional<Refusal> judge(bool good, const Rule& rule, std::string_view field, std::string detail,
                               Deviation deviation) {
    if (good) {
      trail_.passed(rule, field);
    } else if (verification_.tolerance.allows(deviation)) {
      trail_.tolerated(rule, field, std::move(detail), deviation);
    } else {
      return fail(rule, field, detail).value();
    }
    return {};
  }

  template <class Check>
  auto over_protected_part(Check check) {
    std::array<std::uint8_t, 6> prefix{};
    const auto pieces = message_.protected_part(prefix);  // P-03: as received, RFC 9810 Section 5.1.3
    return check(Pieces(pieces));
  }

  // --- shared secret, RFC 9483 Section 4.1.5

  Checked<Sender> by_secret() {
    if (verification_.secrets == nullptr)
      return fail(rules::V_31, "header.protectionAlg", "MAC protection is not accepted here");
    trail_.passed(rules::V_31, "header.protectionAlg");
    const auto reference = secret_reference();
    const auto secret = reference ? verification_.secrets->find(*reference) : SharedSecrets::Known<Octets>{};
    if (!secret) return fail(unavailable("header.senderKID", secret.error().text));
    if (!*secret) return fail(rules::V_32, "header.senderKID", "no shared secret is known for this reference");
    trail_.passed(rules::V_32, "header.senderKID");

    auto mac = verification_.environment.crypto.mac(*header_.protectionAlg, **secret, verification_.mac_limits);
    if (!mac) return fail(rule_for(mac.error().kind), "header.protectionAlg", mac.error().text);
    trail_.passed(rules::V_33, "header.protectionAlg");
    const Bytes value = message_.protection->octets;
    if (!over_protected_part([&](Pieces pieces) { return (*mac)->verify(pieces, value); }))
      return fail(rules::V_34, "protection", "the MAC is wrong: another secret was used, or the message was changed");
    trail_.passed(rules::V_34, "protection");

    Sender sender;
    sender.requester.kind = Requester::Kind::secret;
    sender.requester.identity = copy_of(*reference);
    sender.mac = std::move(*mac);
    sender.mac_algorithm = asn1::encode(*header_.protectionAlg);
    return sender;
  }

  /// senderKID, or where it is absent the commonName in sender: both are the reference (H-11, H-51).
  [[nodiscard]] std::optional<Bytes> secret_reference() const {
    if (header_.senderKID) return *header_.senderKID;
    const asn1::Name* name = header_.sender.directory_name();
    const auto cn = name != nullptr ? asn1::last_attribute(*name, asn1::id_at_commonName) : std::nullopt;
    return cn ? std::optional(bytes_of(*cn)) : std::nullopt;
  }

  // --- signature

  Checked<Sender> by_signature() {
    if (verification_.trust == nullptr)
      return fail(rules::V_31, "header.protectionAlg", "signature protection is not accepted here");
    trail_.passed(rules::V_31, "header.protectionAlg");
    collect_pool();
    const auto certificate = find_signer();
    if (!certificate) return fail(certificate.error());

    const auto signature = over_protected_part([&](Pieces pieces) {
      return verification_.environment.crypto.verify(*header_.protectionAlg, certificate->public_key(), pieces,
                                                     message_.protection->octets);
    });
    if (!signature) return fail(rule_for(signature.error().kind), "protection", signature.error().text);
    trail_.passed(rules::V_33, "header.protectionAlg");
    trail_.passed(rules::V_34, "protection");

    const auto path = verification_.trust->validate(*certificate, pool_, verification_.environment.clock.now());
    if (!path) return fail(refusal_for(path.error()));
    trail_.passed(rules::V_35, "extraCerts");  // V-60: anchors only from our own store
    if (auto refusal = judge(certificate->allows(asn1::KeyUsage::digitalSignature), rules::P_14, "extraCerts[0]",
                             "the keyUsage of " + certificate->name() + " has no digitalSignature",
                             Deviation::no_digital_signature))
      return tl::unexpected(std::move(*refusal));
    if (auto refusal = judge(is_sender(*certificate), rules::V_40, "header.sender",
                             "sender is not the subject of the protection certificate, " + certificate->name(),
                             Deviation::sender_not_subject))
      return tl::unexpected(std::move(*refusal));
    auto sender = sender_of(*certificate);
    sender->path = *path;
    const auto issuers = path->issuers();
    sender->requester.anchor = copy_of(issuers.empty() ? certificate->octets() : issuers.back());
    return sender;
  }

  static Refusal refusal_for(const PathError& error) {
    return error.reason == PathError::Reason::bad_algorithm
               ? refused(rules::V_35, "extraCerts", error.text, asn1::PKIFailureInfo::badAlg)
               : refused(rules::V_35, "extraCerts", error.text);
  }

  /// All certificates that may be the signer's or an issuer's, of whatever order (P-09).
  void collect_pool() {
    if (message_.extraCerts) pool_.assign(message_.extraCerts->begin(), message_.extraCerts->end());
    for (const Bytes known : verification_.certificates) pool_.push_back({known});
  }

  /// The certificate whose key made the signature: by senderKID where it is there, and named by sender. The first few
  /// of the message are looked at (V-64), and all anchors: a peer may leave out a certificate that we trust itself.
  Checked<CertificateView> find_signer() {
    constexpr std::size_t max_looked_at = 16;
    const auto sent = std::span(pool_).first(std::min(pool_.size(), max_looked_at));
    const std::vector<Bytes> trusted = verification_.trust->anchors();
    const std::vector<asn1::CMPCertificate> anchors(trusted.begin(), trusted.end());
    for (const auto candidates : {std::span<const asn1::CMPCertificate>(sent), std::span(anchors)})
      if (auto found = first_of(candidates, &Authenticator::is_named_by_key)) {
        trail_.passed(rules::V_32, "header.senderKID");
        return std::move(*found);
      }
    Refusal refusal = no_signer();
    if (refusal.rule != &rules::V_32 || !verification_.tolerance.allows(Deviation::foreign_sender_kid))
      return tl::unexpected(std::move(refusal));
    trail_.tolerated(rules::V_32, "header.senderKID", std::move(refusal.text), Deviation::foreign_sender_kid);
    if (auto named = first_of(sent, &Authenticator::is_sender)) return std::move(*named);
    return CertificateView::decode(sent.front().tlv).value();  // no_signer() has read it
  }

  using Test = bool (Authenticator::*)(const CertificateView&) const;
  std::optional<CertificateView> first_of(std::span<const asn1::CMPCertificate> candidates, Test test) const {
    for (const auto& candidate : candidates)
      if (auto view = CertificateView::decode(candidate.tlv); view && (this->*test)(*view)) return std::move(*view);
    return {};
  }

  /// Why no certificate is the signer's.
  [[nodiscard]] Refusal no_signer() const {
    if (!message_.extraCerts)
      return refused(rules::P_06, "extraCerts", "there is no protection certificate in extraCerts");
    const auto first = CertificateView::decode(pool_.front().tlv);
    if (!first)
      return refused(rules::P_06, "extraCerts[0]",
                     "the protection certificate cannot be read: " + first.error().text());
    return refused(rules::V_32, "header.senderKID",
                   fmt::format("no certificate in extraCerts is the one that {} names; the first is {}",
                               header_.senderKID ? "senderKID" : "sender", first->name()));
  }

  [[nodiscard]] bool is_named_by_key(const CertificateView& certificate) const {
    if (header_.senderKID && !certificate.subject_key_id().empty())
      return same_octets(*header_.senderKID, certificate.subject_key_id());
    return is_sender(certificate);
  }
  [[nodiscard]] bool is_sender(const CertificateView& certificate) const {
    const asn1::Name* name = header_.sender.directory_name();
    return name != nullptr && asn1::same_name(*name, certificate.subject());
  }

  static Checked<Sender> sender_of(const CertificateView& certificate) {
    Sender sender;
    sender.requester.kind = Requester::Kind::certificate;
    sender.requester.identity = copy_of(certificate.octets());
    sender.certificate = *CertificateView::decode(sender.requester.identity);
    sender.requester.subject = sender.certificate->subject();
    return sender;
  }

  const PKIMessage& message_;
  const asn1::PKIHeader& header_;
  const Verification& verification_;
  Trail& trail_;
  std::vector<asn1::Encoded<asn1::Certificate>> pool_;
};

}  // namespace

Checked<bool> is_mac_protected(const PKIMessage& message) {
  if (!message.header.protectionAlg) return tl::unexpected(refused(rules::H_40, "header.protectionAlg", {}));
  const asn1::AlgorithmIdentifier& algorithm = *message.header.protectionAlg;
  if (is_mac_algorithm(algorithm.algorithm)) return true;
  const auto signature = signature_algorithm(algorithm);
  if (!signature) return tl::unexpected(refused(rules::V_33, "header.protectionAlg", signature.error().text));
  return false;
}

Checked<Sender> authenticate(const PKIMessage& message, const Verification& verification, Trail& trail) {
  return Authenticator(message, verification, trail).run();
}

}  // namespace cmpkit::cmp
