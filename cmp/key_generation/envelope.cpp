#include "cmp/key_generation/envelope.h"

#include "cmp/crypto/key_management_algorithms.h"
#include "cmp/key_generation/recipient.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/keys.h"

namespace cmpkit::cmp {

using asn1::EnvelopedData;
using asn1::RecipientInfo;

namespace {

constexpr std::size_t our_key_size = 32;  // AES-256, as strong as any key that is generated (B-05)
constexpr std::size_t iv_size = 16;

enum class Technique : std::uint8_t { transport, agreement };

/// G-06: by the type of the key; nothing where the key can do neither.
std::optional<Technique> technique_of(const CertificateView& certificate) {
  const auto info = asn1::decode<asn1::SubjectPublicKeyInfo>(certificate.public_key());
  const auto type = info ? key_type(info->algorithm) : CryptoResult<const KeyType*>(nullptr);
  if (!type || *type == nullptr) return {};
  switch ((*type)->family) {
    case KeyFamily::rsa:
      return Technique::transport;
    case KeyFamily::ec:
    case KeyFamily::x25519:
    case KeyFamily::x448:
      return Technique::agreement;
    default:
      return {};
  }
}

CryptoResult<RecipientInfo> recipient_info(Bytes key, const Recipient& recipient, const Environment& environment,
                                           asn1::Storage& storage) {
  if (const auto* secret = std::get_if<SecretRecipient>(&recipient))
    return password_recipient(key, *secret, environment, storage);
  const auto& certificate = std::get<CertificateRecipient>(recipient);
  return technique_of(certificate.certificate) == Technique::transport
             ? transport_recipient(key, certificate, environment, storage)
             : agreement_recipient(key, certificate.certificate, environment, storage);
}

/// RFC 5652 Section 6.1, with erratum 7833 of RFC 9483.
asn1::CMSVersion version_for(const RecipientInfo& recipient) {
  if (recipient.value.index() == RecipientInfo::pwri) return 3;
  const auto* transport = std::get_if<RecipientInfo::ktri>(&recipient.value);
  return transport != nullptr && transport->version == 0 ? 0 : 2;
}

/// G-05: what RFC 5652 gives, or what RFC 9483 prints.
bool is_version_for(const RecipientInfo& recipient, asn1::CMSVersion version) {
  const bool password = recipient.value.index() == RecipientInfo::pwri;
  return version == version_for(recipient) || version == (password ? 0 : 2);
}

Checked<SecretOctets> content_key(const RecipientInfo& recipient, const SecretOpener& opener, std::size_t size,
                                  const Environment& environment) {
  const auto* password = std::get_if<RecipientInfo::pwri>(&recipient.value);
  if (password == nullptr)
    return refuse_key(rules::G_06, "the request was protected by a MAC, but the key does not come under its secret");
  return open_recipient(*password, opener, size, environment);
}

Checked<SecretOctets> content_key(const RecipientInfo& recipient, const CertificateOpener& opener, std::size_t size,
                                  const Environment& environment) {
  if (const auto* transport = std::get_if<RecipientInfo::ktri>(&recipient.value))
    return open_recipient(*transport, opener, size);
  if (const auto* agreement = std::get_if<RecipientInfo::kari>(&recipient.value))
    return open_recipient(*agreement, opener, size, environment);
  return refuse_key(rules::G_06, "the request was signed, but the key comes neither by key transport nor by agreement");
}

}  // namespace

tl::expected<void, std::string> can_receive_keys(const CertificateView& certificate) {
  const auto technique = technique_of(certificate);
  if (!technique)
    return tl::unexpected("the key of " + certificate.name() + " can neither decrypt a key nor agree on one");
  const bool transport = *technique == Technique::transport;
  if (!certificate.allows(transport ? asn1::KeyUsage::keyEncipherment : asn1::KeyUsage::keyAgreement))
    return tl::unexpected("keyUsage of " + certificate.name() + " lacks " +
                          (transport ? "keyEncipherment" : "keyAgreement"));
  return {};
}

CryptoResult<Octets> seal(Bytes signed_data, const Recipient& recipient, const Environment& environment) {
  asn1::Storage storage;
  SecretOctets key(our_key_size);
  environment.random.fill(key);
  auto info = recipient_info(key, recipient, environment, storage);
  if (!info) return tl::unexpected(info.error());
  Octets iv(iv_size);
  environment.random.fill(iv);
  const auto encrypted = environment.crypto.key_management().encrypt(key, iv, signed_data);
  if (!encrypted) return tl::unexpected(encrypted.error());

  EnvelopedData envelope;
  envelope.version = version_for(*info);  // G-05
  envelope.recipientInfos.push_back(std::move(*info));
  asn1::EncryptedContentInfo& content = envelope.encryptedContentInfo;
  content.contentType = asn1::id_signedData;  // D-7: the SignedData itself
  content.contentEncryptionAlgorithm = {asn1::id_aes256_CBC, asn1::Any{storage.keep(asn1::encode(asn1::AesIv(iv)))}};
  content.encryptedContent = *encrypted;
  return asn1::encode(envelope);
}

Checked<SecretOctets> open(const EnvelopedData& envelope, const Opener& opener, const Environment& environment) {
  if (envelope.recipientInfos.size() != 1) return refuse_key(rules::G_03, "there is not exactly one RecipientInfo");
  const RecipientInfo& recipient = envelope.recipientInfos.front();
  if (!is_version_for(recipient, envelope.version))
    return refuse_key(rules::G_05, "the version of EnvelopedData is not that of its RecipientInfo");
  const asn1::EncryptedContentInfo& content = envelope.encryptedContentInfo;
  if (!content.encryptedContent) return refuse_key(rules::G_03, "encryptedContent is missing");
  const auto cipher = content_encryption_algorithm(content.contentEncryptionAlgorithm);
  if (!cipher) return refuse_key(rules::G_10, cipher.error().text);
  const auto key =
      std::visit([&](const auto& who) { return content_key(recipient, who, cipher->key_size, environment); }, opener);
  if (!key) return tl::unexpected(key.error());
  if (key->size() != cipher->key_size)
    return refuse_key(rules::G_10, "the content-encryption key is not of the size that its algorithm has");
  auto opened = environment.crypto.key_management().decrypt(*key, cipher->iv, *content.encryptedContent);
  if (!opened) return refuse_key(rules::G_03, "the key package cannot be decrypted: " + opened.error().text);
  return std::move(*opened);
}

}  // namespace cmpkit::cmp
