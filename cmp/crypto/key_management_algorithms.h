// The algorithms that bring a key to a recipient, by their AlgorithmIdentifiers (RFC 9481 Sections 4 and 5). What is
// not in these tables is `unknown_algorithm`, and what breaks a rule `bad_parameters`.
#pragma once

#include "cmpkit/cmp/key_management.h"

namespace cmpkit::cmp {

/// KM_KT_ALG: rsaEncryption, or RSAES-OAEP with one digest for both uses and no label (RFC 4055 Section 4.1).
CryptoResult<KeyTransport> key_transport_algorithm(const asn1::AlgorithmIdentifier& algorithm);
/// DER of it.
Octets identifier_of(const KeyTransport& transport);

/// KM_KA_ALG: the schemes of RFC 5753 and RFC 8418 with an ephemeral key of the sender and SHA-2, and the one with
/// SHA-1, which the caller may refuse. On all curves that we know those with cofactor are the same.
CryptoResult<KeyDerivation> key_agreement_algorithm(const asn1::AlgorithmIdentifier& algorithm);
/// The scheme that we use with keys of this type: as strong as the key (B-05).
struct AgreementScheme {
  asn1::Oid oid;
  KeyDerivation derivation;
};
AgreementScheme agreement_scheme_for(const KeyType& key);

/// KM_KW_ALG, AES Key Wrap: the size of its key in octets.
CryptoResult<std::size_t> key_wrap_algorithm(const asn1::AlgorithmIdentifier& algorithm);

/// PROT_SYM_ALG, AES-CBC.
struct ContentEncryption {
  std::size_t key_size;  // octets
  Bytes iv;              // looks into the AlgorithmIdentifier
};
CryptoResult<ContentEncryption> content_encryption_algorithm(const asn1::AlgorithmIdentifier& algorithm);

}  // namespace cmpkit::cmp
