#include "cmpkit/cmp/crl_status.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmp/trust/revocation_list.h"
#include "cmpkit/cmp/time_text.h"

namespace cmpkit::cmp {
namespace {

using State = CertificateStatus::State;

CertificateStatus::Found found(State state, const CertificateView& certificate, std::string_view what) {
  return {state, fmt::format("the certificate {} {}", certificate.name(), what)};
}

}  // namespace

tl::expected<void, std::string> CrlStatus::replace(const std::string& source, std::vector<Octets> crls) {
  Lists read;
  for (Octets& each : crls) {
    auto list = RevocationList::read(std::move(each));
    if (!list) return tl::unexpected("a CRL cannot be used: " + list.error());
    read.push_back(std::move(*list));
  }
  const std::lock_guard lock(mutex_);
  by_source_[source] = std::move(read);
  Lists all;
  for (const auto& [name, lists] : by_source_) all.insert(all.end(), lists.begin(), lists.end());
  std::ranges::stable_sort(all, std::ranges::greater{}, [](const auto& list) { return list->this_update(); });
  lists_ = std::make_shared<const Lists>(std::move(all));
  return {};
}

std::shared_ptr<const CrlStatus::Lists> CrlStatus::lists() const {
  const std::lock_guard lock(mutex_);
  return lists_;
}

CertificateStatus::Found CrlStatus::of(const CertificateView& certificate, std::span<const Bytes> issuers,
                                       Time now) const {
  const auto lists = this->lists();
  Found worst;
  CertificateView subject = certificate;
  for (const Bytes each : issuers) {
    CertificateView issuer = CertificateView::decode(each).value();  // it was validated
    Found one = of_one(*lists, subject, issuer, now);
    if (one.state == State::held && each.data() != issuers.front().data()) one.state = State::revoked;
    if (one.state > worst.state) worst = std::move(one);
    subject = std::move(issuer);
  }
  return worst;
}

CertificateStatus::Found CrlStatus::of_one(const Lists& lists, const CertificateView& certificate,
                                           const CertificateView& issuer, Time now) const {
  const auto list = std::ranges::find_if(
      lists, [&](const auto& each) { return each->covers(certificate) && each->is_signed_by(issuer, crypto_); });
  if (list == lists.end()) return found(State::unknown, certificate, "may be revoked: no CRL of its issuer is at hand");
  if (const auto reason = (*list)->find(certificate.serial()))
    return *reason == asn1::CRLReason::certificateHold ? found(State::held, certificate, "is on hold")
                                                       : found(State::revoked, certificate, "is revoked");
  if (!(*list)->is_current(now))
    return found(State::unknown, certificate,
                 fmt::format("may be revoked: the CRL of {} is out of date", time_text((*list)->this_update())));
  return {};
}

}  // namespace cmpkit::cmp
