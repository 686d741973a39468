// What does the seam to cryptography cost beside the raw calls of Botan? `raw_*` keeps Botan's objects as a careful
// user would, `seam_*` does the same work through Signer, Crypto, Mac and TrustStore. Compare CPU times.
#include <benchmark/benchmark.h>
#include <botan/hash.h>
#include <botan/mac.h>
#include <botan/pkcs8.h>
#include <botan/pubkey.h>
#include <botan/pwdhash.h>
#include <botan/system_rng.h>
#include <botan/x509_key.h>
#include <botan/x509path.h>

#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/pem.h"
#include "cmpkit/cmp/trust.h"
#include "tests/support/certificate_builder.h"

namespace {

using namespace cmpkit;
using test::CertificateBuilder;
using test::Issued;

const Octets message(700, 0x2A);  // about an ir
const std::array<Bytes, 3> pieces{Bytes(message).first(4), Bytes(message).subspan(4, 96), Bytes(message).subspan(100)};

/// One key for both sides.
struct Key {
  explicit Key(const char* type)
      : ours(cmp::PrivateKey::generate(type).value()),
        signer(ours.signer().value()),
        raw(Botan::PKCS8::load_key(cmp::decode_pem(ours.to_pem().value()).value().front().der)),
        signature(signer->sign(pieces).value()) {
    if (raw->algo_name() == "RSA") padding = "PKCS1v15(SHA-256)";
    if (raw->algo_name() == "ECDSA") {
      padding = "SHA-256";
      format = Botan::Signature_Format::DerSequence;
    }
  }

  cmp::PrivateKey ours;
  std::unique_ptr<cmp::Signer> signer;
  std::unique_ptr<Botan::Private_Key> raw;
  const char* padding = "";
  Botan::Signature_Format format = Botan::Signature_Format::Standard;
  Octets signature;
};

void raw_sign(benchmark::State& state, const char* type) {
  const Key key(type);
  Botan::PK_Signer signer(*key.raw, Botan::system_rng(), key.padding, key.format);
  for (auto _ : state) benchmark::DoNotOptimize(signer.sign_message(message, Botan::system_rng()));
}

void seam_sign(benchmark::State& state, const char* type) {
  const Key key(type);
  for (auto _ : state) benchmark::DoNotOptimize(key.signer->sign(pieces));
}

void raw_verify(benchmark::State& state, const char* type) {
  const Key key(type);
  Botan::PK_Verifier verifier(*key.raw, key.padding, key.format);
  for (auto _ : state) benchmark::DoNotOptimize(verifier.verify_message(message, key.signature));
}

void seam_verify(benchmark::State& state, const char* type) {
  const Key key(type);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        cmp::botan_crypto().verify(key.signer->algorithm(), key.signer->public_key(), pieces, key.signature));
}

// A key that comes for the first time: loading it and making a verifier is work on both sides.
void raw_verify_new_key(benchmark::State& state, const char* type) {
  const Key key(type);
  for (auto _ : state) {
    const auto loaded = Botan::X509::load_key(key.signer->public_key());
    Botan::PK_Verifier verifier(*loaded, key.padding, key.format);
    benchmark::DoNotOptimize(verifier.verify_message(message, key.signature));
  }
}

void seam_verify_new_key(benchmark::State& state, const char* type) {
  std::vector<Key> keys;
  for (int i = 0; i < 200; ++i) keys.emplace_back(type);  // more than are remembered
  std::size_t next = 0;
  for (auto _ : state) {
    const auto& key = keys[next++ % keys.size()];
    benchmark::DoNotOptimize(
        cmp::botan_crypto().verify(key.signer->algorithm(), key.signer->public_key(), pieces, key.signature));
  }
}

void raw_sha256(benchmark::State& state) {
  const auto hash = Botan::HashFunction::create_or_throw("SHA-256");
  for (auto _ : state) {
    hash->update(message);
    benchmark::DoNotOptimize(hash->final_stdvec());
  }
}

void seam_sha256(benchmark::State& state) {
  const auto sha256 = cmp::identifier_of(cmp::Digest::sha256);
  for (auto _ : state) benchmark::DoNotOptimize(cmp::botan_crypto().hash(sha256, pieces));
}

// PasswordBasedMac with 500 iterations, from the secret to the value.
void raw_pbm(benchmark::State& state) {
  const Octets secret(13, 's'), salt(16, 7);
  for (auto _ : state) {
    const auto owf = Botan::HashFunction::create_or_throw("SHA-256");
    owf->update(secret);
    owf->update(salt);
    auto key = owf->final();
    for (int i = 1; i < 500; ++i) {
      owf->update(key);
      owf->final(key);
    }
    const auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(SHA-256)");
    mac->set_key(key);
    mac->update(message);
    benchmark::DoNotOptimize(mac->final_stdvec());
  }
}

void seam_mac(benchmark::State& state, const cmp::OwnedAlgorithm& algorithm) {
  const Octets secret(13, 's');
  for (auto _ : state)
    benchmark::DoNotOptimize(cmp::botan_crypto().mac(*algorithm, secret, {}).value()->compute(pieces));
}

void raw_pbmac1(benchmark::State& state) {
  const Octets salt(16, 7);
  for (auto _ : state) {
    std::array<std::uint8_t, 32> key;
    const auto family = Botan::PasswordHashFamily::create_or_throw("PBKDF2(SHA-256)");
    family->from_params(500)->hash(key, "sssssssssssss", salt);
    const auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(SHA-256)");
    mac->set_key(key);
    mac->update(message);
    benchmark::DoNotOptimize(mac->final_stdvec());
  }
}

/// A root, an issuing CA, and devices of it that are all seen for the first time.
struct Fleet {
  Fleet() {
    for (int i = 0; i < 1000; ++i)
      devices.push_back(CertificateBuilder("/CN=" + std::to_string(i)).key(device_key).issued_by(issuing));
    for (const auto& device : devices) views.push_back(cmp::CertificateView::decode(device.certificate).value());
  }
  [[nodiscard]] cmp::TrustStore store() const {
    auto made = std::move(cmp::TrustStore::make(cmp::botan_crypto(), {root.certificate}).value());
    static_cast<void>(made.validate(views.front(), pool, test::noon));
    return made;
  }

  Issued root = CertificateBuilder("/CN=Root").ca().self_signed();
  Issued issuing = CertificateBuilder("/CN=Issuing").ca(0).issued_by(root);
  std::shared_ptr<const cmp::Signer> device_key = test::new_signer();
  std::vector<Issued> devices;
  std::vector<cmp::CertificateView> views;
  std::vector<asn1::Encoded<asn1::Certificate>> pool{{issuing.certificate}};
};

const Fleet& fleet() {
  static const Fleet made;
  return made;
}

Botan::X509_Certificate botan(const Issued& issued) {
  return Botan::X509_Certificate(issued.certificate.data(), issued.certificate.size());
}

void seam_decode_certificate(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(cmp::CertificateView::decode(fleet().devices[0].certificate));
}

// The floor of a path: the one signature by the issuing CA.
void raw_path_signature(benchmark::State& state) {
  const auto issuer = botan(fleet().issuing).subject_public_key();
  Botan::PK_Verifier verifier(*issuer, "SHA-256", Botan::Signature_Format::DerSequence);
  std::size_t next = 0;
  for (auto _ : state) {
    const auto& view = fleet().views[next++ % 1000];
    benchmark::DoNotOptimize(verifier.verify_message(view.signed_part(), view.asn1().signature.octets));
  }
}

void seam_path_new_device(benchmark::State& state) {
  auto store = fleet().store();
  std::size_t next = 1;
  for (auto _ : state) {
    if (next == 1000) {
      state.PauseTiming();
      store = fleet().store();
      next = 1;
      state.ResumeTiming();
    }
    benchmark::DoNotOptimize(store.validate(fleet().views[next++], fleet().pool, test::noon));
  }
}

void seam_path_known_device(benchmark::State& state) {
  const auto store = fleet().store();
  for (auto _ : state) benchmark::DoNotOptimize(store.validate(fleet().views[0], fleet().pool, test::noon));
}

void raw_path_botan(benchmark::State& state) {
  const Botan::Certificate_Store_In_Memory anchors(botan(fleet().root));
  const auto issuing = botan(fleet().issuing);
  const Botan::Path_Validation_Restrictions restrictions;
  std::size_t next = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(Botan::x509_path_validate({botan(fleet().devices[next++ % 1000]), issuing}, restrictions,
                                                       anchors, "", Botan::Usage_Type::UNSPECIFIED, test::noon));
}

#define CMPKIT_BENCH_KEY(type, label)         \
  BENCHMARK_CAPTURE(raw_sign, label, type);   \
  BENCHMARK_CAPTURE(seam_sign, label, type);  \
  BENCHMARK_CAPTURE(raw_verify, label, type); \
  BENCHMARK_CAPTURE(seam_verify, label, type)
CMPKIT_BENCH_KEY("ec:P-256", P256);
CMPKIT_BENCH_KEY("rsa:3072", RSA3072);
CMPKIT_BENCH_KEY("ed25519", Ed25519);
BENCHMARK_CAPTURE(raw_verify_new_key, P256, "ec:P-256");
BENCHMARK_CAPTURE(seam_verify_new_key, P256, "ec:P-256");
BENCHMARK(raw_sha256);
BENCHMARK(seam_sha256);
BENCHMARK(raw_pbm);
BENCHMARK_CAPTURE(seam_mac, pbm, cmp::make_pbm_parameters(cmp::system_random(), 500));
BENCHMARK(raw_pbmac1);
BENCHMARK_CAPTURE(seam_mac, pbmac1, cmp::make_pbmac1_parameters(cmp::system_random(), 500));
BENCHMARK(seam_decode_certificate);
BENCHMARK(raw_path_signature);
BENCHMARK(seam_path_new_device);
BENCHMARK(seam_path_known_device);
BENCHMARK(raw_path_botan);

}  // namespace
