#include <algorithm>

#include "cmp/crypto/refusal.h"
#include "cmp/trust/path_search.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

struct TrustStore::Implementation {
  explicit Implementation(const Crypto& provider) : crypto(provider) {}

  const Crypto& crypto;
  std::vector<ValidatedIssuer::Pointer> anchors;
  KnownIssuers known;

  [[nodiscard]] bool is_anchor(const CertificateView& certificate) const {
    return std::ranges::any_of(
        anchors, [&](const auto& anchor) { return same_octets(anchor->certificate().octets(), certificate.octets()); });
  }
};

TrustStore::TrustStore(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
TrustStore::TrustStore(TrustStore&&) noexcept = default;
TrustStore& TrustStore::operator=(TrustStore&&) noexcept = default;
TrustStore::~TrustStore() = default;

CryptoResult<TrustStore> TrustStore::make(const Crypto& crypto, std::vector<Octets> anchors) {
  auto implementation = std::make_unique<Implementation>(crypto);
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    auto anchor = ValidatedIssuer::anchor(std::move(anchors[i]));
    if (!anchor)
      return bad_key("trust anchor " + std::to_string(i + 1) + " is no certificate: " + anchor.error().text());
    implementation->anchors.push_back(std::move(*anchor));
  }
  return TrustStore(std::move(implementation));
}

tl::expected<ValidatedPath, PathError> TrustStore::validate(const CertificateView& end_entity,
                                                            std::span<const asn1::Encoded<asn1::Certificate>> pool,
                                                            Time now, const PathLimits& limits) const {
  auto& [crypto, anchors, known] = *implementation_;
  if (auto checked = check_time(end_entity, now); !checked) return tl::unexpected(checked.error());
  if (implementation_->is_anchor(end_entity)) return ValidatedPath(nullptr);
  if (auto issuer = known.of(end_entity.octets()); issuer && issuer->valid_at(now)) return ValidatedPath(issuer);
  if (auto checked = check_critical_extensions(end_entity); !checked) return tl::unexpected(checked.error());
  auto issuer = PathSearch(crypto, anchors, known, pool, now, limits).issuer_of(end_entity);
  if (!issuer) return tl::unexpected(std::move(issuer.error()));
  known.remember_end_entity(end_entity.octets(), *issuer);
  return ValidatedPath(std::move(*issuer));
}

std::vector<Bytes> TrustStore::anchors() const {
  std::vector<Bytes> out;
  for (const auto& anchor : implementation_->anchors) out.push_back(anchor->certificate().octets());
  return out;
}

std::vector<Bytes> ValidatedPath::issuers() const {
  std::vector<Bytes> out;
  for (const auto* at = issuer_.get(); at != nullptr; at = at->issuer().get())
    out.push_back(at->certificate().octets());
  return out;
}

}  // namespace cmpkit::cmp
