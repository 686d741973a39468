#include "cmpkit/cmp/crl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cmp/authority/certificate_content.h"
#include "cmp/authority/distribution_point.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

using Reason = tl::unexpected<std::string>;

/// The content octets of a positive INTEGER.
Octets integer_octets(std::uint64_t number) {
  Octets out;
  for (; number != 0 || out.empty(); number >>= 8U) out.insert(out.begin(), static_cast<std::uint8_t>(number));
  if ((out.front() & 0x80U) != 0) out.insert(out.begin(), 0);
  return out;
}

/// RFC 5280 Section 3.3: an entry stays until a CRL was issued after the end of its certificate.
bool is_over(const IssuedCertificate& certificate, const std::optional<StoredCrl>& last) {
  const auto view = CertificateView::decode(certificate.certificate);
  return view && last && view->not_after() < last->this_update;
}

asn1::RevokedCertificate entry_of(const IssuedCertificate& certificate, asn1::Storage& storage) {
  asn1::RevokedCertificate entry{{certificate.serial}, asn1::Time::of(certificate.status_since), {}};
  // RFC 5280 Section 5.3.1: the reason unspecified is told by saying none
  if (certificate.reason != asn1::CRLReason::unspecified) {
    asn1::CRLReason reason;
    reason.value = certificate.reason;
    entry.crlEntryExtensions.emplace().push_back({asn1::id_ce_cRLReasons, false, storage.keep(asn1::encode(reason))});
  }
  return entry;
}

AuditEntry audit_entry(const StoredCrl& crl) {
  AuditEntry entry;
  entry.time = crl.this_update;
  entry.actor = "time";
  entry.action = "crl";
  entry.result = "issued";
  entry.reason = fmt::format("number {} of partition {}", crl.number, crl.partition);
  return entry;
}

}  // namespace

std::string CrlLocation::url_of(std::uint32_t partition) const {
  constexpr std::string_view place = "{partition}";
  std::string out = url;
  if (const auto at = out.find(place); at != std::string::npos)
    out.replace(at, place.size(), std::to_string(partition));
  return out;
}

tl::expected<std::unique_ptr<CrlIssuer>, std::string> CrlIssuer::create(CrlOptions options, Store& store,
                                                                        const Environment& environment) {
  const auto certificate = CertificateView::decode(options.certificate);
  if (!options.signer || !certificate) return Reason("the key or the certificate of the CA is missing or unreadable");
  if (!same_octets(options.signer->public_key(), certificate->public_key()))
    return Reason("the key for CRLs is not the one in the CA's certificate");
  if (!certificate->allows(asn1::KeyUsage::cRLSign)) return Reason("the CA's certificate does not allow cRLSign");
  if (options.validity <= options.renew_before || options.renew_before < std::chrono::seconds::zero())
    return Reason("a CRL would be renewed before it is made");
  const CrlLocation& location = options.location;
  if (location.partitions == 0) return Reason("there is no CRL: the number of partitions is zero");
  if (location.partitions > 1 && location.url_of(0) == location.url_of(1))
    return Reason("the partitions of the CRL need a URL with {partition} in it");
  auto identifier = authority_key_identifier_value(*certificate, environment.crypto);
  if (!identifier) return Reason(identifier.error().text);
  return std::unique_ptr<CrlIssuer>(new CrlIssuer(std::move(options), store, std::move(*identifier)));
}

CrlIssuer::CrlIssuer(CrlOptions options, Store& store, Octets authority_key_identifier)
    : options_(std::move(options)), store_(store), authority_key_identifier_(std::move(authority_key_identifier)) {}

asn1::Name CrlIssuer::issuer() const { return CertificateView::decode(options_.certificate)->subject(); }

bool CrlIssuer::is_current(const StoredCrl& crl, std::uint64_t revision, Time now) const {
  return crl.revision == revision && now + options_.renew_before < crl.next_update;
}

tl::expected<StoredCrl, std::string> CrlIssuer::current(std::uint32_t partition, Time now) {
  if (partition >= options_.location.partitions) return Reason("there is no such partition");
  const std::lock_guard lock(making_);
  constexpr int attempts = 3;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const auto revision = store_.revocations();  // before the entries are read: what changes later makes another CRL
    const auto last = revision ? store_.crl(partition) : tl::unexpected(revision.error());
    if (!last) return Reason(last.error().text);
    if (*last && is_current(**last, *revision, now)) return **last;
    auto made = make(partition, *last, *revision, now);
    if (!made) return made;
    Change change;
    change.crl = *made;
    change.audit.push_back(audit_entry(*made));
    const auto committed = store_.commit(change);
    if (!committed) return Reason(committed.error().text);
    if (*committed == Commit::done) return made;
  }
  return Reason("CRLs are made elsewhere at the same time, again and again");
}

tl::expected<StoredCrl, std::string> CrlIssuer::make(std::uint32_t partition, const std::optional<StoredCrl>& last,
                                                     std::uint64_t revision, Time now) {
  auto revoked = store_.revoked(partition, options_.location.partitions);
  if (!revoked) return Reason(revoked.error().text);
  StoredCrl out{partition, last ? last->number + 1 : 1, now, now + options_.validity, revision, {}};

  asn1::Storage storage;
  asn1::CertificateList crl;
  asn1::TBSCertList& tbs = crl.tbsCertList;
  tbs.version = asn1::Version::v2;
  tbs.signature = options_.signer->algorithm();
  tbs.issuer = issuer();
  tbs.thisUpdate = asn1::Time::of(out.this_update);
  tbs.nextUpdate = asn1::Time::of(out.next_update);
  asn1::SequenceOf<asn1::RevokedCertificate> entries;
  for (const IssuedCertificate& certificate : *revoked)
    if (!is_over(certificate, last)) entries.push_back(entry_of(certificate, storage));
  if (!entries.empty()) tbs.revokedCertificates = std::move(entries);  // RFC 5280 Section 5.1.2.6: never empty

  const Octets number = integer_octets(out.number);
  ExtensionList extensions;
  extensions.add(asn1::id_ce_authorityKeyIdentifier, false, authority_key_identifier_);
  extensions.add(asn1::id_ce_cRLNumber, false, asn1::encode(asn1::CRLNumber{number}));
  if (options_.location.partitions > 1)  // RFC 5280 Section 5.2.5
    extensions.add(asn1::id_ce_issuingDistributionPoint, true,
                   issuing_distribution_point_value(options_.location.url_of(partition)));
  tbs.crlExtensions = extensions.all();

  const Octets to_sign = asn1::encode(tbs);
  const Bytes piece = to_sign;
  const auto signature = options_.signer->sign(Pieces(&piece, 1));
  if (!signature) return Reason("the CRL could not be signed: " + signature.error().text);
  crl.signatureAlgorithm = options_.signer->algorithm();
  crl.signature = {*signature};
  out.der = asn1::encode(crl);
  return out;
}

}  // namespace cmpkit::cmp
