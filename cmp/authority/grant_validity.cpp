#include <fmt/format.h>

#include <algorithm>

#include "cmp/authority/grant.h"
#include "cmpkit/cmp/time_text.h"

namespace cmpkit::cmp {
namespace {

/// RFC 5280 Section 4.1.2.5: the certificate has no well-defined end.
constexpr Time never =
    std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} + std::chrono::hours{24} - std::chrono::seconds{1};

Refusal refuse(std::string_view detail) { return refused(rules::R_09, "validity", detail); }

/// Says so where a wish for this end of the period is not met.
void compare(std::string_view field, const std::optional<asn1::Time>& wish, Time granted, Differences& differences) {
  if (wish && wish->time() != granted)
    differences.push_back(fmt::format("{} is {}, not {}", field, time_text(granted), time_text(wish->time())));
}

}  // namespace

Checked<asn1::Validity> grant_validity(const asn1::OptionalValidity* wish, const CertificateProfile& profile,
                                       const CertificateView& issuer, Time now, Differences& differences) {
  if (now >= issuer.not_after())
    return tl::unexpected(refused(rules::E_30, "validity",
                                  fmt::format("the CA's own certificate ended at {}", time_text(issuer.not_after())),
                                  FailInfo::systemFailure));
  const asn1::OptionalValidity asked = wish == nullptr ? asn1::OptionalValidity{} : *wish;
  const Time earliest = std::max(now - profile.backdate, issuer.not_before());
  const Time latest = profile.no_expiration ? never : std::min(now + profile.validity, issuer.not_after());
  const Time from = asked.notBefore ? std::max(asked.notBefore->time(), earliest) : earliest;
  const Time until = asked.notAfter ? std::min(asked.notAfter->time(), latest) : latest;
  if (until <= now) return tl::unexpected(refuse(fmt::format("the notAfter asked for, {}, is past", time_text(until))));
  if (from >= until)
    return tl::unexpected(refuse(fmt::format("nothing is left between the notBefore asked for, {}, and the end at {}",
                                             time_text(from), time_text(until))));
  compare("notBefore", asked.notBefore, from, differences);
  compare("notAfter", asked.notAfter, until, differences);
  return asn1::Validity{asn1::Time::of(from), asn1::Time::of(until)};
}

}  // namespace cmpkit::cmp
