#include "tests/support/crl_builder.h"

#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::test {
namespace {

asn1::RevokedCertificate encodable(const CrlEntry& entry, cmp::Time time, asn1::Storage& storage) {
  asn1::RevokedCertificate out{{entry.serial}, asn1::Time::of(time), {}};
  asn1::Extensions extensions = entry.extensions;
  if (entry.reason) {
    asn1::CRLReason reason;
    reason.value = *entry.reason;
    extensions.push_back({asn1::id_ce_cRLReasons, false, storage.keep(asn1::encode(reason))});
  }
  if (!extensions.empty()) out.crlEntryExtensions = std::move(extensions);
  return out;
}

}  // namespace

Octets make_crl(const CrlContent& content, const cmp::Signer& signer) {
  asn1::Storage storage;
  asn1::CertificateList crl;
  asn1::TBSCertList& tbs = crl.tbsCertList;
  tbs.version = asn1::Version::v2;
  tbs.signature = signer.algorithm();
  tbs.issuer = {content.issuer};
  tbs.thisUpdate = asn1::Time::of(content.this_update);
  if (content.next_update) tbs.nextUpdate = asn1::Time::of(*content.next_update);
  for (const CrlEntry& each : content.entries) {
    if (!tbs.revokedCertificates) tbs.revokedCertificates.emplace();
    tbs.revokedCertificates->push_back(encodable(each, content.this_update, storage));
  }
  if (!content.extensions.empty()) tbs.crlExtensions = content.extensions;
  const Octets signed_part = asn1::encode(tbs);
  const Bytes message[] = {signed_part};
  const Octets signature = signer.sign(message).value();
  crl.signatureAlgorithm = signer.algorithm();
  crl.signature = {signature, 0};
  return asn1::encode(crl);
}

CrlEntry crl_entry(Bytes certificate, std::optional<asn1::CRLReason::Value> reason) {
  return {copy_of(cmp::CertificateView::decode(certificate)->serial().octets), reason, {}};
}

}  // namespace cmpkit::test
