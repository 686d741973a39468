#include "cmp/trust/revocation_list.h"

#include <algorithm>
#include <utility>

#include "cmp/trust/crl_signature.h"
#include "cmpkit/asn1/compare.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace {

using Reason = asn1::CRLReason::Value;
using Wrong = tl::unexpected<std::string>;

/// They come from whom the operator names, and those of large CAs have many entries.
constexpr asn1::Limits limits{.octets = 256U << 20U, .elements = 20'000'000};

/// RFC 5280 Sections 5.2 and 5.3: with a critical extension that is not processed, nothing in the CRL may be relied on.
tl::expected<void, std::string> check_critical(const std::optional<asn1::Extensions>& extensions,
                                               std::initializer_list<asn1::Oid> known) {
  if (!extensions) return {};
  for (const asn1::Extension& each : *extensions)
    if (each.critical && std::ranges::find(known, each.extnID) == known.end())
      return Wrong("it has the critical extension " + asn1::name_of(each.extnID) + ", which is not known here");
  return {};
}

/// The larger, the less a certificate may do.
int severity(Reason reason) {
  if (reason == Reason::removeFromCRL) return 0;
  return reason == Reason::certificateHold ? 1 : 2;
}

const asn1::GeneralNames* names_of(const std::optional<asn1::DistributionPointName>& point) {
  return point ? std::get_if<asn1::DistributionPointName::fullName>(&point->value) : nullptr;
}

bool share_a_name(const asn1::GeneralNames& some, const asn1::GeneralNames& others) {
  return std::ranges::any_of(some, [&](const asn1::GeneralName& one) {
    return std::ranges::any_of(others, [&](const asn1::GeneralName& other) { return !asn1::compare(one, other); });
  });
}

}  // namespace

tl::expected<std::shared_ptr<const RevocationList>, std::string> RevocationList::read(Octets der) {
  std::shared_ptr<RevocationList> out(new RevocationList);
  out->der_ = std::move(der);
  auto list = asn1::decode<asn1::CertificateList>(out->der_, limits);
  if (!list) return Wrong("it cannot be read: " + list.error().text());
  out->list_ = std::move(*list);
  auto read = out->read_extensions();
  if (read) read = out->read_entries();
  if (!read) return Wrong(std::move(read.error()));
  return out;
}

tl::expected<void, std::string> RevocationList::read_extensions() {
  const auto& extensions = list_.tbsCertList.crlExtensions;
  if (asn1::find_extension(extensions, asn1::id_ce_deltaCRLIndicator) != nullptr) return Wrong("it is a delta CRL");
  const asn1::Extension* scope = asn1::find_extension(extensions, asn1::id_ce_issuingDistributionPoint);
  if (scope != nullptr) {
    const auto decoded = asn1::decode<asn1::IssuingDistributionPoint>(scope->extnValue);
    if (!decoded) return Wrong("its issuingDistributionPoint cannot be read: " + decoded.error().text());
    if (decoded->indirectCRL) return Wrong("it is an indirect CRL");
    if (decoded->onlySomeReasons) return Wrong("it tells of some reasons only");
    if (decoded->onlyContainsAttributeCerts) return Wrong("it tells of attribute certificates only");
    if (decoded->distributionPoint && names_of(decoded->distributionPoint) == nullptr)
      return Wrong("the name of its distribution point is relative to an issuer");
    scope_ = *decoded;
  }
  return check_critical(
      extensions, {asn1::id_ce_authorityKeyIdentifier, asn1::id_ce_cRLNumber, asn1::id_ce_issuingDistributionPoint});
}

tl::expected<void, std::string> RevocationList::read_entries() {
  const auto revoked = std::exchange(list_.tbsCertList.revokedCertificates, std::nullopt);
  if (!revoked) return {};
  entries_.reserve(revoked->size());
  for (const asn1::RevokedCertificate& each : *revoked) {
    auto entry = entry_of(each);
    if (!entry) return Wrong(std::move(entry.error()));
    entries_.push_back(*entry);
  }
  std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
    const int order = text_of(a.serial).compare(text_of(b.serial));
    return order != 0 ? order < 0 : severity(a.reason) > severity(b.reason);
  });
  return {};
}

tl::expected<RevocationList::Entry, std::string> RevocationList::entry_of(const asn1::RevokedCertificate& revoked) {
  const auto& extensions = revoked.crlEntryExtensions;
  if (auto checked = check_critical(extensions, {asn1::id_ce_cRLReasons}); !checked)
    return Wrong("in an entry " + checked.error());
  Entry out{revoked.userCertificate.octets, Reason::unspecified};
  const asn1::Extension* extension = asn1::find_extension(extensions, asn1::id_ce_cRLReasons);
  if (extension == nullptr) return out;
  const auto reason = asn1::decode<asn1::CRLReason>(extension->extnValue);
  if (!reason) return Wrong("a reasonCode cannot be read: " + reason.error().text());
  out.reason = static_cast<Reason>(reason->value);
  return out;
}

bool RevocationList::is_current(Time now) const {
  const auto& next_update = list_.tbsCertList.nextUpdate;
  return next_update && this_update() <= now && now <= next_update->time();
}

bool RevocationList::covers(const CertificateView& certificate) const {
  if (!scope_) return true;
  if (certificate.is_ca() ? scope_->onlyContainsUserCerts : scope_->onlyContainsCACerts) return false;
  const asn1::GeneralNames* own = names_of(scope_->distributionPoint);
  if (own == nullptr) return true;
  const asn1::Extension* extension = certificate.extension(asn1::id_ce_cRLDistributionPoints);
  if (extension == nullptr) return false;
  const auto points = asn1::decode<asn1::CRLDistributionPoints>(extension->extnValue);
  return points && std::ranges::any_of(*points, [&](const asn1::DistributionPoint& point) {
           const asn1::GeneralNames* names = names_of(point.distributionPoint);
           return names != nullptr && !point.reasons && !point.cRLIssuer && share_a_name(*own, *names);
         });
}

std::optional<Reason> RevocationList::find(asn1::Integer serial) const {
  const auto found = std::ranges::lower_bound(entries_, text_of(serial.octets), {},
                                              [](const Entry& entry) { return text_of(entry.serial); });
  if (found == entries_.end() || !same_octets(found->serial, serial.octets) || severity(found->reason) == 0) return {};
  return found->reason;
}

bool RevocationList::is_signed_by(const CertificateView& ca, const Crypto& crypto) const {
  if (!may_sign_crls(ca, issuer())) return false;
  const std::string key(text_of(ca.public_key()));
  const std::lock_guard lock(mutex_);
  if (const bool* known = signed_by_.find(key)) return *known;
  return signed_by_.insert(key, cmp::is_signed_by(list_, ca, crypto));
}

}  // namespace cmpkit::cmp
