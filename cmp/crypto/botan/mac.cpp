#include "cmp/crypto/botan/mac.h"

#include <botan/hash.h>
#include <botan/mac.h>
#include <botan/mem_ops.h>
#include <botan/pwdhash.h>

#include <mutex>

#include "cmp/crypto/botan/guard.h"
#include "cmp/crypto/botan/names.h"
#include "cmp/crypto/mac_parameters.h"

namespace cmpkit::cmp {

namespace {

using Secret = Botan::secure_vector<std::uint8_t>;

class BotanMac : public Mac {
 public:
  BotanMac(std::unique_ptr<Botan::MessageAuthenticationCode> mac, const MacAlgorithm& algorithm)
      : mac_(std::move(mac)), tag_size_(algorithm.tag_size) {
    const auto start = algorithm.scheme == MacScheme::gmac ? algorithm.nonce : algorithm.customization;
    nonce_.assign(start.begin(), start.end());
  }

  [[nodiscard]] Octets compute(Pieces message) const override {
    const auto tag = full_tag(message);
    return {tag.begin(), tag.begin() + static_cast<std::ptrdiff_t>(tag_size_)};
  }

  [[nodiscard]] bool verify(Pieces message, Bytes value) const override {
    if (value.size() != tag_size_) return false;
    const auto tag = full_tag(message);
    return Botan::constant_time_compare(std::span(tag).first(tag_size_), value);
  }

 private:
  Secret full_tag(Pieces message) const {
    const std::lock_guard lock(mutex_);
    if (!nonce_.empty()) mac_->start(nonce_);
    for (const auto piece : message) mac_->update(piece);
    return mac_->final();
  }

  mutable std::mutex mutex_;
  std::unique_ptr<Botan::MessageAuthenticationCode> mac_;  // keyed
  std::size_t tag_size_;
  Octets nonce_;
};

std::string botan_name(const MacAlgorithm& mac) {
  switch (mac.scheme) {
    case MacScheme::hmac:
      return "HMAC(" + botan_hash(mac.digest) + ")";
    case MacScheme::kmac:
      return (mac.digest == Digest::shake128 ? "KMAC-128(" : "KMAC-256(") + std::to_string(mac.tag_size * 8) + ")";
    case MacScheme::gmac:
      return "GMAC(AES-" + std::to_string(mac.key_size * 8) + ")";
  }
  return "";
}

CryptoResult<std::unique_ptr<Mac>> keyed(const MacAlgorithm& algorithm, Bytes key) {
  if (algorithm.scheme == MacScheme::gmac && key.size() != algorithm.key_size)
    return bad_key(std::string(algorithm.name) + " needs a key of " + std::to_string(algorithm.key_size) + " octets");
  auto mac = Botan::MessageAuthenticationCode::create_or_throw(botan_name(algorithm));
  mac->set_key(key);
  return std::make_unique<BotanMac>(std::move(mac), algorithm);
}

/// B-10: the one-way function is applied iterationCount times in all, first to secret || salt.
Secret base_key(const PbmAlgorithm& pbm, Botan::HashFunction& owf, Bytes secret) {
  Secret key(owf.output_length());
  owf.update(secret);
  owf.update(pbm.salt);
  owf.final(key);
  for (std::size_t i = 1; i < pbm.iterations; ++i) {
    owf.update(key);
    owf.final(key);
  }
  return key;
}

/// B-11, RFC 4211 Section 4.4: HMAC and KMAC take the whole BASEKEY; a cipher gets as many octets as it needs, beyond
/// BASEKEY from OWF("1" || BASEKEY), OWF("2" || BASEKEY), ...
Secret mac_key(const MacAlgorithm& mac, Botan::HashFunction& owf, Secret base) {
  if (mac.scheme != MacScheme::gmac) return base;
  Secret key = base;
  for (char digit = '1'; key.size() < mac.key_size; ++digit) {
    owf.update(static_cast<std::uint8_t>(digit));
    owf.update(base);
    key += owf.final();
  }
  key.resize(mac.key_size);
  return key;
}

CryptoResult<std::unique_ptr<Mac>> make(const MacAlgorithm& mac, Bytes secret) { return keyed(mac, secret); }

CryptoResult<std::unique_ptr<Mac>> make(const PbmAlgorithm& pbm, Bytes secret) {
  const auto owf = Botan::HashFunction::create_or_throw(botan_hash(pbm.owf));
  return keyed(pbm.mac, mac_key(pbm.mac, *owf, base_key(pbm, *owf, secret)));
}

CryptoResult<std::unique_ptr<Mac>> make(const Pbmac1Algorithm& pbmac1, Bytes secret) {
  Secret key(pbmac1.key_size);
  const auto family = Botan::PasswordHashFamily::create_or_throw(botan_pbkdf2(pbmac1.prf));
  family->from_params(pbmac1.iterations)->hash(key, text_of(secret), pbmac1.salt);
  return keyed(pbmac1.mac, key);
}

}  // namespace

CryptoResult<std::unique_ptr<Mac>> make_mac(const asn1::AlgorithmIdentifier& algorithm, Bytes secret,
                                            const MacLimits& limits) {
  if (secret.empty()) return bad_key("the shared secret is empty");
  const auto parameters = read_mac_parameters(algorithm, limits);
  if (!parameters) return tl::unexpected(parameters.error());
  return guarded(CryptoError::Kind::failure, "MAC",
                 [&] { return std::visit([&](const auto& p) { return make(p, secret); }, *parameters); });
}

}  // namespace cmpkit::cmp
