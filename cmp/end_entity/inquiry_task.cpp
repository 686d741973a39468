#include "cmp/end_entity/inquiry_task.h"

#include <fmt/format.h>

#include "cmp/end_entity/answers.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

using asn1::PKIBody;

namespace {

class InquiryTask final : public Task {
 public:
  explicit InquiryTask(InquiryOptions options) : options_(std::move(options)) {}

  const ClientOptions& options() const override { return options_; }
  PKIBody::Type request_type() const override { return PKIBody::genm; }
  PKIBody::Type response_type() const override { return PKIBody::genp; }
  std::vector<Octets> identity() const override {
    return {options_.question.type, options_.question.value, copy_of(bytes_of(options_.profile))};
  }

  CryptoResult<PKIBody> request(asn1::Storage& /*storage*/) const override {
    PKIBody body;
    asn1::InfoTypeAndValue& item = body.set<PKIBody::genm>().emplace_back();  // S-01
    item.infoType = options_.question.oid();
    if (!options_.question.value.empty()) item.infoValue = asn1::Any{options_.question.value};
    return body;
  }
  void describe(GeneralInfo& info, asn1::Storage& storage) const override {
    add_profile(info, options_.profile, storage);
  }

  Checked<Verdict> judge(const VerifiedResponse& response, const Environment& environment,
                         Trail& trail) const override {
    auto answer = read_answer(response.message, options_, environment);
    if (!answer) {
      trail.failed(*answer.error().rule, answer.error().field, answer.error().text);
      return tl::unexpected(std::move(answer.error()));
    }
    trail.passed(rules::S_01, "body.genp");
    Answered answered;
    answered.outcome.success = true;
    answered.outcome.text = fmt::format("the server answered {}", asn1::name_of(options_.question.oid()));
    answered.outcome.answer = std::move(*answer);
    return answered;
  }

 private:
  InquiryOptions options_;
};

tl::expected<void, std::string> check(const InquiryOptions& options) {
  const asn1::Oid type = options.question.oid();
  const Bytes value = options.question.value;
  if (type.octets.empty()) return tl::unexpected<std::string>("there is no question");
  if (type == asn1::id_it_rootCaCert && !asn1::decode<asn1::Certificate>(value))  // S-06
    return tl::unexpected<std::string>("a question for a root update names the root, by its certificate");
  if (type == asn1::id_it_crlStatusList && !asn1::decode<asn1::CRLStatusListValue>(value))  // L-01
    return tl::unexpected<std::string>("a question for a CRL names it");
  if (!options.profile.empty() && type != asn1::id_it_certReqTemplate)  // H-83
    return tl::unexpected<std::string>("a certificate profile goes with certReqTemplate only");
  return {};
}

}  // namespace

tl::expected<std::unique_ptr<Task>, std::string> inquiry_task(InquiryOptions options) {
  if (auto checked = check(options); !checked) return tl::unexpected(std::move(checked.error()));
  return std::make_unique<InquiryTask>(std::move(options));
}

}  // namespace cmpkit::cmp
