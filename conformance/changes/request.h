// Changes to certificate requests: ir, cr, kur and p10cr.
#pragma once

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"
#include "conformance/draft.h"

namespace cmpkit::conformance::changes {

/// An Integer of one octet.
inline constexpr std::uint8_t small_number[1] = {7};

inline asn1::Extension alternative_name(Draft& d, std::string_view dns) {
  asn1::GeneralNames names;
  names.emplace_back().value.emplace<asn1::GeneralName::dNSName>().text = dns;
  return {asn1::id_ce_subjectAltName, false, d.keep(names)};
}
inline void use_key(Draft& d, std::shared_ptr<const cmp::Signer> key) {
  d.cert_template().publicKey =
      asn1::decode<asn1::SubjectPublicKeyInfo>(d.storage.keep_copy(key->public_key())).value();
  d.key = std::move(key);
}
inline std::shared_ptr<const cmp::Signer> key_of_type(std::string_view type) {
  return cmp::PrivateKey::generate(type).value().signer().value();
}

// how many
inline constexpr Change two_requests{"with two CertReqMsg", Stage::content, [](Draft& d) {
                                       auto second = d.requests().front();
                                       second.certReq.certReqId = 1;
                                       d.requests().push_back(second);
                                     }};
inline constexpr Change cert_req_id_1{"with certReqId 1", Stage::content,
                                      [](Draft& d) { d.requests().front().certReq.certReqId = 1; }};

// the template
inline constexpr Change no_subject{"without subject", Stage::content,
                                   [](Draft& d) { d.cert_template().subject.reset(); }};
inline constexpr Change null_subject{"with the NULL-DN as subject", Stage::content,
                                     [](Draft& d) { d.cert_template().subject = asn1::null_dn; }};
inline constexpr Change null_subject_and_san{
    "with the NULL-DN as subject and a subjectAltName", Stage::content, [](Draft& d) {
      d.cert_template().subject = asn1::null_dn;
      d.cert_template().extensions.emplace().push_back(alternative_name(d, "device.example"));
    }};
inline constexpr Change other_subject{"with another subject", Stage::content, [](Draft& d) {
                                        d.cert_template().subject =
                                            asn1::Name{d.storage.keep(asn1::parse_name("/CN=somebody else").value())};
                                      }};
inline constexpr Change other_alternative_name{
    "with another subjectAltName", Stage::content,
    [](Draft& d) { d.cert_template().extensions.emplace().push_back(alternative_name(d, "somebody-else.example")); }};
inline constexpr Change version_3{"with version 2 (v3)", Stage::content,
                                  [](Draft& d) { d.cert_template().version = asn1::Version::v3; }};
inline constexpr Change version_1{"with version 0 (v1)", Stage::content,
                                  [](Draft& d) { d.cert_template().version = asn1::Version::v1; }};
inline constexpr Change serial_number{"with serialNumber", Stage::content,
                                      [](Draft& d) { d.cert_template().serialNumber = asn1::Integer{small_number}; }};
inline constexpr Change signing_alg{
    "with signingAlg", Stage::content,
    [](Draft& d) { d.cert_template().signingAlg = asn1::AlgorithmIdentifier{asn1::ecdsa_with_SHA256, {}}; }};
inline constexpr Change issuer_uid{"with issuerUID", Stage::content,
                                   [](Draft& d) { d.cert_template().issuerUID = {small_number, 0}; }};
inline constexpr Change no_public_key{"without publicKey", Stage::content,
                                      [](Draft& d) { d.cert_template().publicKey.reset(); }};
inline constexpr Change empty_public_key{"with an empty publicKey", Stage::content,
                                         [](Draft& d) { d.cert_template().publicKey->subjectPublicKey = {}; }};
inline constexpr Change wish_for_validity{"with a validity of a day", Stage::content, [](Draft& d) {
                                            auto& validity = d.cert_template().validity.emplace();
                                            validity.notAfter =
                                                asn1::Time::of(d.environment.clock.now() + std::chrono::days{1});
                                          }};
inline constexpr Change wish_for_ca{
    "for a CA", Stage::content, [](Draft& d) {
      asn1::BasicConstraints ca;
      ca.cA = true;
      d.cert_template().extensions.emplace().push_back({asn1::id_ce_basicConstraints, true, d.keep(ca)});
    }};
inline constexpr Change wish_for_ra{
    "for an RA (cmcRA)", Stage::content, [](Draft& d) {
      asn1::ExtKeyUsageSyntax purposes;
      purposes.push_back(asn1::id_kp_cmcRA);
      d.cert_template().extensions.emplace().push_back({asn1::id_ce_extKeyUsage, false, d.keep(purposes)});
    }};
inline constexpr Change wish_for_no_signing{
    "for a key that may not sign (keyEncipherment)", Stage::content, [](Draft& d) {
      asn1::KeyUsage usage;
      usage.set(asn1::KeyUsage::keyAgreement);
      d.cert_template().extensions.emplace().push_back({asn1::id_ce_keyUsage, true, d.keep(usage)});
    }};
inline constexpr Change unknown_control{"with an unknown control", Stage::content, [](Draft& d) {
                                          auto& controls = d.requests().front().certReq.controls;
                                          if (!controls) controls.emplace();
                                          controls->push_back({asn1::oid<"2.999.2">, asn1::any<"0C 01 78">});
                                        }};

// the key
inline constexpr Change ed25519_key{"for an Ed25519 key", Stage::content,
                                    [](Draft& d) { use_key(d, key_of_type("ed25519")); }};
inline constexpr Change rsa_key{"for an RSA key of 2048 bits", Stage::content,
                                [](Draft& d) { use_key(d, key_of_type("rsa:2048")); }};
inline constexpr Change ml_dsa_key{"for an ML-DSA key", Stage::content,
                                   [](Draft& d) { use_key(d, key_of_type("ml-dsa-44")); }};

// proof of possession
inline asn1::ProofOfPossession& popo(Draft& d) { return *d.requests().front().popo; }
inline asn1::POPOSigningKey& signing_popo(Draft& d) {
  return std::get<asn1::ProofOfPossession::signature>(popo(d).value);
}
inline Octets changed(Bytes octets) {
  Octets out = copy_of(octets);
  out.back() ^= 1U;
  return out;
}
inline constexpr Change no_popo{"without popo", Stage::message, [](Draft& d) { d.requests().front().popo.reset(); }};
inline constexpr Change ra_verified{"with raVerified", Stage::message,
                                    [](Draft& d) { popo(d).value.emplace<asn1::ProofOfPossession::raVerified>(); }};
inline constexpr Change broken_popo{"with a popo whose signature is wrong", Stage::message, [](Draft& d) {
                                      auto& signature = signing_popo(d).signature;
                                      signature.octets = d.storage.keep(changed(signature.octets));
                                    }};
inline constexpr Change popo_of_another{"with a popo by another key", Stage::content,
                                        [](Draft& d) { d.key = d.other.signer; }};
inline constexpr Change popo_of_other_content{
    "whose template was changed after popo was made", Stage::message,
    [](Draft& d) { d.cert_template().subject = asn1::Name{d.storage.keep(asn1::parse_name("/CN=changed").value())}; }};
inline constexpr Change popo_wrong_algorithm{
    "with a popo by an algorithm that does not fit the key", Stage::message,
    [](Draft& d) { signing_popo(d).algorithmIdentifier = {asn1::sha256WithRSAEncryption, asn1::null_value}; }};
inline constexpr Change poposk_input{"with poposkInput", Stage::message, [](Draft& d) {
                                       auto& input = signing_popo(d).poposkInput.emplace();
                                       input.authInfo.value.emplace<asn1::AuthInfo::sender>(d.header().sender);
                                       input.publicKey = *d.cert_template().publicKey;
                                     }};
inline constexpr Change popo_by_decryption{
    "with a popo of keys that decrypt", Stage::message, [](Draft& d) {
      popo(d)
          .value.emplace<asn1::ProofOfPossession::keyEncipherment>()
          .value.emplace<asn1::POPOPrivKey::subsequentMessage>(asn1::SubsequentMessage::encrCert);
    }};
inline constexpr Change popo_by_agreement{
    "with a popo by key agreement (agreeMAC) and pvno 2", Stage::message, [](Draft& d) {
      asn1::PKMACValue mac;
      mac.algId = {asn1::id_hmacWithSHA256, asn1::null_value};
      mac.value.octets = Bytes(small_number);
      popo(d).value.emplace<asn1::ProofOfPossession::keyAgreement>().value.emplace<asn1::POPOPrivKey::agreeMAC>(mac);
    }};
inline constexpr Change unknown_reg_info{
    "with unknown regInfo", Stage::message,
    [](Draft& d) { d.requests().front().regInfo.emplace().push_back({asn1::oid<"2.999.3">, asn1::any<"0C 01 78">}); }};

// kur
inline asn1::OldCertId old_cert_id(Draft& d) {
  return asn1::decode<asn1::OldCertId>(d.requests().front().certReq.controls->front().value.tlv).value();
}
inline constexpr Change no_old_cert_id{"without oldCertId", Stage::content,
                                       [](Draft& d) { d.requests().front().certReq.controls.reset(); }};
inline constexpr Change other_old_cert_id{"with the serialNumber of another certificate in oldCertId", Stage::content,
                                          [](Draft& d) {
                                            auto id = old_cert_id(d);
                                            id.serialNumber = {small_number};
                                            d.requests().front().certReq.controls->front().value = {d.keep(id)};
                                          }};
inline constexpr Change other_old_issuer{
    "with another issuer in oldCertId", Stage::content, [](Draft& d) {
      auto id = old_cert_id(d);
      id.issuer = asn1::GeneralName::of({d.storage.keep(asn1::parse_name("/CN=another CA").value())});
      d.requests().front().certReq.controls->front().value = {d.keep(id)};
    }};

// p10cr
inline asn1::CertificationRequest& csr(Draft& d) { return d.body<asn1::PKIBody::p10cr>(); }
inline constexpr Change csr_version_2{"with version 1 (v2)", Stage::content,
                                      [](Draft& d) { csr(d).certificationRequestInfo.version = asn1::Version::v2; }};
inline constexpr Change csr_null_subject{"with the NULL-DN as subject of the CSR", Stage::content,
                                         [](Draft& d) { csr(d).certificationRequestInfo.subject = asn1::null_dn; }};
inline constexpr Change csr_null_subject_and_san{
    "with the NULL-DN as subject of the CSR and a subjectAltName", Stage::content, [](Draft& d) {
      csr(d).certificationRequestInfo.subject = asn1::null_dn;
      asn1::Extensions wanted;
      wanted.push_back(alternative_name(d, "device.example"));
      auto& attribute = csr(d).certificationRequestInfo.attributes.emplace_back();
      attribute.type = asn1::id_extensionRequest;
      attribute.values.push_back({d.keep(wanted)});
    }};
inline constexpr Change csr_broken_signature{
    "with a CSR whose signature is wrong", Stage::message,
    [](Draft& d) { csr(d).signature.octets = d.storage.keep(changed(csr(d).signature.octets)); }};
inline constexpr Change csr_other_subject{"with another subject in the CSR", Stage::content, [](Draft& d) {
                                            csr(d).certificationRequestInfo.subject = asn1::Name{
                                                d.storage.keep(asn1::parse_name("/CN=somebody else").value())};
                                          }};

}  // namespace cmpkit::conformance::changes
