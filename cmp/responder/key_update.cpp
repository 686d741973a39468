#include "cmp/responder/key_update.h"

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

class KeyUpdate {
 public:
  KeyUpdate(const Admitted& operation, const asn1::CertReqMsg& request, const Authorised& authorised, Time now,
            Trail& trail)
      : operation_(operation),
        request_(request),
        authorised_(authorised),
        now_(now),
        old_(*operation.sender().certificate),
        trail_(trail) {}

  std::optional<Refusal> check() {
    if (auto refusal = check_ours()) return refusal;
    if (auto refusal = check_old_cert_id()) return refusal;
    return check_identity();
  }

 private:
  std::optional<Refusal> fail(const Rule& rule, std::string_view field, std::string_view detail) {
    return fail(refused(rule, field, detail));
  }
  std::optional<Refusal> fail(Refusal refusal) {
    trail_.failed(*refusal.rule, refusal.field, refusal.text);
    return refusal;
  }

  /// K-01: the certificate that signed the kur is one of ours, and confirmed (that it is not revoked is V-36).
  std::optional<Refusal> check_ours() {
    constexpr std::string_view field = "extraCerts[0]";
    const auto& own = operation_.from.own;
    if (!own) return fail(rules::K_01, field, "this CA did not issue " + old_.name());
    if (own->update_until > now_)
      return fail(refused(rules::K_01, field, "an update of " + old_.name() + " awaits its confirmation",
                          asn1::PKIFailureInfo::duplicateCertReq));
    trail_.passed(rules::K_01, field);
    return {};
  }

  /// K-03: the control is optional; where it is there, it names the certificate that signed.
  std::optional<Refusal> check_old_cert_id() {
    constexpr std::string_view field = "body.controls.oldCertID";
    const auto& controls = request_.certReq.controls;
    if (!controls) return {};
    for (const auto& control : *controls) {
      if (control.type != asn1::id_regCtrl_oldCertID) continue;
      const auto id = asn1::decode<asn1::OldCertId>(control.value.tlv);
      if (!id) return fail(rules::K_03, field, "oldCertID: " + id.error().text());
      const asn1::Name* issuer = id->issuer.directory_name();
      if (issuer == nullptr || !asn1::same_name(*issuer, old_.issuer()) || id->serialNumber != old_.serial())
        return fail(rules::K_03, field, "oldCertID names another certificate than the one that signs the request");
      trail_.passed(rules::K_03, field);
    }
    return {};
  }

  /// K-02: the identity stays, octet for octet.
  std::optional<Refusal> check_identity() {
    constexpr std::string_view field = "body.certTemplate.subject";
    if (!same_octets(authorised_.request.subject.tlv, old_.subject().tlv))
      return fail(rules::K_02, field, "the subject differs from that of " + old_.name());
    const auto* wanted = find_extension(authorised_.extensions, asn1::id_ce_subjectAltName);
    const auto* held = old_.extension(asn1::id_ce_subjectAltName);
    if (wanted != nullptr && (held == nullptr || !same_octets(wanted->extnValue, held->extnValue)))
      return fail(rules::K_02, "body.certTemplate.extensions", "subjectAltName differs from that of " + old_.name());
    trail_.passed(rules::K_02, field);
    return {};
  }

  const Admitted& operation_;
  const asn1::CertReqMsg& request_;
  const Authorised& authorised_;
  Time now_;
  const CertificateView& old_;
  Trail& trail_;
};

}  // namespace

std::optional<Refusal> check_key_update(const Admitted& operation, std::size_t index, const Authorised& authorised,
                                        const RequestPolicy& policy, Trail& trail) {
  const asn1::CertReqMsg& request = (*operation.body().cert_requests())[index];
  return KeyUpdate(operation, request, authorised, policy.environment.clock.now(), trail).check();
}

}  // namespace cmpkit::cmp
