// What a CA answers to general messages.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/cmp/ca_information.h"
#include "tests/cmp/authority/asked.h"

namespace cmpkit::cmp::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using std::chrono::days;

const Octets null_octets{0x05, 0x00};

/// A CA with two profiles, CRLs in `partitions` and a root that has been replaced.
struct Informing {
  explicit Informing(std::uint32_t partitions = 1) {
    CrlOptions crl_options{ca.signer, ca.certificate, {"http://pki.example/{partition}.crl", partitions}, days{7}, {}};
    crls = CrlIssuer::create(std::move(crl_options), *store, ca.environment()).value();
    CertificateProfile usual;
    usual.name = "usual";
    usual.keys = {"ec:P-256", "ec:P-384", "rsa:3072", "ed25519"};
    usual.subject_fixed = "/O=Operator";
    usual.subject_required = {"CN", "serialNumber", "O"};
    usual.names_required = {"DNS:*.example", "IP:*"};
    usual.default_purposes = {"id-kp-clientAuth"};
    options.ca_certificates = {ca.certificate};
    options.profiles = {usual, as_requested_profile()};
    options.crls = crls.get();
    const auto signer = PrivateKey::generate("ec:P-256").value().signer().value();
    rollover = make_root_rollover({ca.root, *ca.root_signer}, *signer, now + days{9999}, ca.environment()).value();
    options.root_updates = {{ca.root, rollover.new_with_new, rollover.new_with_old, rollover.old_with_new}};
  }

  InformationDecision ask(asn1::Oid type, const Octets& value = {}, std::string_view profile = {}, Time time = now) {
    source = ca_information(options).value();
    const asn1::Any any{value};
    return source->answer({type, value.empty() ? nullptr : &any, profile, nullptr}, time);
  }
  /// The one answer.
  Information told(asn1::Oid type, const Octets& value = {}, std::string_view profile = {}, Time time = now) {
    InformationDecision decision = ask(type, value, profile, time);
    if (const auto* refusal = std::get_if<Refusal>(&decision)) FAIL(refusal->text);
    auto& all = std::get<std::vector<Information>>(decision);
    REQUIRE(all.size() == 1);
    return std::move(all.front());
  }
  FailInfo refused(asn1::Oid type, const Octets& value = {}, std::string_view profile = {}) {
    const InformationDecision decision = ask(type, value, profile);
    REQUIRE(std::holds_alternative<Refusal>(decision));
    return *std::get<Refusal>(decision).fail_info;
  }

  TestCa ca;
  std::unique_ptr<Store> store = memory_store();
  std::unique_ptr<CrlIssuer> crls;
  RootRollover rollover;
  CaInformationOptions options;
  std::unique_ptr<InformationSource> source;
};

TEST_CASE("S-05 caCerts: the CA's certificates, or nothing where there is none") {
  Informing ca;
  const Information all = ca.told(asn1::id_it_caCerts);
  CHECK(all.type == asn1::id_it_caCerts);
  const auto certificates = asn1::decode<asn1::CaCertsValue>(*all.value).value();
  REQUIRE(certificates.size() == 1);
  CHECK(same_octets(certificates.front().tlv, ca.ca.certificate));
  ca.options.ca_certificates.clear();
  CHECK_FALSE(ca.told(asn1::id_it_caCerts).value);
}

TEST_CASE("a value where there must be none is badRequest; NULL is taken for none") {
  Informing ca;
  const Octets integer{0x02, 0x01, 0x00};
  for (const asn1::Oid type :
       {asn1::id_it_caCerts, asn1::id_it_caProtEncCert, asn1::id_it_certReqTemplate, asn1::id_it_currentCRL,
        asn1::id_it_signKeyPairTypes, asn1::id_it_encKeyPairTypes, asn1::id_it_preferredSymmAlg}) {
    CAPTURE(asn1::name_of(type));
    CHECK(ca.refused(type, integer) == FailInfo::badRequest);
    ca.told(type, null_octets);
  }
}

TEST_CASE("a value that must be there and is not, or is unreadable") {
  Informing ca;
  for (const asn1::Oid type : {asn1::id_it_crlStatusList, asn1::id_it_keyPairParamReq, asn1::id_it_suppLangTags}) {
    CAPTURE(asn1::name_of(type));
    CHECK(ca.refused(type) == FailInfo::badRequest);
    CHECK(ca.refused(type, null_octets) == FailInfo::badDataFormat);
  }
  CHECK(ca.refused(asn1::id_it_rootCaCert, null_octets) == FailInfo::badDataFormat);
}

TEST_CASE("S-06 rootCaCert: newWithNew, newWithOld and oldWithNew for the old root, nothing for others") {
  Informing ca;
  for (const Octets& asked : {ca.ca.root, Octets{}}) {
    const Information answer = ca.told(asn1::id_it_rootCaCert, asked);
    CHECK(answer.type == asn1::id_it_rootCaKeyUpdate);
    const auto update = asn1::decode<asn1::RootCaKeyUpdateContent>(*answer.value).value();
    CHECK(same_octets(update.newWithNew.tlv, ca.rollover.new_with_new));
    CHECK(same_octets(update.newWithOld->tlv, ca.rollover.new_with_old));
    CHECK(same_octets(update.oldWithNew->tlv, ca.rollover.old_with_new));
  }
  CHECK_FALSE(ca.told(asn1::id_it_rootCaCert, ca.rollover.new_with_new).value);
  CHECK_FALSE(ca.told(asn1::id_it_rootCaCert, ca.ca.certificate).value);
  ca.options.root_updates.push_back({ca.rollover.new_with_new, ca.ca.root, ca.ca.root, {}});
  CHECK(ca.refused(asn1::id_it_rootCaCert) == FailInfo::badRequest);  // which of the two?
  CHECK(ca.told(asn1::id_it_rootCaCert, ca.ca.root).value);
  ca.options.root_updates.clear();
  CHECK_FALSE(ca.told(asn1::id_it_rootCaCert).value);
}

TEST_CASE("T-01 T-02 certReqTemplate: what the profile wants, keys in keySpec") {
  Informing ca;
  for (const char* profile : {"", "usual"}) {
    const Information answer = ca.told(asn1::id_it_certReqTemplate, {}, profile);
    CHECK(answer.type == asn1::id_it_certReqTemplate);
    const auto content = asn1::decode<asn1::CertReqTemplateContent>(*answer.value).value();
    const asn1::CertTemplate& wanted = content.certTemplate;
    CHECK_FALSE(wanted.publicKey);
    CHECK_FALSE(wanted.serialNumber);
    CHECK_FALSE(wanted.signingAlg);
    CHECK_FALSE(wanted.issuerUID);
    CHECK_FALSE(wanted.subjectUID);
    CHECK(asn1::name_text(*wanted.subject) == "/O=Operator/CN=/serialNumber=");
    REQUIRE(wanted.extensions);
    CHECK(wanted.extensions->size() == 2);
    const auto names = asn1::decode<asn1::GeneralNames>(
        asn1::find_extension(*wanted.extensions, asn1::id_ce_subjectAltName)->extnValue);
    REQUIRE(names->size() == 2);
    CHECK(std::get<asn1::GeneralName::dNSName>(names->front().value).text.empty());
    CHECK(names->back().type() == asn1::GeneralName::iPAddress);

    std::vector<std::string> wishes;
    for (const auto& each : *content.keySpec) {
      if (each.type == asn1::id_regCtrl_rsaKeyLen) {
        wishes.push_back(std::to_string(asn1::decode<std::int64_t>(each.value.tlv).value()));
      } else {
        CHECK(each.type == asn1::id_regCtrl_algId);
        wishes.emplace_back(key_type(asn1::decode<asn1::AlgorithmIdentifier>(each.value.tlv).value()).value()->name);
      }
    }
    CHECK(wishes == std::vector<std::string>{"ec:P-256", "ec:P-384", "3072", "4096", "ed25519"});
  }
  CHECK_FALSE(ca.told(asn1::id_it_certReqTemplate, {}, "as-requested").value);  // no requirement
  CHECK(ca.refused(asn1::id_it_certReqTemplate, {}, "other") == FailInfo::badRequest);
}

Octets status(const asn1::CRLSource& source, std::optional<Time> newest = {}) {
  asn1::CRLStatus out{source, {}};
  if (newest) out.thisUpdate = asn1::Time::of(*newest);
  return asn1::encode(asn1::CRLStatusListValue{out});
}

asn1::CRLSource at(std::string_view url) {
  asn1::GeneralName name;
  name.value.emplace<asn1::GeneralName::uniformResourceIdentifier>(asn1::IA5String{url});
  asn1::DistributionPointName point;
  point.value.emplace<asn1::DistributionPointName::fullName>({name});
  asn1::CRLSource out;
  out.value.emplace<asn1::CRLSource::dpn>(point);
  return out;
}

asn1::CRLSource issued_by(asn1::Name name) {
  asn1::CRLSource out;
  out.value.emplace<asn1::CRLSource::issuer>({asn1::GeneralName::of(name)});
  return out;
}

TEST_CASE("L-02 crlStatusList: the CRL by issuer or distribution point, where it is newer than the client's") {
  Informing ca;
  const asn1::Name issuer = ca.crls->issuer();
  for (const asn1::CRLSource& source : {issued_by(issuer), at("http://pki.example/0.crl")}) {
    const Information answer = ca.told(asn1::id_it_crlStatusList, status(source));
    CHECK(answer.type == asn1::id_it_crls);
    const auto crls = asn1::decode<asn1::CRLsValue>(*answer.value).value();
    REQUIRE(crls.size() == 1);
    CHECK(same_octets(crls.front().tlv, ca.crls->current(0, now)->der));
    CHECK(ca.told(asn1::id_it_crlStatusList, status(source, now - days{1})).value);
    CHECK_FALSE(ca.told(asn1::id_it_crlStatusList, status(source, now)).value);
    CHECK_FALSE(ca.told(asn1::id_it_crlStatusList, status(source, now + days{1})).value);
  }
}

TEST_CASE("L-03 a CRL that is not ours is not fetched but refused") {
  Informing ca;
  const Octets other = asn1::parse_name("/CN=Other").value();
  for (const asn1::CRLSource& source : {issued_by({other}), at("http://127.0.0.1:1/0.crl"), at("")})
    CHECK(ca.refused(asn1::id_it_crlStatusList, status(source)) == FailInfo::addInfoNotAvailable);
}

TEST_CASE("partitioned CRLs: one by its distribution point, all by their issuer") {
  Informing ca(3);
  const auto one =
      asn1::decode<asn1::CRLsValue>(*ca.told(asn1::id_it_crlStatusList, status(at("http://pki.example/2.crl"))).value);
  CHECK(one->size() == 1);
  const Information all = ca.told(asn1::id_it_crlStatusList, status(issued_by(ca.crls->issuer())));
  CHECK(asn1::decode<asn1::CRLsValue>(*all.value)->size() == 3);
  CHECK(ca.refused(asn1::id_it_currentCRL) == FailInfo::addInfoNotAvailable);  // there is no one CRL
}

TEST_CASE("currentCRL is the CRL itself, and unknown where the CA makes none") {
  Informing ca;
  CHECK(*ca.told(asn1::id_it_currentCRL).value == ca.crls->current(0, now)->der);
  ca.options.crls = nullptr;
  const auto source = ca_information(ca.options).value();
  for (const asn1::Oid type : source->types()) CHECK_FALSE(type == asn1::id_it_currentCRL);
}

std::vector<std::string> names_in(const Information& answer) {
  std::vector<std::string> out;
  const auto types = asn1::decode<asn1::SignKeyPairTypesValue>(*answer.value).value();
  for (const auto& each : types) out.emplace_back(key_type(each).value()->name);
  return out;
}

TEST_CASE("S-07 signKeyPairTypes and encKeyPairTypes: one for each kind of key and each curve") {
  Informing ca;
  ca.options.profiles.pop_back();
  CHECK(names_in(ca.told(asn1::id_it_signKeyPairTypes)) ==
        std::vector<std::string>{"ec:P-256", "ec:P-384", "rsa", "ed25519"});
  CHECK(names_in(ca.told(asn1::id_it_encKeyPairTypes)) == std::vector<std::string>{"ec:P-256", "ec:P-384", "rsa"});
  ca.options.profiles.front().keys = {"ed25519"};
  CHECK(ca.refused(asn1::id_it_encKeyPairTypes) == FailInfo::addInfoNotAvailable);
}

TEST_CASE("preferredSymmAlg and caProtEncCert") {
  Informing ca;
  const Information symmetric = ca.told(asn1::id_it_preferredSymmAlg);
  CHECK(asn1::decode<asn1::AlgorithmIdentifier>(*symmetric.value)->algorithm == asn1::id_aes128_CBC);
  CHECK_FALSE(ca.told(asn1::id_it_caProtEncCert).value);
  ca.options.encryption_certificate = ca.ca.certificate;
  CHECK(*ca.told(asn1::id_it_caProtEncCert).value == ca.ca.certificate);
}

TEST_CASE("S-08 keyPairParamReq: parameters of keys that a profile takes, else nothing") {
  Informing ca;
  const auto parameters = [&](asn1::Oid algorithm) {
    return ca.told(asn1::id_it_keyPairParamReq, asn1::encode(algorithm));
  };
  CHECK(parameters(asn1::id_ecPublicKey).type == asn1::id_it_keyPairParamRep);
  const Information ec = parameters(asn1::id_ecPublicKey), rsa = parameters(asn1::rsaEncryption);
  CHECK(asn1::decode<asn1::Oid>(asn1::decode<asn1::AlgorithmIdentifier>(*ec.value)->parameters->tlv) ==
        asn1::secp256r1);
  CHECK(same_octets(asn1::decode<asn1::AlgorithmIdentifier>(*rsa.value)->parameters->tlv, null_octets));
  CHECK_FALSE(asn1::decode<asn1::AlgorithmIdentifier>(*parameters(asn1::id_Ed25519).value)->parameters);
  CHECK_FALSE(parameters(asn1::oid<"1.2.3.4">).value);
}

TEST_CASE("S-09 suppLangTags: exactly one of the tags offered, or an error") {
  Informing ca;
  ca.options.languages = {"en", "de"};
  const auto offered = [](std::vector<std::string_view> tags) {
    asn1::SuppLangTagsValue value;
    for (const auto tag : tags) value.push_back({tag});
    return asn1::encode(value);
  };
  const auto chosen = [&](std::vector<std::string_view> tags) {
    const Information answer = ca.told(asn1::id_it_suppLangTags, offered(std::move(tags)));
    const auto value = asn1::decode<asn1::SuppLangTagsValue>(*answer.value).value();
    REQUIRE(value.size() == 1);
    return std::string(value.front().text);
  };
  CHECK(chosen({"fr", "de", "en"}) == "de");
  CHECK(chosen({"EN-gb"}) == "EN-gb");
  CHECK(ca.refused(asn1::id_it_suppLangTags, offered({"fr", "eng", "d"})) == FailInfo::badRequest);
  CHECK(ca.refused(asn1::id_it_suppLangTags, offered({})) == FailInfo::badRequest);
}

TEST_CASE("an empty genm is told what needs no question") {
  Informing ca;
  const auto source = ca_information(ca.options).value();
  std::vector<std::string> general;
  for (const asn1::Oid type : source->types())
    if (source->is_general(type)) {
      general.push_back(asn1::name_of(type));
      CHECK(std::holds_alternative<std::vector<Information>>(source->answer({type, nullptr, {}, nullptr}, now)));
    }
  CHECK(general.size() == 5);
}

TEST_CASE("a profile that is not understood is told") {
  Informing ca;
  ca.options.profiles.front().keys = {"dsa"};
  const auto source = ca_information(ca.options);
  REQUIRE_FALSE(source.has_value());
  CHECK_THAT(source.error(), ContainsSubstring("certificate profile \"usual\": keys: \"dsa\""));
}

}  // namespace
}  // namespace cmpkit::cmp::test
