// What opens key packages, on any octets. The first octet says what they are: the EnvelopedData under a secret, the
// SignedData in it, or the AsymmetricKeyPackage in that.
#include <cstdlib>

#include "cmp/key_generation/key_package.h"
#include "cmpkit/cmp/botan.h"
#include "tests/support/certificate_builder.h"

using namespace cmpkit;
using namespace cmpkit::cmp;

static void require(bool holds) {
  if (!holds) std::abort();
}

namespace {

class Noon final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return test::noon; }
};

const Environment& environment() {
  static const Noon clock;
  static const Environment it{clock, system_random(), botan_crypto()};
  return it;
}

void open_envelope(Bytes octets) {
  const auto envelope = asn1::decode<asn1::EnvelopedData>(octets);
  if (!envelope) return;
  const MacLimits little_work{.max_iterations = 1000};
  const auto content =
      open(*envelope, SecretOpener{bytes_of("a secret of enough octets"), little_work, {}}, environment());
  if (content) require(content->size() < envelope->encryptedContentInfo.encryptedContent->size());
}

void verify(Bytes octets) {
  const bool strict = verify_key_package(octets, PackageForm::strict, environment()).has_value();
  const bool tolerant = verify_key_package(octets, PackageForm::tolerant, environment()).has_value();
  require(tolerant || !strict);
}

/// Signed and sealed by us, so that the content is looked at.
void open_package(Bytes octets) {
  static const auto kga = test::CertificateBuilder("/CN=KGA").self_signed();
  static const auto view = CertificateView::decode(kga.certificate).value();
  const auto signed_data = sign_key_package(octets, {kga.signer, {kga.certificate}}, environment()).value();
  const SecretRecipient recipient{bytes_of("a secret of enough octets"), 1000};
  const Octets sealed = seal(signed_data, recipient, environment()).value();
  asn1::EncryptedKey key;
  key.value.emplace<asn1::EncryptedKey::envelopedData>(asn1::decode<asn1::EnvelopedData>(sealed).value());
  Trail trail;
  const PackageOpening opening{SecretOpener{recipient.secret, {}, {}}, nullptr, {}, {Deviation::key_package_form}};
  require(!open_key_package(key, view, opening, environment(), trail));  // the key of `view` is not known to anybody
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes octets(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      open_envelope(octets);
      break;
    case 1:
      verify(octets);
      break;
    default:
      open_package(octets);
  }
  return 0;
}
