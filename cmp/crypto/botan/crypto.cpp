#include <botan/hash.h>

#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/key_management.h"
#include "cmp/crypto/botan/mac.h"
#include "cmp/crypto/botan/name_constraints.h"
#include "cmp/crypto/botan/names.h"
#include "cmp/crypto/botan/public_key.h"
#include "cmp/crypto/botan/verify.h"
#include "cmpkit/cmp/botan.h"

namespace cmpkit::cmp {

namespace {

class BotanCrypto : public Crypto {
 public:
  [[nodiscard]] CryptoResult<void> verify(const asn1::AlgorithmIdentifier& algorithm, Bytes public_key, Pieces message,
                                          Bytes signature) const override {
    return verify_signature(algorithm, public_key, message, signature);
  }

  [[nodiscard]] CryptoResult<Octets> hash(const asn1::AlgorithmIdentifier& algorithm, Pieces message) const override {
    const auto digest = digest_algorithm(algorithm);
    if (!digest) return tl::unexpected(digest.error());
    if (*digest == Digest::md5)  // whether this build of Botan has it or not
      return tl::unexpected(CryptoError{CryptoError::Kind::unknown_algorithm, "MD5 is not used any more"});
    return guarded(CryptoError::Kind::unknown_algorithm, "digest", [&]() -> CryptoResult<Octets> {
      const auto function = Botan::HashFunction::create_or_throw(botan_hash(*digest));
      for (const auto piece : message) function->update(piece);
      return function->final_stdvec();
    });
  }

  [[nodiscard]] CryptoResult<std::unique_ptr<Mac>> mac(const asn1::AlgorithmIdentifier& algorithm, Bytes secret,
                                                       const MacLimits& limits) const override {
    return make_mac(algorithm, secret, limits);
  }

  [[nodiscard]] CryptoResult<KeyDescription> describe(Bytes public_key) const override {
    return load_public_key(public_key).map([](const PublicKey& key) { return cmp::describe(key); });
  }

  [[nodiscard]] CryptoResult<bool> names_permitted(Bytes issuer, Bytes certificate) const override {
    return permits_names(issuer, certificate);
  }

  [[nodiscard]] const KeyManagement& key_management() const override { return botan_key_management(); }
};

}  // namespace

const Crypto& botan_crypto() {
  static const BotanCrypto crypto;
  return crypto;
}

}  // namespace cmpkit::cmp
