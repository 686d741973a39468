#include "cmp/key_generation/key_package.h"

#include "cmp/key_generation/recipient.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

Bytes public_bits(Bytes public_key) {
  const auto info = asn1::decode<asn1::SubjectPublicKeyInfo>(public_key);
  return info ? info->subjectPublicKey.octets : Bytes{};
}

/// G-04: one OneAsymmetricKey of version 2, with the public key.
CryptoResult<SecretOctets> package_of(const PrivateKey& key) {
  const auto pkcs8 = key.pkcs8();
  if (!pkcs8) return tl::unexpected(pkcs8.error());
  auto one = asn1::decode<asn1::OneAsymmetricKey>(*pkcs8).value();
  one.version = asn1::Version::v2;
  one.publicKey = asn1::BitString{public_bits(key.public_key())};
  return into_secret(asn1::encode(asn1::AsymmetricKeyPackage{one}));
}

/// The one key of the package. A tolerated one may be no package but the key itself.
Checked<PrivateKey> key_in(Bytes content, PackageForm form) {
  const auto package = asn1::decode<asn1::AsymmetricKeyPackage>(content);
  SecretOctets pkcs8;
  if (package) {
    if (package->size() != 1) return refuse_key(rules::G_03, "the package does not hold exactly one key");
    const asn1::OneAsymmetricKey& one = package->front();
    if (one.version != asn1::Version::v2 || !one.publicKey)
      return refuse_key(rules::G_04, "OneAsymmetricKey is not of version 2 with its public key");
    pkcs8 = into_secret(asn1::encode(one));
  } else if (form == PackageForm::tolerant) {
    pkcs8.assign(content.begin(), content.end());
  } else {
    return refuse_key(rules::G_03, "AsymmetricKeyPackage: " + package.error().text());
  }
  auto key = PrivateKey::load(pkcs8);
  if (!key) return refuse_key(rules::G_14, key.error().text);
  if (package && !same_octets(public_bits(key->public_key()), package->front().publicKey->octets))
    return refuse_key(rules::G_14, "the public key in the package is not that of the private key");
  return std::move(*key);
}

/// G-02: who signed may generate keys for others, and is known here (G-16). RFC 9810 Section 4.5: the CA that issued
/// the certificate may as well.
std::optional<Refusal> check_authority(const VerifiedPackage& package, const CertificateView& certificate,
                                       const PackageOpening& opening, Time now) {
  const CertificateView& signer = package.signer;
  const bool is_issuer = signer.is_ca() && asn1::same_name(signer.subject(), certificate.issuer());
  if (!signer.has_purpose(asn1::id_kp_cmKGA) && !is_issuer)
    return refused(rules::G_02, private_key_field, signer.name() + " may not generate keys: it has no cmKGA");
  if (!signer.allows(asn1::KeyUsage::digitalSignature))
    return refused(rules::G_02, private_key_field, "keyUsage of " + signer.name() + " lacks digitalSignature");
  std::vector<asn1::CMPCertificate> pool = package.certificates;
  pool.insert(pool.end(), opening.certificates.begin(), opening.certificates.end());
  const auto path = opening.trust->validate(signer, pool, now);
  if (!path) return refused(rules::G_16, private_key_field, path.error().text);
  return {};
}

}  // namespace

CryptoResult<Octets> make_key_package(const PrivateKey& key, const SignatureCredential& authority,
                                      const Recipient& recipient, const Environment& environment) {
  const auto package = package_of(key);
  if (!package) return tl::unexpected(package.error());
  const auto signed_data = sign_key_package(*package, authority, environment);
  if (!signed_data) return tl::unexpected(signed_data.error());
  return seal(*signed_data, recipient, environment);
}

namespace {

Opener opener_for(PackageForm form, const Opener& opener) {
  const auto* holder = std::get_if<CertificateOpener>(&opener);
  if (holder == nullptr) return opener;
  return CertificateOpener{holder->certificate, holder->decryptor, form == PackageForm::tolerant};
}

/// All of the checks, in the strict or the tolerant form.
Checked<SecretOctets> open_as(PackageForm form, const asn1::EnvelopedData& envelope, const CertificateView& certificate,
                              const PackageOpening& opening, const Environment& environment) {
  const auto& type = envelope.encryptedContentInfo.contentType;
  if (!(type == asn1::id_signedData) && !(form == PackageForm::tolerant && type == asn1::id_data))
    return refuse_key(rules::G_05, "the encrypted content is not of the type id-signedData");
  const auto content = open(envelope, opener_for(form, opening.opener), environment);
  if (!content) return tl::unexpected(content.error());
  const auto package = verify_key_package(*content, form, environment);
  if (!package) return tl::unexpected(package.error());
  if (opening.trust != nullptr)
    if (auto refusal = check_authority(*package, certificate, opening, environment.clock.now()))
      return tl::unexpected(std::move(*refusal));
  const auto key = key_in(package->content, form);
  if (!key) return tl::unexpected(key.error());
  if (!same_octets(key->public_key(), certificate.public_key()))
    return refuse_key(rules::G_14, "the certificate is for another key than the one that came");
  auto pkcs8 = key->pkcs8();
  if (!pkcs8) return refuse_key(rules::G_14, pkcs8.error().text);
  return std::move(*pkcs8);
}

}  // namespace

Checked<SecretOctets> open_key_package(const asn1::EncryptedKey& encrypted, const CertificateView& certificate,
                                       const PackageOpening& opening, const Environment& environment, Trail& trail) {
  const auto* envelope = std::get_if<asn1::EncryptedKey::envelopedData>(&encrypted.value);
  Checked<SecretOctets> opened =
      envelope == nullptr ? refuse_key(rules::G_03, "the key comes as EncryptedValue instead of EnvelopedData")
                          : open_as(PackageForm::strict, *envelope, certificate, opening, environment);
  if (!opened && envelope != nullptr && opening.tolerance.allows(Deviation::key_package_form)) {
    if (auto again = open_as(PackageForm::tolerant, *envelope, certificate, opening, environment)) {
      trail.tolerated(*opened.error().rule, private_key_field, opened.error().text, Deviation::key_package_form);
      return again;
    }
  }
  if (!opened) {
    trail.failed(*opened.error().rule, private_key_field, opened.error().text);
    return opened;
  }
  for (const Rule* rule : {&rules::G_03, &rules::G_04, &rules::G_14}) trail.passed(*rule, private_key_field);
  if (opening.trust != nullptr) trail.passed(rules::G_02, private_key_field);
  return opened;
}

}  // namespace cmpkit::cmp
