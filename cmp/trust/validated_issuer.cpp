#include "cmp/trust/validated_issuer.h"

#include <algorithm>

#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

/// RFC 5280 Section 6.1.4 (l), (m): what is not self-issued uses up one of the certificates that may follow.
std::optional<std::int64_t> room_below(const CertificateView& certificate, const ValidatedIssuer* issuer) {
  auto room = issuer != nullptr ? issuer->room() : std::nullopt;
  if (room && !certificate.is_self_issued()) --*room;
  if (const auto own = certificate.path_length()) room = room ? std::min(*room, *own) : *own;
  return room;
}

}  // namespace

ValidatedIssuer::ValidatedIssuer(Octets der, Pointer issuer) : der_(std::move(der)), issuer_(std::move(issuer)) {}

tl::expected<ValidatedIssuer::Pointer, asn1::Error> ValidatedIssuer::anchor(Octets der) {
  if (auto decoded = CertificateView::decode(der); !decoded) return tl::unexpected(decoded.error());
  return below(nullptr, der);
}

ValidatedIssuer::Pointer ValidatedIssuer::below(Pointer issuer, Bytes der) {
  const std::shared_ptr<ValidatedIssuer> made(new ValidatedIssuer(copy_of(der), std::move(issuer)));
  made->view_ = CertificateView::decode(made->der_).value();
  const auto& view = *made->view_;
  const auto* above = made->issuer_.get();
  made->room_ = room_below(view, above);
  made->not_before_ = above != nullptr ? std::max(above->not_before_, view.not_before()) : view.not_before();
  made->not_after_ = above != nullptr ? std::min(above->not_after_, view.not_after()) : view.not_after();
  made->depth_ = above != nullptr ? above->depth_ + 1 : 0;
  made->constrains_names_ =
      view.extension(asn1::id_ce_nameConstraints) != nullptr || (above != nullptr && above->constrains_names_);
  return made;
}

}  // namespace cmpkit::cmp
