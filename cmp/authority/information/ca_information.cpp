#include "cmpkit/cmp/ca_information.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmp/authority/information/rows.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {
namespace information {

Checked<void> must_be_absent(const InformationRequest& request, const Rule& rule) {
  if (request.value == nullptr || same_octets(request.value->tlv, asn1::null_value.tlv)) return {};
  return tl::unexpected(refused(rule, "body.genm.infoValue",
                                asn1::name_of(request.type) + " is asked for without a value", FailInfo::badRequest));
}

namespace {

class CaInformation final : public InformationSource {
 public:
  explicit CaInformation(Knowledge known) : known_(std::move(known)) {
    for (const auto rows : {certificate_rows, template_rows, crl_rows, algorithm_rows, language_rows})
      for (Row& row : rows(known_)) rows_.push_back(std::move(row));
  }

  [[nodiscard]] std::vector<asn1::Oid> types() const override {
    std::vector<asn1::Oid> out;
    std::ranges::transform(rows_, std::back_inserter(out), &Row::type);
    return out;
  }

  [[nodiscard]] bool is_general(asn1::Oid type) const override { return row(type).general; }

  [[nodiscard]] InformationDecision answer(const InformationRequest& request, Time now) override {
    return row(request.type).answer(request, now);
  }

 private:
  [[nodiscard]] const Row& row(asn1::Oid type) const { return *std::ranges::find(rows_, type, &Row::type); }

  const Knowledge known_;
  Rows rows_;
};

}  // namespace
}  // namespace information

tl::expected<std::unique_ptr<InformationSource>, std::string> ca_information(CaInformationOptions options) {
  information::Knowledge known{std::move(options), {}};
  for (const CertificateProfile& profile : known.options.profiles) {
    auto rules = ProfileRules::read(profile);
    if (!rules) return tl::unexpected(fmt::format("certificate profile \"{}\": {}", profile.name, rules.error()));
    known.profiles.push_back(std::move(*rules));
  }
  return std::make_unique<information::CaInformation>(std::move(known));
}

}  // namespace cmpkit::cmp
