#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/cmp/trust/trust_world.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using test::CertificateBuilder;
using test::Issued;
using test::noon;
using test::Pool;
using test::pool_of;
using test::trusting;
using test::validate;
using Reason = PathError::Reason;
using std::chrono::days;

namespace {

/// Counts what it passes on.
class CountingCrypto : public Crypto {
 public:
  CryptoResult<void> verify(const asn1::AlgorithmIdentifier& algorithm, Bytes public_key, Pieces message,
                            Bytes signature) const override {
    ++verifications;
    return botan_crypto().verify(algorithm, public_key, message, signature);
  }
  CryptoResult<Octets> hash(const asn1::AlgorithmIdentifier& algorithm, Pieces message) const override {
    return botan_crypto().hash(algorithm, message);
  }
  CryptoResult<std::unique_ptr<Mac>> mac(const asn1::AlgorithmIdentifier& algorithm, Bytes secret,
                                         const MacLimits& limits) const override {
    return botan_crypto().mac(algorithm, secret, limits);
  }
  CryptoResult<KeyDescription> describe(Bytes public_key) const override { return botan_crypto().describe(public_key); }
  CryptoResult<bool> names_permitted(Bytes ca_certificate, Bytes certificate) const override {
    return botan_crypto().names_permitted(ca_certificate, certificate);
  }
  const KeyManagement& key_management() const override { return botan_crypto().key_management(); }

  mutable std::size_t verifications = 0;
};

TrustStore trusting_with(const Crypto& crypto, const Issued& anchor) {
  return std::move(TrustStore::make(crypto, {anchor.certificate}).value());
}

}  // namespace

TEST_CASE("each new certificate below a known CA costs one signature, a known one none") {
  const CountingCrypto crypto;
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").ca().issued_by(root);
  const auto a = CertificateBuilder("/CN=a").issued_by(issuing);
  const auto b = CertificateBuilder("/CN=b").issued_by(issuing);
  const auto store = trusting_with(crypto, root);
  REQUIRE(validate(store, a, pool_of({&issuing})));
  CHECK(crypto.verifications == 2);
  REQUIRE(validate(store, b, pool_of({&issuing})));
  CHECK(crypto.verifications == 3);
  REQUIRE(validate(store, b));  // the issuer need not come along again
  REQUIRE(validate(store, a));
  CHECK(crypto.verifications == 3);
}

TEST_CASE("what is remembered goes out of its time like everything else") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").ca().valid(noon, noon + days{10}).issued_by(root);
  const auto renewed = CertificateBuilder("/CN=Issuing").ca().key(issuing.signer).issued_by(root);
  const auto device = CertificateBuilder("/CN=Device").issued_by(issuing);
  const auto store = trusting({&root});
  REQUIRE(validate(store, device, pool_of({&issuing})));
  const auto late = validate(store, device, {}, noon + days{11});
  REQUIRE_FALSE(late);
  CHECK(late.error().text == "certificate /CN=Issuing expired on 2026-01-11 12:00:00 UTC");
  CHECK(validate(store, device, pool_of({&renewed}), noon + days{11}));
  CHECK(validate(store, device));
}

TEST_CASE("one store does not remember for another") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto other = CertificateBuilder("/CN=Other").ca().self_signed();
  const auto device = CertificateBuilder("/CN=Device").issued_by(root);
  REQUIRE(validate(trusting({&root}), device));
  CHECK_FALSE(validate(trusting({&other}), device));
}

TEST_CASE("garbage in the pool is passed over") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").ca().issued_by(root);
  const auto device = CertificateBuilder("/CN=Device").issued_by(issuing);
  const Octets garbage{0x30, 0x03, 0x02, 0x01, 0x05};
  const Octets truncated(issuing.certificate.begin(), issuing.certificate.end() - 10);
  Pool pool{{garbage}, {truncated}, {Bytes()}, {issuing.certificate}, {garbage}};
  CHECK(validate(trusting({&root}), device, pool));
}

TEST_CASE("the search looks at so many certificates and no more") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").ca().issued_by(root);
  const auto device = CertificateBuilder("/CN=Device").issued_by(issuing);
  Pool pool(1000, {device.certificate});
  pool.push_back({issuing.certificate});
  const auto store = trusting({&root});
  const auto refused = validate(store, device, pool);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text ==
        "no chain to a trust anchor: the issuer /CN=Issuing of /CN=Device was not found; 901 certificates beyond the "
        "limit were not looked at");
  CHECK(validate(store, device, pool, noon, {.certificates = 1001}));
}

TEST_CASE("keys that are not valid themselves verify nothing, however many there are") {
  const CountingCrypto crypto;
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto stranger = CertificateBuilder("/CN=Stranger").ca().self_signed();
  const auto device = CertificateBuilder("/CN=Device").issuer_name("/CN=Loop").issued_by(stranger);
  std::vector<Issued> loop;
  const auto key = test::new_signer();
  for (int i = 0; i < 100; ++i)  // each issued by each other
    loop.push_back(
        CertificateBuilder("/CN=Loop").key(key).ca().without_key_ids().issuer_name("/CN=Loop").issued_by(stranger));
  Pool pool;
  for (const auto& certificate : loop) pool.push_back({certificate.certificate});
  const auto store = trusting_with(crypto, root);
  CHECK_FALSE(validate(store, device, pool));
  CHECK(crypto.verifications == 0);
}

TEST_CASE("wrong signatures by a valid CA are tried so often and no more") {
  const CountingCrypto crypto;
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto impostor = CertificateBuilder("/CN=Root").ca().self_signed();
  std::vector<Issued> middles;
  const auto key = test::new_signer();
  for (int i = 0; i < 60; ++i)
    middles.push_back(CertificateBuilder("/CN=Middle").key(key).ca().without_key_ids().issued_by(impostor));
  const auto device = CertificateBuilder("/CN=Device").issued_by(middles.front());
  Pool pool;
  for (const auto& certificate : middles) pool.push_back({certificate.certificate});
  const auto refused = validate(trusting_with(crypto, root), device, pool);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "the signature of /CN=Middle by /CN=Root is wrong");
  CHECK(crypto.verifications == PathLimits{}.signatures);
}

TEST_CASE("two CAs that issue each other end in no loop") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto a = CertificateBuilder("/CN=A").ca().self_signed();
  const auto b = CertificateBuilder("/CN=B").ca().self_signed();
  const auto a_by_b = CertificateBuilder("/CN=A").ca().key(a.signer).issued_by(b);
  const auto b_by_a = CertificateBuilder("/CN=B").ca().key(b.signer).issued_by(a);
  const auto device = CertificateBuilder("/CN=Device").issued_by(a);
  CHECK(validate(trusting({&root}), device, pool_of({&a_by_b, &b_by_a, &a, &b})).error().reason == Reason::no_path);
  // ... and one of them leads out of it
  const auto b_by_root = CertificateBuilder("/CN=B").ca().key(b.signer).issued_by(root);
  const auto path = validate(trusting({&root}), device, pool_of({&a_by_b, &b_by_a, &a, &b, &b_by_root}));
  REQUIRE(path);
  CHECK(same_octets(path->issuers().back(), root.certificate));
}

TEST_CASE("a path has so many issuers and no more") {
  std::vector<Issued> chain{CertificateBuilder("/CN=0").ca().self_signed()};
  for (int i = 1; i < 9; ++i)
    chain.push_back(CertificateBuilder("/CN=" + std::to_string(i)).ca().issued_by(chain.back()));
  Pool pool;
  for (const auto& certificate : chain) pool.push_back({certificate.certificate});
  const auto store = trusting({&chain[0]});
  CHECK(validate(store, chain[8], pool)->issuers().size() == 8);
  const auto fresh = trusting({&chain[0]});
  const auto device = CertificateBuilder("/CN=9").issued_by(chain[8]);
  const auto refused = validate(fresh, device, pool);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "the path is longer than 8 issuers");
  CHECK(refused.error().reason == Reason::too_much_work);
  CHECK(validate(store, device, pool).error().reason == Reason::too_much_work);  // remembered ones count as well
  CHECK(validate(store, device, pool, noon, {.depth = 9}));
}

TEST_CASE("an anchor that is no certificate") {
  const auto store = TrustStore::make(botan_crypto(), {Octets{0x30, 0x00}});
  REQUIRE_FALSE(store);
  CHECK(store.error().text.starts_with("trust anchor 1 is no certificate: tbsCertificate: "));
}

TEST_CASE("one store serves several threads") {
  const auto root = CertificateBuilder("/CN=Root").ca().self_signed();
  const auto issuing = CertificateBuilder("/CN=Issuing").ca().issued_by(root);
  std::vector<Issued> devices;
  for (int i = 0; i < 20; ++i) devices.push_back(CertificateBuilder("/CN=" + std::to_string(i)).issued_by(issuing));
  const auto store = trusting({&root});
  std::array<int, 4> valid{};
  {
    std::vector<std::jthread> threads;
    for (auto& count : valid)
      threads.emplace_back([&] {
        for (const auto& device : devices) count += validate(store, device, pool_of({&issuing})) ? 1 : 0;
      });
  }
  CHECK(valid == std::array{20, 20, 20, 20});
}
