#include "cmp/crypto/botan/signer.h"

#include <botan/pubkey.h>
#include <botan/system_rng.h>

#include <mutex>

#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/names.h"

namespace cmpkit::cmp {

namespace {

class BotanSigner : public Signer {
 public:
  BotanSigner(std::shared_ptr<const Botan::Private_Key> key, Bytes public_key, OwnedAlgorithm algorithm,
              const SignatureAlgorithm& method)
      : key_(std::move(key)),
        public_key_(copy_of(public_key)),
        algorithm_(std::move(algorithm)),
        padding_(botan_padding(method)),
        format_(method.scheme == SignatureScheme::ecdsa ? Botan::Signature_Format::DerSequence
                                                        : Botan::Signature_Format::Standard) {
    put(take());  // what the key cannot do is told at once
  }

  [[nodiscard]] const asn1::AlgorithmIdentifier& algorithm() const override { return *algorithm_; }
  [[nodiscard]] Bytes public_key() const override { return public_key_; }

  [[nodiscard]] CryptoResult<Octets> sign(Pieces message) const override {
    return guarded(CryptoError::Kind::failure, "signature", [&]() -> CryptoResult<Octets> {
      auto signer = take();
      for (const auto piece : message) signer->update(piece);
      auto signature = signer->signature(Botan::system_rng());
      put(std::move(signer));
      return signature;
    });
  }

 private:
  // Making a PK_Signer costs more than some signatures, and it serves one thread at a time: as many are kept as threads
  // have ever signed at once.
  std::unique_ptr<Botan::PK_Signer> take() const {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto signer = std::move(idle_.back());
        idle_.pop_back();
        return signer;
      }
    }
    return std::make_unique<Botan::PK_Signer>(*key_, Botan::system_rng(), padding_, format_);
  }

  void put(std::unique_ptr<Botan::PK_Signer> signer) const {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(signer));
  }

  std::shared_ptr<const Botan::Private_Key> key_;
  Octets public_key_;
  OwnedAlgorithm algorithm_;
  std::string padding_;
  Botan::Signature_Format format_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Botan::PK_Signer>> idle_;
};

}  // namespace

CryptoResult<std::unique_ptr<Signer>> make_signer(std::shared_ptr<const Botan::Private_Key> key, Bytes public_key,
                                                  const SignatureChoice& choice) {
  auto algorithm = choose_signature_algorithm(public_key, choice);
  if (!algorithm) return tl::unexpected(std::move(algorithm.error()));
  const auto method = signature_algorithm(**algorithm);
  if (!method) return tl::unexpected(method.error());
  return guarded(CryptoError::Kind::bad_parameters, "signer", [&]() -> CryptoResult<std::unique_ptr<Signer>> {
    return std::make_unique<BotanSigner>(std::move(key), public_key, std::move(*algorithm), *method);
  });
}

}  // namespace cmpkit::cmp
