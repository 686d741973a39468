#include "tools/advice.h"

#include <catch2/catch_test_macros.hpp>

namespace cmpkit::tools {
namespace {

TEST_CASE("there is advice for every failed transfer") {
  using Kind = transport::TransportError::Kind;
  for (auto kind = Kind::url; kind <= Kind::file; kind = static_cast<Kind>(static_cast<int>(kind) + 1)) {
    CAPTURE(static_cast<int>(kind));
    CHECK(advice_on(kind).fault == Fault::transport);
    CHECK_FALSE(advice_on(kind).next_step.empty());
  }
}

TEST_CASE("there is advice for every failInfo, and for none") {
  for (unsigned bit = 0; bit <= asn1::PKIFailureInfo::duplicateCertReq; ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(advice_on(static_cast<cmp::FailInfo>(bit), false).next_step.empty());
    CHECK_FALSE(advice_on(static_cast<cmp::FailInfo>(bit), true).next_step.empty());
  }
  CHECK(advice_on(std::nullopt, true).fault == Fault::request);
}

TEST_CASE("a server that cannot verify us is told from one that refuses, and secrets from certificates") {
  CHECK(advice_on(asn1::PKIFailureInfo::badMessageCheck, true).fault == Fault::protection);
  CHECK(advice_on(asn1::PKIFailureInfo::badMessageCheck, true).next_step.starts_with("check --ref and --secret"));
  CHECK(advice_on(asn1::PKIFailureInfo::badMessageCheck, false).next_step.find("--cert") != std::string_view::npos);
  CHECK(advice_on(asn1::PKIFailureInfo::badCertTemplate, true).fault == Fault::request);
}

TEST_CASE("every rule that an answer can break has advice; those of protection their own") {
  for (const cmp::Rule* rule : cmp::all_rules()) {
    CAPTURE(rule->id);
    CHECK_FALSE(advice_on(*rule, true).next_step.empty());
  }
  CHECK(advice_on(cmp::rules::V_35, false).fault == Fault::protection);
  CHECK(advice_on(cmp::rules::V_34, true).next_step.starts_with("check --secret"));
  CHECK(advice_on(cmp::rules::V_20, false).fault == Fault::answer);
  CHECK(advice_on(cmp::rules::P_14, false).next_step.find("--tolerate no-digital-signature") != std::string_view::npos);
}

}  // namespace
}  // namespace cmpkit::tools
