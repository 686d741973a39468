// Who takes part in central key generation: a root, a KGA below it, and holders of keys that can receive others.
#pragma once

#include "cmp/key_generation/key_package.h"
#include "cmpkit/cmp/botan.h"
#include "tests/support/certificate_builder.h"

namespace cmpkit::cmp::test {

using cmpkit::test::CertificateBuilder;
using cmpkit::test::Issued;

class Noon final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return cmpkit::test::noon; }
};

inline Environment environment() {
  static const Noon clock;
  return {clock, system_random(), botan_crypto()};
}

/// A key with its certificate, which lets it receive keys unless the builder says otherwise.
struct Holder {
  explicit Holder(std::string_view type, bool key_id = true);
  [[nodiscard]] CertificateOpener opener() const { return {view, *decryptor}; }
  [[nodiscard]] CertificateRecipient recipient(KeyTransport transport = {}) const { return {view, transport}; }

  PrivateKey key;
  std::unique_ptr<Decryptor> decryptor;
  Octets certificate;
  CertificateView view;
};

/// The keys of all tests of one program: RSA takes its time.
const Holder& ec_holder();
const Holder& rsa_holder();

struct Generators {
  Generators();
  Issued root, kga;
  TrustStore trust;
  [[nodiscard]] SignatureCredential credential() const { return {kga.signer, {kga.certificate}}; }
};
const Generators& generators();

/// A key and the certificate for it.
struct Generated {
  Generated();
  PrivateKey key;
  Octets certificate;
  CertificateView view;
};
const Generated& generated();

/// The id of the rule that a refusal names; `none` where it is no refusal.
template <class T>
std::string rule_of(const Checked<T>& result) {
  return result ? "none" : std::string(result.error().rule->id);
}

}  // namespace cmpkit::cmp::test
