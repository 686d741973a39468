// genm: questions find the source that knows their type (RFC 9483 Section 5.1.4, RFC 9810 Section 5.3.19).
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/cmp/support/caller.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;

namespace {

/// Answers caCerts with nothing, preferredSymmAlg with NULL, and refuses or delays others.
class Source final : public InformationSource {
 public:
  [[nodiscard]] std::vector<asn1::Oid> types() const override {
    return {asn1::id_it_caCerts, asn1::id_it_preferredSymmAlg, asn1::id_it_rootCaCert, asn1::id_it_currentCRL};
  }
  [[nodiscard]] bool is_general(asn1::Oid type) const override { return !(type == asn1::id_it_rootCaCert); }
  [[nodiscard]] InformationDecision answer(const InformationRequest& request, Time) override {
    profile = request.profile;
    if (request.type == asn1::id_it_caCerts) return std::vector<Information>{{request.type, {}}};
    if (request.type == asn1::id_it_currentCRL) return Waiting{std::chrono::seconds{3}, "later"};
    if (request.type == asn1::id_it_preferredSymmAlg)
      return std::vector<Information>{{request.type, asn1::encode(asn1::Null{})}};
    return refused(rules::S_04, "body.genm", "no");
  }
  std::string profile;
};

PKIBody asking(std::initializer_list<asn1::Oid> types) {
  PKIBody body;
  auto& content = body.set<PKIBody::genm>();
  for (const asn1::Oid type : types) content.push_back({type, {}});
  return body;
}

struct Asked {
  Asked() {
    auto configuration = world.configuration();
    configuration.information = {&source};
    world.use(std::move(configuration));
  }
  const asn1::GenRepContent& told(std::initializer_list<asn1::Oid> types) {
    caller.start_over();
    const auto& answer = caller.send(asking(types));
    REQUIRE(answer.body.type() == PKIBody::genp);
    return *answer.body.get<PKIBody::genp>();
  }
  Source source;
  World world;
  Caller caller{world, world.vendor_credential()};
};

}  // namespace

TEST_CASE("S-20 a genm is answered by genp, with what its source says") {
  Asked ask;
  ask.caller.profile = "sensors";
  const auto& nothing = ask.told({asn1::id_it_caCerts});
  REQUIRE(nothing.size() == 1);
  CHECK(nothing[0].infoType == asn1::id_it_caCerts);
  CHECK_FALSE(nothing[0].infoValue);  // S-03
  CHECK(ask.source.profile == "sensors");
  const auto& something = ask.told({asn1::id_it_preferredSymmAlg});
  CHECK(something[0].infoValue);
}

TEST_CASE("S-02 a type that nobody knows comes back in unsupportedOIDs") {
  Asked ask;
  const auto& content = ask.told({asn1::id_it_suppLangTags});
  REQUIRE(content.size() == 1);
  CHECK(content[0].infoType == asn1::id_it_unsupportedOIDs);
  const auto types = asn1::decode<asn1::UnsupportedOIDsValue>(content[0].infoValue.value().tlv);
  REQUIRE(types);
  CHECK(types->front() == asn1::id_it_suppLangTags);
}

TEST_CASE("S-04 what a source refuses is an error") {
  Asked ask;
  CHECK(ask.caller.send(asking({asn1::id_it_rootCaCert})).body.type() == PKIBody::error);
  CHECK(status_in(ask.caller.answer()).status == asn1::PKIStatus::rejection);
}

TEST_CASE("an empty genm is answered with what there is in general") {
  Asked ask;
  const auto& content = ask.told({});
  REQUIRE(content.size() == 2);  // what waits or is refused is left out
  CHECK(content[0].infoType == asn1::id_it_caCerts);
  CHECK(content[1].infoType == asn1::id_it_preferredSymmAlg);
}

TEST_CASE("S-01 several questions in one message are refused, unless configured otherwise") {
  Asked ask;
  CHECK(ask.caller.send(asking({asn1::id_it_caCerts, asn1::id_it_suppLangTags})).body.type() == PKIBody::error);
  auto configuration = ask.world.configuration();
  configuration.information = {&ask.source};
  configuration.several_per_message = true;
  ask.world.use(std::move(configuration));
  const auto& content = ask.told({asn1::id_it_caCerts, asn1::id_it_suppLangTags, asn1::id_it_preferredSymmAlg});
  REQUIRE(content.size() == 3);
  CHECK(content[2].infoType == asn1::id_it_unsupportedOIDs);
}

TEST_CASE("a source lets a client wait") {
  Asked ask;
  const auto& answer = ask.caller.send(asking({asn1::id_it_currentCRL}));
  CHECK(answer.body.type() == PKIBody::error);
  CHECK(status_in(answer).status == asn1::PKIStatus::waiting);
}
