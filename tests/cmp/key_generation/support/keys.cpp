#include "tests/cmp/key_generation/support/keys.h"

#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp::test {

namespace {

std::shared_ptr<const Signer> signer_of(const PrivateKey& key) { return key.signer().value(); }

Octets certificate_for(const PrivateKey& key, bool key_id) {
  using asn1::KeyUsage;
  auto builder = CertificateBuilder("/CN=holder")
                     .key(signer_of(key))
                     .key_usage({KeyUsage::digitalSignature, KeyUsage::keyEncipherment, KeyUsage::keyAgreement});
  if (!key_id) builder.without_key_ids();
  return builder.self_signed().certificate;
}

}  // namespace

Holder::Holder(std::string_view type, bool key_id)
    : key(PrivateKey::generate(type).value()),
      decryptor(key.decryptor().value()),
      certificate(certificate_for(key, key_id)),
      view(CertificateView::decode(certificate).value()) {}

const Holder& ec_holder() {
  static const Holder holder("ec:P-256");
  return holder;
}

const Holder& rsa_holder() {
  static const Holder holder("rsa:2048");
  return holder;
}

Generators::Generators()
    : root(CertificateBuilder("/CN=Root").ca().self_signed()),
      kga(CertificateBuilder("/CN=KGA")
              .key_usage({asn1::KeyUsage::digitalSignature})
              .purposes({asn1::id_kp_cmKGA})
              .issued_by(root)),
      trust(TrustStore::make(botan_crypto(), {root.certificate}).value()) {}

const Generators& generators() {
  static const Generators all;
  return all;
}

Generated::Generated()
    : key(PrivateKey::generate("ec:P-256").value()),
      certificate(CertificateBuilder("/CN=new").key(signer_of(key)).issued_by(generators().root).certificate),
      view(CertificateView::decode(certificate).value()) {}

const Generated& generated() {
  static const Generated one;
  return one;
}

}  // namespace cmpkit::cmp::test
