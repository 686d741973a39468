// Changes to the protection, to extraCerts and to the encoding.
#pragma once

#include <algorithm>

#include "cmp/message/fields.h"
#include "cmpkit/cmp/algorithms.h"
#include "conformance/changes/header.h"

namespace cmpkit::conformance::changes {

inline cmp::SecretCredential* secret_of(Draft& d) { return std::get_if<cmp::SecretCredential>(&d.credential); }
inline void use_mac(Draft& d, cmp::MacMethod::Kind kind, std::int64_t iterations) {
  if (auto* secret = secret_of(d)) secret->method = {kind, iterations};
}
/// Only the header says so; the MAC is another one.
inline void claim_pbm(Draft& d, asn1::Oid owf, std::int64_t iterations) {
  asn1::PBMParameter parameters;
  parameters.salt = first_of_some(16);
  parameters.owf.algorithm = owf;
  parameters.iterationCount = iterations;
  parameters.mac = {asn1::id_hmacWithSHA256, asn1::null_value};
  d.header().protectionAlg = {asn1::id_PasswordBasedMac, asn1::Any{d.keep(parameters)}};
}

// how and by whom
inline constexpr Change unprotected{"without protection", Stage::content, [](Draft& d) { d.is_protected = false; }};
inline constexpr Change by_stranger{"signed by somebody of an unknown PKI", Stage::content,
                                    [](Draft& d) { d.credential = d.other; }};
inline constexpr Change without_digital_signature{"signed with a certificate whose keyUsage has no digitalSignature",
                                                  Stage::content, [](Draft& d) {
                                                    d.credential = d.no_signature.value();
                                                    d.despite_key_usage = true;
                                                  }};
inline constexpr Change wrong_secret{"protected with a wrong secret", Stage::content, [](Draft& d) {
                                       if (auto* secret = secret_of(d)) secret->secret.push_back('x');
                                     }};
inline constexpr Change unknown_reference{"with an unknown reference of the secret", Stage::content, [](Draft& d) {
                                            if (auto* secret = secret_of(d)) secret->reference = {'n', 'o', 'n', 'e'};
                                          }};
inline constexpr Change pbm_100{"with PasswordBasedMac of 100 iterations", Stage::content,
                                [](Draft& d) { use_mac(d, cmp::MacMethod::Kind::pbm, 100); }};
inline constexpr Change pbm_99{"with PasswordBasedMac of 99 iterations", Stage::content,
                               [](Draft& d) { use_mac(d, cmp::MacMethod::Kind::pbm, 99); }};
inline constexpr Change pbmac1{"with PBMAC1", Stage::content,
                               [](Draft& d) { use_mac(d, cmp::MacMethod::Kind::pbmac1, 10'000); }};
inline constexpr Change pbm_billion{"with PasswordBasedMac of a billion iterations", Stage::message,
                                    [](Draft& d) { claim_pbm(d, asn1::id_sha256, 1'000'000'000); }};
inline constexpr Change pbm_sha1{"with PasswordBasedMac by SHA-1", Stage::message,
                                 [](Draft& d) { claim_pbm(d, asn1::id_sha1, 1000); }};
inline constexpr Change unknown_mac{"with a MAC that nobody knows", Stage::message,
                                    [](Draft& d) { d.header().protectionAlg = {asn1::id_DHBasedMac, {}}; }};

// the algorithm
inline constexpr Change no_protection_alg{"with protection but no protectionAlg", Stage::message,
                                          [](Draft& d) { d.header().protectionAlg.reset(); }};
inline constexpr Change digest_as_protection_alg{"with a digest as protectionAlg", Stage::message,
                                                 [](Draft& d) { d.header().protectionAlg = {asn1::id_sha256, {}}; }};
inline constexpr Change rsa_protection_alg{
    "with protectionAlg sha256WithRSAEncryption and another key", Stage::message,
    [](Draft& d) { d.header().protectionAlg = {asn1::sha256WithRSAEncryption, asn1::null_value}; }};
inline constexpr Change sha1_protection_alg{
    "with protectionAlg sha1WithRSAEncryption", Stage::message,
    [](Draft& d) { d.header().protectionAlg = {asn1::sha1WithRSAEncryption, asn1::null_value}; }};
inline constexpr Change ed25519_with_parameters{
    "with protectionAlg Ed25519 and parameters", Stage::message,
    [](Draft& d) { d.header().protectionAlg = {asn1::id_Ed25519, asn1::null_value}; }};
inline constexpr Change ml_dsa_with_parameters{
    "with protectionAlg ML-DSA and parameters", Stage::message,
    [](Draft& d) { d.header().protectionAlg = {asn1::id_ml_dsa_65, asn1::null_value}; }};

// the value
inline constexpr Change no_protection_value{"with protectionAlg but no protection", Stage::sealed,
                                            [](Draft& d) { d.message.protection.reset(); }};
inline constexpr Change broken_protection{"with one bit of the protection changed", Stage::sealed, [](Draft& d) {
                                            Octets value = copy_of(d.message.protection->octets);
                                            value[value.size() / 2] ^= 1U;
                                            d.message.protection->octets = d.storage.keep(std::move(value));
                                          }};
inline constexpr Change unused_bits{"with a protection that has unused bits", Stage::sealed, [](Draft& d) {
                                      Octets value = copy_of(d.message.protection->octets);
                                      value.push_back(0x80);
                                      *d.message.protection = {d.storage.keep(std::move(value)), 7};
                                    }};
inline constexpr Change changed_afterwards{"whose header was changed after it was protected", Stage::sealed,
                                           [](Draft& d) { d.header().pvno = asn1::Pvno::cmp2021; }};

// extraCerts
inline constexpr Change no_extra_certs{"without extraCerts", Stage::sealed,
                                       [](Draft& d) { d.message.extraCerts.reset(); }};
inline constexpr Change reversed_extra_certs{"with extraCerts in another order, and others between", Stage::sealed,
                                             [](Draft& d) {
                                               if (!d.message.extraCerts) d.message.extraCerts.emplace();
                                               for (const Octets& more : d.other.chain)
                                                 d.message.extraCerts->push_back({d.storage.keep_copy(more)});
                                               std::reverse(d.message.extraCerts->begin(), d.message.extraCerts->end());
                                             }};

// the encoding
inline constexpr Change one_octet_more{"with an octet after it", Stage::octets,
                                       [](Draft& d) { d.octets.push_back(0); }};
inline constexpr Change cut_in_half{"cut in half", Stage::octets,
                                    [](Draft& d) { d.octets.resize(d.octets.size() / 2); }};
inline constexpr Change no_der{"that is text", Stage::octets, [](Draft& d) { d.octets = copy_of(bytes_of("hello")); }};
inline constexpr Change no_octets{"of no octets", Stage::octets, [](Draft& d) { d.octets.clear(); }};
inline constexpr Change many_octets{"of 20 million octets", Stage::octets,
                                    [](Draft& d) { d.octets.resize(20'000'000); }};
/// The indefinite length is BER, not DER (RFC 9483 Section 3.5).
inline constexpr Change indefinite_length{"of indefinite length", Stage::octets, [](Draft& d) {
                                            const std::size_t head = 2 + (d.octets[1] & 0x7FU);
                                            Octets ber{0x30, 0x80};
                                            ber.insert(ber.end(), d.octets.begin() + static_cast<long>(head),
                                                       d.octets.end());
                                            ber.insert(ber.end(), 2, 0);
                                            d.octets = std::move(ber);
                                          }};
/// 5,000 SEQUENCEs in each other (V-64).
inline void nest_deeply(Draft& d) {
  d.octets.clear();
  for (int i = 0; i < 5000; ++i) {
    Octets outer;
    cmp::append_tlv_header(outer, 0x30, d.octets.size());
    outer.insert(outer.end(), d.octets.begin(), d.octets.end());
    d.octets = std::move(outer);
  }
}
inline constexpr Change deep_nesting{"of 5,000 SEQUENCEs in each other", Stage::octets, nest_deeply};

}  // namespace cmpkit::conformance::changes
