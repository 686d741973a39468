// Small things and the octets that they are, both ways.
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

/// The body of this type, with default content.
template <PKIBody::Type T>
PKIBody body() {
  PKIBody out;
  out.set<T>();
  return out;
}

Extension extension(Oid id, bool critical, Bytes value) { return {id, critical, value}; }

}  // namespace

TEST_CASE("octets of bodies") {
  CHECK(encoded(body<PKIBody::pkiconf>()) == "B3 02 05 00");
  CHECK(encoded(body<PKIBody::certConf>()) == "B8 02 30 00");
  CHECK(encoded(body<PKIBody::genm>()) == "B5 02 30 00");

  PKIBody poll = body<PKIBody::pollReq>();
  std::get<PKIBody::pollReq>(poll.value).push_back({0});
  CHECK(encoded(poll) == "B9 07 30 05 30 03 02 01 00");
  std::get<PKIBody::pollReq>(poll.value)[0].certReqId = -1;
  CHECK(encoded(poll) == "B9 07 30 05 30 03 02 01 FF");

  PKIBody answer;
  answer.set<PKIBody::pollRep>().push_back({0, 60, {}});
  CHECK(encoded(answer) == "BA 0A 30 08 30 06 02 01 00 02 01 3C");

  PKIBody error;
  PKIStatusInfo& status = error.set<PKIBody::error>().pKIStatusInfo;
  status.status = PKIStatus::rejection;
  status.failInfo.emplace().set(PKIFailureInfo::badRequest);
  CHECK(encoded(error) == "B7 0B 30 09 30 07 02 01 02 03 02 05 20");
  CHECK(accept<PKIBody>("B7 0B 30 09 30 07 02 01 02 03 02 05 20")->type() == PKIBody::error);

  PKIBody ask;
  ask.set<PKIBody::genm>().push_back({id_it_caCerts, {}});
  CHECK(encoded(ask) == "B5 0E 30 0C 30 0A 06 08 2B 06 01 05 05 07 04 11");
}

TEST_CASE("octets of names and items of the header") {
  CHECK(encoded(GeneralName{}) == "A4 02 30 00");
  CHECK(encoded(GeneralName::of(null_dn)) == "A4 02 30 00");
  CHECK(encoded(InfoTypeAndValue{id_it_implicitConfirm, null_value}) == "30 0C 06 08 2B 06 01 05 05 07 04 0D 05 00");
  const Octets profiles = encode(CertProfileValue{{"profile1"}});
  CHECK(encoded(InfoTypeAndValue{id_it_certProfile, Any{profiles}}) ==
        "30 16 06 08 2B 06 01 05 05 07 04 15 30 0A 0C 08 70 72 6F 66 69 6C 65 31");
  CHECK(encoded(PKIFreeText{{"CMP-KEM"}}) == "30 09 0C 07 43 4D 50 2D 4B 45 4D");
}

TEST_CASE("octets of PKIStatusInfo") {
  CHECK(encoded(PKIStatusInfo{}) == "30 03 02 01 00");
  CHECK(encoded(PKIStatusInfo{PKIStatus::waiting, {}, {}}) == "30 03 02 01 03");
  PKIStatusInfo rejection{PKIStatus::rejection, {}, PKIFailureInfo{}};
  rejection.failInfo->set(PKIFailureInfo::badPOP);
  CHECK(encoded(rejection) == "30 08 02 01 02 03 03 06 00 40");
}

TEST_CASE("octets of proof of possession") {
  CHECK(encoded(ProofOfPossession{}) == "80 00");
  ProofOfPossession popo;
  popo.value.emplace<ProofOfPossession::keyEncipherment>().value = SubsequentMessage::encrCert;
  CHECK(encoded(popo) == "A2 03 81 01 00");
}

TEST_CASE("octets of controls and template fields") {
  CHECK(encoded(id_regCtrl_oldCertID) == "06 09 2B 06 01 05 05 07 05 01 05");
  const Octets curve = encode(secp256r1);
  const Octets p256 = encode(AlgorithmIdentifier{id_ecPublicKey, Any{curve}});
  CHECK(encoded(AttributeTypeAndValue{id_regCtrl_algId, Any{p256}}) ==
        "30 20 06 09 2B 06 01 05 05 07 05 01 0B 30 13 06 07 2A 86 48 CE 3D 02 01 06 08 2A 86 48 CE 3D 03 01 07");
  const Octets length = encode(std::int64_t{2048});
  CHECK(encoded(AttributeTypeAndValue{id_regCtrl_rsaKeyLen, Any{length}}) ==
        "30 0F 06 09 2B 06 01 05 05 07 05 01 0C 02 02 08 00");

  CertTemplate ed25519;
  ed25519.publicKey.emplace().algorithm.algorithm = id_Ed25519;
  CHECK(encoded(ed25519) == "30 0C A6 0A 30 05 06 03 2B 65 70 03 01 00");
}

TEST_CASE("octets of a CRLSource with a URL") {
  GeneralName url;
  url.value.emplace<GeneralName::uniformResourceIdentifier>().text = "http://c/x.crl";
  CRLSource source;
  std::get<CRLSource::dpn>(source.value).value = GeneralNames{url};
  CHECK(encoded(source) == "A0 12 A0 10 86 0E 68 74 74 70 3A 2F 2F 63 2F 78 2E 63 72 6C");
}

TEST_CASE("octets of AlgorithmIdentifiers") {
  CHECK(encoded(AlgorithmIdentifier{id_sha256, {}}) == "30 0B 06 09 60 86 48 01 65 03 04 02 01");
  CHECK(encoded(AlgorithmIdentifier{id_hmacWithSHA256, null_value}) == "30 0C 06 08 2A 86 48 86 F7 0D 02 09 05 00");
  CHECK(encoded(AlgorithmIdentifier{id_aes256_wrap, {}}) == "30 0B 06 09 60 86 48 01 65 03 04 01 2D");
}

TEST_CASE("octets of extensions") {
  const Octets reason = encode(CRLReason{{CRLReason::keyCompromise}});
  CHECK(encoded(Extensions{extension(id_ce_cRLReasons, false, reason)}) == "30 0C 30 0A 06 03 55 1D 15 04 03 0A 01 01");
  const Octets end_entity = encode(BasicConstraints{});
  CHECK(encoded(extension(id_ce_basicConstraints, false, end_entity)) == "30 09 06 03 55 1D 13 04 02 30 00");
  const Octets ca = encode(BasicConstraints{true, 0});
  CHECK(encoded(extension(id_ce_basicConstraints, true, ca)) ==
        "30 12 06 03 55 1D 13 01 01 FF 04 08 30 06 01 01 FF 02 01 00");
  KeyUsage usage;
  usage.set(KeyUsage::digitalSignature);
  const Octets key_usage = encode(usage);
  CHECK(encoded(extension(id_ce_keyUsage, true, key_usage)) == "30 0E 06 03 55 1D 0F 01 01 FF 04 04 03 02 07 80");
  CHECK(encoded(extension(id_ce_noRevAvail, false, null_value.tlv)) == "30 09 06 03 55 1D 38 04 02 05 00");
  const Octets url = encode(MUDURLSyntax{"https://m/x"});
  CHECK(encoded(extension(id_pe_mud_url, false, url)) ==
        "30 19 06 08 2B 06 01 05 05 07 01 19 04 0D 16 0B 68 74 74 70 73 3A 2F 2F 6D 2F 78");
}

TEST_CASE("octets of a PKCS #10 request without attributes end in A0 00") {
  const std::string octets = encoded(CertificationRequestInfo{});
  CHECK(octets.substr(octets.size() - 5) == "A0 00");
}

TEST_CASE("octets of suppPubInfo for a KEK of 256 bits") {
  const Octets bits = der("00 00 01 00");
  EccCmsSharedInfo info;
  info.keyInfo = {id_aes256_wrap, {}};
  info.suppPubInfo = bits;
  CHECK(encoded(info) == octets_of("30 { " + aes256_wrap + " A2 06 04 04 00 00 01 00 }"));
}
