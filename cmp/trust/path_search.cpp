#include "cmp/trust/path_search.h"

#include <algorithm>

#include "cmpkit/asn1/names.h"

namespace cmpkit::cmp {

namespace {

using Reason = PathError::Reason;

bool is_named(const CertificateView& certificate, asn1::Name name) {
  return certificate.subject() == name || asn1::same_name(certificate.subject(), name);
}

/// Key identifiers help to choose among issuers of one name (RFC 5280 Section 4.2.1.1); they decide nothing.
bool key_ids_match(const CertificateView& issuer, const CertificateView& subject) {
  return issuer.subject_key_id().empty() || subject.authority_key_id().empty() ||
         same_octets(issuer.subject_key_id(), subject.authority_key_id());
}

/// Of several issuers that did not do, the first one's error is told; those with the right key identifier go first.
class FirstRefusal {
 public:
  void add(const PathError& error, bool right_key_id) {
    if (error_ && (right_key_id_ || !right_key_id)) return;
    error_ = error;
    right_key_id_ = right_key_id;
  }
  [[nodiscard]] PathError or_else(PathError none) const { return error_.value_or(std::move(none)); }

 private:
  std::optional<PathError> error_;
  bool right_key_id_ = false;
};

tl::unexpected<PathError> too_much_work(std::string text) {
  return tl::unexpected(PathError{Reason::too_much_work, std::move(text)});
}

}  // namespace

PathSearch::PathSearch(const Crypto& crypto, std::span<const ValidatedIssuer::Pointer> anchors, KnownIssuers& known,
                       Pool pool, Time now, const PathLimits& limits)
    : crypto_(crypto),
      anchors_(anchors),
      known_(known),
      pool_(pool.first(std::min(pool.size(), limits.certificates))),
      now_(now),
      limits_(limits),
      omitted_(pool.size() - pool_.size()) {}

PathSearch::Found PathSearch::issuer_of(const CertificateView& subject, Role role, std::size_t below) {
  FirstRefusal refusal;
  const auto fits = [&](const ValidatedIssuer& issuer) {
    const auto linked = link(issuer, subject, role, below);
    if (!linked) refusal.add(linked.error(), key_ids_match(issuer.certificate(), subject));
    return linked.has_value();
  };
  const auto remembered = [&](ValidatedIssuer::Pointer issuer) {
    known_.remember(subject.issuer().tlv, issuer);
    return issuer;
  };
  for (auto& issuer : known_issuers(subject))
    if (fits(*issuer)) return issuer;
  for (auto& issuer : anchors(subject))
    if (fits(*issuer)) return remembered(issuer);
  for (auto* candidate : untried_issuers(subject)) {
    if (std::exchange(candidate->tried, true)) continue;  // meanwhile, further up
    auto issuer = validate(candidate->view, below + 1);
    if (!issuer) refusal.add(issuer.error(), key_ids_match(candidate->view, subject));
    if (issuer && fits(**issuer)) return remembered(*issuer);
  }
  return tl::unexpected(refusal.or_else(no_path(subject)));
}

PathSearch::Found PathSearch::validate(const CertificateView& intermediate, std::size_t below) {
  if (below >= limits_.depth)
    return too_much_work("the path is longer than " + std::to_string(limits_.depth) + " issuers");
  if (auto checked = check_time(intermediate, now_); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_critical_extensions(intermediate); !checked) return tl::unexpected(checked.error());
  auto issuer = issuer_of(intermediate, Role::intermediate, below);
  if (!issuer) return issuer;
  return ValidatedIssuer::below(std::move(*issuer), intermediate.octets());
}

PathCheck PathSearch::link(const ValidatedIssuer& issuer, const CertificateView& subject, Role role,
                           std::size_t below) {
  if (below + issuer.depth() >= limits_.depth)
    return too_much_work("the path is longer than " + std::to_string(limits_.depth) + " issuers");
  if (auto checked = check_time(issuer, now_); !checked) return checked;
  if (auto checked = check_issuer(issuer, subject, role); !checked) return checked;
  if (signatures_++ >= limits_.signatures)
    return too_much_work("the search for a path took more than " + std::to_string(limits_.signatures) + " signatures");
  if (auto checked = check_signature(crypto_, issuer, subject); !checked) return checked;
  return check_names(crypto_, issuer, subject, role);
}

std::vector<ValidatedIssuer::Pointer> PathSearch::known_issuers(const CertificateView& subject) {
  auto issuers = known_.named(subject.issuer().tlv);
  std::ranges::partition(issuers, [&](const auto& i) { return key_ids_match(i->certificate(), subject); });
  return issuers;
}

std::vector<ValidatedIssuer::Pointer> PathSearch::anchors(const CertificateView& subject) {
  std::vector<ValidatedIssuer::Pointer> issuers;
  std::ranges::copy_if(anchors_, std::back_inserter(issuers),
                       [&](const auto& anchor) { return is_named(anchor->certificate(), subject.issuer()); });
  std::ranges::partition(issuers, [&](const auto& i) { return key_ids_match(i->certificate(), subject); });
  return issuers;
}

std::vector<PathSearch::Candidate*> PathSearch::untried_issuers(const CertificateView& subject) {
  if (!candidates_) {
    candidates_.emplace();
    for (const auto& certificate : pool_)
      if (auto view = CertificateView::decode(certificate.tlv)) candidates_->push_back({std::move(*view)});
  }
  std::vector<Candidate*> issuers;
  for (auto& candidate : *candidates_)
    if (!candidate.tried && is_named(candidate.view, subject.issuer())) issuers.push_back(&candidate);
  std::ranges::partition(issuers, [&](const auto* i) { return key_ids_match(i->view, subject); });
  return issuers;
}

PathError PathSearch::no_path(const CertificateView& subject) const {
  if (subject.is_self_issued())
    return {Reason::no_path, "certificate " + subject.name() + " is self-signed and not one of the trust anchors"};
  std::string text = "no chain to a trust anchor: the issuer " + asn1::name_text(subject.issuer()) + " of " +
                     subject.name() + " was not found";
  if (omitted_ != 0) text += "; " + std::to_string(omitted_) + " certificates beyond the limit were not looked at";
  return {Reason::no_path, std::move(text)};
}

}  // namespace cmpkit::cmp
