#include "cmp/authority/approval_question.h"
#include "cmp/registration/permitted.h"
#include "cmpkit/asn1/names.h"

namespace cmpkit::cmp {

namespace {

class ApprovalPolicy final : public Policy {
 public:
  ApprovalPolicy(std::vector<std::string> permissions, Approvals& approvals, const Crypto& crypto)
      : permissions_(std::move(permissions)), approvals_(approvals), crypto_(crypto) {}

  PolicyDecision decide(const PolicyQuestion& question, Time now) override {
    if (!is_enrolment(question.type) || !is_permitted_by(question, permissions_)) return PolicyGrant{};
    const CertificateRequest& request = *question.certificate;
    const ApprovalWish wish{asn1::name_text(request.subject), std::string(request.profile), key_name(request)};
    auto undecided = ask_approval(request, wish, approvals_, crypto_, now);
    if (!undecided) return PolicyGrant{};
    return std::visit([](auto& each) -> PolicyDecision { return std::move(each); }, *undecided);
  }

 private:
  /// For the operator. Whether a key may be certified is for the CA to say.
  [[nodiscard]] std::string key_name(const CertificateRequest& request) const {
    if (request.public_key.empty() || request.key_generated) return "made by the CA";
    const auto description = crypto_.describe(request.public_key);
    return description ? description->name : "unknown";
  }

  const std::vector<std::string> permissions_;
  Approvals& approvals_;
  const Crypto& crypto_;
};

}  // namespace

std::unique_ptr<Policy> approval_policy(std::vector<std::string> permissions, Approvals& approvals,
                                        const Crypto& crypto) {
  return std::make_unique<ApprovalPolicy>(std::move(permissions), approvals, crypto);
}

}  // namespace cmpkit::cmp
