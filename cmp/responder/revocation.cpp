// rr: a certificate is revoked, put on hold or released (RFC 9483 Sections 4.2 and 5.1.3, RFC 9810 Section 5.3.9).
#include "cmp/message/checks.h"
#include "cmp/responder/engine.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/revoke.h"

namespace cmpkit::cmp {

using asn1::CRLReason;
using asn1::PKIBody;
using Status = IssuedCertificate::Status;

namespace {

tl::unexpected<Refusal> fail(const Rule& rule, std::string_view field, std::string_view detail) {
  return tl::unexpected(refused(rule, field, detail));
}
tl::unexpected<Refusal> fail(const Rule& rule, std::string_view field, std::string_view detail, FailInfo fail_info) {
  return tl::unexpected(refused(rule, field, detail, fail_info));
}

/// X-01; where a client gives none it is unspecified.
Checked<CRLReason::Value> reason_of(const asn1::RevDetails& details) {
  constexpr std::string_view field = "body.rr.crlEntryDetails";
  const auto* extension = find_extension(details.crlEntryDetails, asn1::id_ce_cRLReasons);
  if (extension == nullptr) return CRLReason::unspecified;
  const auto reason = asn1::decode<CRLReason>(extension->extnValue);
  if (!reason) return fail(rules::X_01, field, "reasonCode: " + reason.error().text());
  switch (const auto value = static_cast<CRLReason::Value>(reason->value); value) {
    case CRLReason::unspecified:
    case CRLReason::keyCompromise:
    case CRLReason::cACompromise:
    case CRLReason::affiliationChanged:
    case CRLReason::superseded:
    case CRLReason::cessationOfOperation:
    case CRLReason::certificateHold:
    case CRLReason::removeFromCRL:
    case CRLReason::privilegeWithdrawn:
    case CRLReason::aACompromise:
      return value;
    default:
      return fail(rules::X_01, field, "the reasonCode is none of RFC 5280 Section 5.3.1");
  }
}

/// what the template says of the certificate beside how it was found.
bool fits(const asn1::CertTemplate& wanted, const CertificateView& certificate) {
  const auto key = wanted.publicKey ? asn1::encode(*wanted.publicKey) : Octets{};
  return (!wanted.serialNumber || *wanted.serialNumber == certificate.serial()) &&
         (!wanted.issuer || asn1::same_name(*wanted.issuer, certificate.issuer())) &&
         (!wanted.subject || asn1::same_name(*wanted.subject, certificate.subject())) &&
         (key.empty() || same_octets(key, certificate.public_key()));
}

RevocationWish wish_of(const asn1::RevDetails& details, CRLReason::Value reason) {
  RevocationWish out;
  if (details.certDetails.serialNumber) out.serial = details.certDetails.serialNumber->octets;
  if (details.certDetails.issuer) out.issuer = *details.certDetails.issuer;
  out.reason = reason;
  return out;
}

bool is_in_force(Status status) { return status != Status::revoked && status != Status::rejected; }

/// with its own key, or by an authority that may revoke for others.
Checked<void> check_right(const Admitted& operation, const IssuedCertificate& certificate) {
  const bool own = same_octets(operation.sender().requester.identity, certificate.certificate);
  if (own || operation.permission->on_behalf) return {};
  return fail(rules::X_01, "body.rr.certDetails",
              "the request is not signed with the certificate to be revoked, and the signer may not revoke for others",
              asn1::PKIFailureInfo::notAuthorized);
}

}  // namespace

/// By its serial number, or else by its public key.
Checked<IssuedCertificate> Responder::Engine::find_to_revoke(const asn1::CertTemplate& wanted) const {
  constexpr std::string_view field = "body.rr.certDetails";
  if (wanted.issuer && !asn1::same_name(*wanted.issuer, authority_.issuer()))
    return fail(rules::X_02, field, "the certificate was issued by another CA", asn1::PKIFailureInfo::badCertId);
  std::vector<IssuedCertificate> candidates;
  if (wanted.serialNumber) {
    auto found = store_.certificate(wanted.serialNumber->octets);
    if (!found) return tl::unexpected(unavailable(field, found.error().text));
    if (*found) candidates.push_back(std::move(**found));
  } else if (wanted.publicKey) {
    const Octets public_key = asn1::encode(*wanted.publicKey);
    const Bytes key[] = {public_key};
    const auto digest = environment_.crypto.hash(identifier_of(Digest::sha256), key);
    if (!digest) return tl::unexpected(unavailable(field, digest.error().text));
    auto found = store_.certificates_for(*digest);
    if (!found) return tl::unexpected(unavailable(field, found.error().text));
    candidates = std::move(*found);
  } else {
    return fail(rules::X_01, field, "neither serialNumber nor publicKey says which certificate is meant",
                asn1::PKIFailureInfo::badCertId);
  }
  std::erase_if(candidates, [&](const IssuedCertificate& each) {
    const auto view = CertificateView::decode(each.certificate);
    return !view || !fits(wanted, *view);
  });
  if (candidates.size() > 1)  // of one key the ones that are out of force do not matter
    std::erase_if(candidates, [](const IssuedCertificate& each) { return !is_in_force(each.status); });
  if (candidates.size() != 1)
    return fail(rules::X_02, field,
                candidates.empty() ? "there is no such certificate" : "more than one certificate is meant",
                asn1::PKIFailureInfo::badCertId);
  return std::move(candidates.front());
}

Performed Responder::Engine::perform_revocation(const Admitted& operation, Reply& reply) {
  Response answer;
  auto& statuses = answer.body.set<PKIBody::rp>().status;
  const auto& requests = *operation.body().get<PKIBody::rr>();
  const auto reject = [&](const Refusal& refusal) {  // E-10
    statuses.push_back(rejection(refusal, answer.storage));
    answer.refusal = refusal;
  };
  if (!configuration_.several_per_message)
    if (const auto refusal = check_message(operation.request, Stage::single, reply.trail)) {
      reject(*refusal);
      return answer;
    }
  if (requests.empty()) reject(refused(rules::X_01, "body.rr", "there is no RevDetails"));

  for (const asn1::RevDetails& details : requests) {
    const auto reason = reason_of(details);
    auto certificate = reason ? find_to_revoke(details.certDetails) : tl::unexpected(reason.error());
    auto checked = certificate ? check_right(operation, *certificate) : tl::unexpected(certificate.error());
    IssuedCertificate revoked = checked ? *certificate : IssuedCertificate{};
    if (checked) checked = revoke_certificate(revoked, *reason, now());
    if (!checked) {
      reject(checked.error());
      continue;
    }
    reply.trail.passed(rules::X_02, "body.rr.certDetails");
    if (auto waiting = delay(operation)) return std::move(*waiting);
    const auto wish = wish_of(details, *reason);
    PolicyQuestion question;
    question.revocation = &wish;
    const auto granted = ask_policy(operation, question);
    if (const auto* waiting = std::get_if<Waiting>(&granted)) return *waiting;
    if (const auto* refusal = std::get_if<Refusal>(&granted)) {
      reject(*refusal);
      continue;
    }
    const RevocationRequest asked{certificate->certificate, *reason, &operation.sender().requester};
    RevocationDecision decision = authority_.revoke(asked, now());
    if (auto* waiting = std::get_if<Waiting>(&decision)) return std::move(*waiting);
    if (const auto* refusal = std::get_if<Refusal>(&decision)) {
      reject(*refusal);
      tell_policy(operation, PolicyOutcome::Kind::refused, answer, {}, {}, refusal->text);
      continue;
    }
    tell_policy(operation, PolicyOutcome::Kind::revoked, answer, revoked.certificate, revoked.serial);
    answer.certificates_changed.push_back(std::move(revoked));
    statuses.emplace_back();  // accepted
  }
  return answer;
}

}  // namespace cmpkit::cmp
