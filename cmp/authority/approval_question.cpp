#include "cmp/authority/approval_question.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

CryptoResult<std::string> approval_id(const CertificateRequest& request, const Crypto& crypto) {
  // The length of each part stands before it, so that no two requests make the same octets.
  const bool known = request.requester != nullptr;
  const Bytes identity = known ? Bytes(request.requester->identity) : Bytes{};
  const std::string head = fmt::format("{} {} {} {} ", known ? static_cast<int>(request.requester->kind) : -1,
                                       identity.size(), request.transaction_id.size(), request.cert_req_id);
  const std::array<Bytes, 3> pieces = {bytes_of(head), identity, request.transaction_id};
  return crypto.hash(identifier_of(Digest::sha256), pieces).map([](const Octets& digest) {
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + 16, ""));
  });
}

}  // namespace cmpkit::cmp
