#include "cmp/authority/approval_question.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

/// All that is asked for: who approves a request has approved nothing else, whatever is sent later under its
/// transactionID.
Octets wishes_of(const CertificateRequest& request) {
  asn1::Storage storage;
  const auto text = [&](Bytes octets) { return asn1::Any{storage.keep(asn1::encode(asn1::OctetString(octets)))}; };
  const Bytes public_key = request.key_generated ? Bytes{} : request.public_key;
  asn1::SequenceOf<asn1::Any> all = {text(request.subject.tlv), text(public_key), text(bytes_of(request.profile)),
                                     text(request.old_certificate)};
  if (request.extensions != nullptr) all.push_back({storage.keep(asn1::encode(*request.extensions))});
  if (request.validity != nullptr) all.push_back({storage.keep(asn1::encode(*request.validity))});
  return asn1::encode(all);
}

}  // namespace

CryptoResult<std::string> approval_id(const CertificateRequest& request, const Crypto& crypto) {
  // The length of each part stands before it, so that no two requests make the same octets.
  const bool known = request.requester != nullptr;
  const Bytes identity = known ? Bytes(request.requester->identity) : Bytes{};
  const std::string head = fmt::format("{} {} {} {} {} ", static_cast<int>(request.type),
                                       known ? static_cast<int>(request.requester->kind) : -1, identity.size(),
                                       request.transaction_id.size(), request.cert_req_id);
  const Octets wishes = wishes_of(request);
  const std::array<Bytes, 4> pieces = {bytes_of(head), identity, request.transaction_id, wishes};
  return crypto.hash(identifier_of(Digest::sha256), pieces).map([](const Octets& digest) {
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + 16, ""));
  });
}

std::optional<std::variant<Refusal, Waiting>> ask_approval(const CertificateRequest& request, ApprovalWish wish,
                                                           Approvals& approvals, const Crypto& crypto, Time now) {
  auto id = approval_id(request, crypto);
  if (!id)
    return refused(rules::E_30, "", "nobody could be asked to approve it: " + id.error().text, FailInfo::systemFailure);
  ApprovalAnswer answer = approvals.ask(
      {std::move(*id), request, std::move(wish.subject), std::move(wish.profile), std::move(wish.key)}, now);
  if (auto* waiting = std::get_if<Waiting>(&answer)) return std::move(*waiting);
  if (const auto* rejected = std::get_if<Rejected>(&answer))
    return refused(rules::R_09, "",
                   rejected->reason.empty() ? "it was not approved" : "it was not approved: " + rejected->reason);
  return std::nullopt;
}

}  // namespace cmpkit::cmp
