#include "cmp/possession/signature_possession.h"

#include "cmp/message/fields.h"

namespace cmpkit::cmp {

namespace {

std::optional<Refusal> fail(const Rule& rule, std::string_view field, std::string_view detail, Trail& trail) {
  Refusal refusal = refused(rule, field, detail);
  trail.failed(rule, field, refusal.text);
  return refusal;
}

std::optional<Refusal> check_signature(const asn1::AlgorithmIdentifier& algorithm,
                                       const asn1::SubjectPublicKeyInfo& key, Bytes signed_octets,
                                       const asn1::BitString& signature, std::string_view field, const Crypto& crypto,
                                       Trail& trail) {
  if (signature.unused != 0) return fail(rules::R_06, field, "the signature has unused bits", trail);
  const Octets public_key = asn1::encode(key);
  const Bytes message[] = {signed_octets};
  const auto verified = crypto.verify(algorithm, public_key, message, signature.octets);
  if (!verified) return fail(rules::R_06, field, "the proof of possession: " + verified.error().text, trail);
  trail.passed(rules::R_06, field);
  return {};
}

}  // namespace

CryptoResult<Octets> prove_possession(const asn1::CertRequest& request, const Signer& key) {
  const Octets encoded = asn1::encode(request);
  const Bytes message[] = {encoded};
  const auto signature = key.sign(message);
  if (!signature) return tl::unexpected(signature.error());
  asn1::CertReqMsg out;
  out.certReq = request;
  auto& popo = out.popo.emplace().value.emplace<asn1::ProofOfPossession::signature>();
  popo.algorithmIdentifier = key.algorithm();
  popo.signature.octets = *signature;
  return asn1::encode(out);
}

std::optional<Refusal> check_possession(const asn1::CertReqMsg& request, const Crypto& crypto, Trail& trail) {
  constexpr std::string_view field = "body.popo";
  const auto* popo = request.popo ? std::get_if<asn1::ProofOfPossession::signature>(&request.popo->value) : nullptr;
  // R-05, RFC 9483 Section 4.1.1: by signature, also where the key shall not sign later
  if (popo == nullptr) return fail(rules::R_05, field, "possession is not proved by a signature", trail);
  return check_signature(popo->algorithmIdentifier, *request.certReq.certTemplate.publicKey, request.certReq.octets,
                         popo->signature, field, crypto, trail);
}

std::optional<Refusal> check_possession(const asn1::CertificationRequest& request, const Crypto& crypto, Trail& trail) {
  const auto& info = request.certificationRequestInfo;
  return check_signature(request.signatureAlgorithm, info.subjectPKInfo, info.octets, request.signature,
                         "body.signature", crypto, trail);
}

}  // namespace cmpkit::cmp
