#include "cmp/crypto/botan/verify.h"

#include <botan/pubkey.h>

#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/names.h"
#include "cmp/crypto/botan/public_key.h"
#include "cmp/crypto/recent.h"

namespace cmpkit::cmp {

namespace {

using Verifiers = Recent<Botan::PK_Verifier>;

Verifiers& verifiers() {
  static thread_local Verifiers recent(32);
  return recent;
}

/// Algorithm and key as one text, in a buffer that each thread keeps. The OID is preceded by its length, so that two
/// different pairs never give the same text; the parameters and the key are whole TLVs.
const std::string& key_of(const asn1::AlgorithmIdentifier& algorithm, Bytes public_key) {
  static thread_local std::string key;
  key.assign(1, static_cast<char>(algorithm.algorithm.octets.size()));
  key += text_of(algorithm.algorithm.octets);
  if (algorithm.parameters) key += text_of(algorithm.parameters->tlv);
  key += text_of(public_key);
  return key;
}

CryptoResult<Botan::PK_Verifier> make_verifier(const asn1::AlgorithmIdentifier& algorithm, Bytes public_key) {
  const auto method = signature_algorithm(algorithm);
  if (!method) return tl::unexpected(method.error());
  const auto key = load_public_key(public_key);
  if (!key) return tl::unexpected(key.error());
  if (const auto fits = fits_key(*method, *key->type); !fits) return tl::unexpected(fits.error());
  const auto format = method->scheme == SignatureScheme::ecdsa ? Botan::Signature_Format::DerSequence
                                                               : Botan::Signature_Format::Standard;
  return Botan::PK_Verifier(*key->key, botan_padding(*method), format);
}

}  // namespace

CryptoResult<void> verify_signature(const asn1::AlgorithmIdentifier& algorithm, Bytes public_key, Pieces message,
                                    Bytes signature) {
  return guarded(CryptoError::Kind::bad_parameters, "signature", [&]() -> CryptoResult<void> {
    const auto& key = key_of(algorithm, public_key);
    auto* verifier = verifiers().find(key);
    if (verifier == nullptr) {
      auto made = make_verifier(algorithm, public_key);
      if (!made) return tl::unexpected(std::move(made.error()));
      verifier = &verifiers().insert(key, std::move(*made));
    }
    for (const auto piece : message) verifier->update(piece);
    bool right = false;
    try {
      right = verifier->check_signature(signature);
    } catch (const Botan::Exception&) {
      right = false;  // what is no signature at all
    }
    if (right) return {};
    verifiers().erase(key);  // what a failure leaves in the verifier must not meet the next message
    return crypto_error(CryptoError::Kind::mismatch, "the signature does not match");
  });
}

}  // namespace cmpkit::cmp
