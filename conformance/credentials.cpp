#include "conformance/credentials.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmpkit/asn1/oids.h"
#include "conformance/stranger.h"

namespace cmpkit::conformance {

Credentials::Credentials(const Peer& peer) : peer_(peer), stranger_(make_stranger(peer.environment)) {}

std::string Credentials::missing(By by, std::span<const std::string_view> features) const {
  for (const auto feature : features)
    if (!peer_.has(feature)) return fmt::format("the server has no {}", feature);
  const bool has_one = peer_.certificate || peer_.secret;
  return by == By::any && !has_one ? "there is no credential for it" : "";
}

tl::expected<cmp::Credential, std::string> Credentials::of(By by) const {
  switch (by) {
    case By::certificate:
      return *peer_.certificate;
    case By::secret:
      return *peer_.secret;
    case By::issued:
      return enrol().map([](cmp::SignatureCredential got) { return cmp::Credential(std::move(got)); });
    case By::any:
      break;
  }
  if (peer_.certificate) return *peer_.certificate;
  return *peer_.secret;
}

tl::expected<cmp::SignatureCredential, std::string> Credentials::enrol() const {
  if (peer_.issued) return *peer_.issued;
  const auto first = of(By::any);
  if (!first) return tl::unexpected(first.error());
  Conversation conversation(peer_, *first, stranger_);
  const Base base = peer_.has(feature::ir) ? Base::ir : Base::p10cr;
  const auto asked = conversation.say(base, {});
  if (!asked) return tl::unexpected(asked.error());
  auto got = conversation.granted();
  if (!got) return tl::unexpected("there is no certificate to begin with: " + reply_text(**asked));
  const auto confirms = [](const asn1::InfoTypeAndValue& item) { return item.infoType == asn1::id_it_implicitConfirm; };
  const auto& info = (*asked)->header().generalInfo;
  if (!info || std::none_of(info->begin(), info->end(), confirms)) {
    const auto confirmed = conversation.say(Base::cert_conf, {});
    if (!confirmed) return tl::unexpected(confirmed.error());
  }
  return std::move(*got);
}

}  // namespace cmpkit::conformance
