#include "cmp/key_generation/signed_data.h"

#include <array>

#include "cmp/key_generation/recipient.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/table.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

using asn1::CertificateChoices;
using asn1::field;
using asn1::implicit_tag;
using asn1::SignerIdentifier;
using asn1::SignerInfo;

namespace {

/// SignedData as asn1/cms.h has it, but its certificates stand in any order: in CMS only signed attributes need be DER,
/// and G-04 wants the signer's certificate first.
struct OrderedSignedData {
  asn1::CMSVersion version = 0;
  asn1::DigestAlgorithmIdentifiers digestAlgorithms;
  asn1::EncapsulatedContentInfo encapContentInfo;
  std::optional<asn1::SequenceOf<CertificateChoices>> certificates;
  std::optional<asn1::RevocationInfoChoices> crls;
  asn1::SignerInfos signerInfos;
  static constexpr auto asn1 = asn1::sequence(
      field<&OrderedSignedData::version>, field<&OrderedSignedData::digestAlgorithms>,
      field<&OrderedSignedData::encapContentInfo>, field<&OrderedSignedData::certificates, implicit_tag<0>>,
      field<&OrderedSignedData::crls, implicit_tag<1>>, field<&OrderedSignedData::signerInfos>);
};

constexpr std::size_t most_certificates = 16;

/// The digest of content and attributes: that of the signature, or SHA-512 where the signature algorithm hashes by
/// itself (RFC 8419 Section 3.1, RFC 9882 Section 3.3, RFC 9814 Section 4).
CryptoResult<Digest> digest_for(const asn1::AlgorithmIdentifier& signature) {
  const auto algorithm = signature_algorithm(signature);
  if (!algorithm) return tl::unexpected(algorithm.error());
  return algorithm->digest.value_or(signature.algorithm == asn1::id_Ed448 ? Digest::shake256 : Digest::sha512);
}

CryptoResult<Octets> digest_of(Bytes content, const asn1::AlgorithmIdentifier& algorithm, const Crypto& crypto) {
  const std::array<Bytes, 1> pieces = {content};
  return crypto.hash(algorithm, pieces);
}

asn1::CMSAttribute attribute(asn1::Oid type, Octets value, asn1::Storage& storage) {
  asn1::CMSAttribute out;
  out.attrType = type;
  out.attrValues.push_back({storage.keep(std::move(value))});
  return out;
}

/// G-04: content-type and message-digest; signing-time may be left out.
asn1::SignedAttributes attributes_for(Octets digest, asn1::Storage& storage) {
  asn1::SignedAttributes out;
  out.push_back(attribute(asn1::id_contentType, asn1::encode(asn1::id_ct_KP_aKeyPackage), storage));
  out.push_back(attribute(asn1::id_messageDigest, asn1::encode(asn1::OctetString(digest)), storage));
  return out;
}

tl::unexpected<CryptoError> bad_credential(std::string text) {
  return tl::unexpected(CryptoError{CryptoError::Kind::bad_key, std::move(text)});
}

}  // namespace

CryptoResult<SecretOctets> sign_key_package(Bytes package, const SignatureCredential& credential,
                                            const Environment& environment) {
  const auto certificate = CertificateView::decode(credential.chain.front());
  if (!certificate || certificate->subject_key_id().empty())
    return bad_credential("the certificate that signs key packages has no subjectKeyIdentifier");
  const auto digest = digest_for(credential.signer->algorithm());
  if (!digest) return tl::unexpected(digest.error());
  const auto digest_algorithm = identifier_of(*digest);
  auto package_digest = digest_of(package, digest_algorithm, environment.crypto);
  if (!package_digest) return tl::unexpected(package_digest.error());

  asn1::Storage storage;
  SignerInfo info;
  info.version = 3;
  info.sid.value.emplace<SignerIdentifier::subjectKeyIdentifier>(certificate->subject_key_id());
  info.digestAlgorithm = digest_algorithm;
  info.signedAttrs = attributes_for(std::move(*package_digest), storage);
  info.signatureAlgorithm = credential.signer->algorithm();
  const Octets signed_part = asn1::encode(*info.signedAttrs);
  const std::array<Bytes, 1> pieces = {signed_part};
  const auto signature = credential.signer->sign(pieces);
  if (!signature) return tl::unexpected(signature.error());
  info.signature = *signature;

  OrderedSignedData data;
  data.version = 3;
  data.digestAlgorithms.push_back(digest_algorithm);
  data.encapContentInfo = {asn1::id_ct_KP_aKeyPackage, package};
  auto& certificates = data.certificates.emplace();
  for (const Octets& each : credential.chain)
    certificates.emplace_back().value.emplace<CertificateChoices::certificate>(asn1::Encoded<asn1::Certificate>{each});
  data.signerInfos.push_back(std::move(info));
  return into_secret(asn1::encode(data));
}

namespace {

/// One signed SignedData on its way through the checks.
class Verifying {
 public:
  Verifying(const OrderedSignedData& data, PackageForm form, const Environment& environment)
      : data_(data), form_(form), environment_(environment) {}

  Checked<VerifiedPackage> verify() const {
    if (const auto fault = fault_of_form(); !fault.empty()) return refuse_key(rules::G_04, fault);
    const SignerInfo& info = data_.signerInfos.front();
    if (const auto fault = fault_of_attributes(info); !fault.empty()) return refuse_key(rules::G_04, fault);
    auto certificates = certificates_of();
    auto signer = signer_of(info, certificates);
    if (!signer) return tl::unexpected(signer.error());
    const Octets signed_part = asn1::encode(*info.signedAttrs);  // RFC 5652 Section 5.4: as SET OF; DER as received
    const std::array<Bytes, 1> pieces = {signed_part};
    const auto algorithm = algorithm_of(info);
    const auto right = environment_.crypto.verify(algorithm, signer->public_key(), pieces, info.signature);
    if (!right) return refuse_key(rules::G_04, "the signature of the key package: " + right.error().text);
    return VerifiedPackage{*data_.encapContentInfo.eContent, std::move(*signer), std::move(certificates)};
  }

 private:
  bool tolerant() const { return form_ == PackageForm::tolerant; }

  std::string_view fault_of_form() const {
    const bool by_key_id = !data_.signerInfos.empty() &&
                           data_.signerInfos.front().sid.value.index() == SignerIdentifier::subjectKeyIdentifier;
    if (data_.version != 3 && !(tolerant() && data_.version == 1)) return "the version of SignedData is not 3";
    if (data_.digestAlgorithms.size() != 1) return "there is not exactly one digestAlgorithm";
    if (!(content_type() == asn1::id_ct_KP_aKeyPackage) && !(tolerant() && content_type() == asn1::id_data))
      return "the content is not of the type id-ct-KP-aKeyPackage";
    if (!data_.encapContentInfo.eContent) return "eContent is missing";
    if (data_.signerInfos.size() != 1) return "there is not exactly one SignerInfo";
    const SignerInfo& info = data_.signerInfos.front();
    if (!(info.version == 3 && by_key_id) && !(tolerant() && info.version == 1 && !by_key_id))
      return "SignerInfo is not of version 3 with a subjectKeyIdentifier";
    if (!(info.digestAlgorithm.algorithm == data_.digestAlgorithms.front().algorithm))
      return "SignerInfo and SignedData name different digests";
    return {};
  }

  const asn1::Oid& content_type() const { return data_.encapContentInfo.eContentType; }

  /// The one value of the one attribute of this type; empty where there is not exactly one.
  static Bytes attribute_of(const SignerInfo& info, asn1::Oid type) {
    Bytes out;
    for (const asn1::CMSAttribute& each : *info.signedAttrs) {
      if (!(each.attrType == type)) continue;
      if (!out.empty() || each.attrValues.size() != 1) return {};
      out = each.attrValues.front().tlv;
    }
    return out;
  }

  std::string fault_of_attributes(const SignerInfo& info) const {
    if (!info.signedAttrs) return "signedAttrs are missing";
    const auto type = asn1::decode<asn1::Oid>(attribute_of(info, asn1::id_contentType));
    if (!type || !(*type == content_type())) return "the attribute content-type is not that of the content";
    const auto digest = digest_for(algorithm_of(info));
    if (!digest) return digest.error().text;
    const auto named = digest_algorithm(info.digestAlgorithm);
    if (!named) return named.error().text;
    if (*named != *digest) return "digestAlgorithm does not go with signatureAlgorithm";  // RFC 8933
    const auto found = digest_of(*data_.encapContentInfo.eContent, identifier_of(*digest), environment_.crypto);
    const auto told = asn1::decode<asn1::OctetString>(attribute_of(info, asn1::id_messageDigest));
    if (!found || !told || !same_octets(*found, *told))
      return "the attribute message-digest is not that of the content";
    return {};
  }

  /// RFC 3370 Section 3.2: CMS also names RSA signatures by rsaEncryption, the digest standing elsewhere; RFC 9483 does
  /// not.
  asn1::AlgorithmIdentifier algorithm_of(const SignerInfo& info) const {
    if (!tolerant() || !(info.signatureAlgorithm.algorithm == asn1::rsaEncryption)) return info.signatureAlgorithm;
    const auto digest = info.digestAlgorithm.algorithm;
    const auto id = digest == asn1::id_sha512   ? asn1::sha512WithRSAEncryption
                    : digest == asn1::id_sha384 ? asn1::sha384WithRSAEncryption
                                                : asn1::sha256WithRSAEncryption;
    return {id, asn1::null_value};
  }

  std::vector<asn1::CMPCertificate> certificates_of() const {
    std::vector<asn1::CMPCertificate> out;
    if (!data_.certificates) return out;
    for (const CertificateChoices& each : *data_.certificates)
      if (const auto* certificate = std::get_if<CertificateChoices::certificate>(&each.value))
        if (out.size() < most_certificates) out.push_back({certificate->tlv});
    return out;
  }

  static Checked<CertificateView> signer_of(const SignerInfo& info,
                                            const std::vector<asn1::CMPCertificate>& certificates) {
    for (const asn1::CMPCertificate& each : certificates) {
      auto certificate = CertificateView::decode(each.tlv);
      if (certificate && names(info.sid, *certificate)) return std::move(*certificate);
    }
    return refuse_key(rules::G_04, "the certificate of the signer is missing");
  }

  const OrderedSignedData& data_;
  PackageForm form_;
  const Environment& environment_;
};

}  // namespace

Checked<VerifiedPackage> verify_key_package(Bytes signed_data, PackageForm form, const Environment& environment) {
  if (form == PackageForm::tolerant)  // D-7
    if (const auto wrapped = asn1::decode<asn1::ContentInfo>(signed_data);
        wrapped && wrapped->contentType == asn1::id_signedData)
      signed_data = wrapped->content.tlv;
  const auto data = asn1::decode<OrderedSignedData>(signed_data);
  if (!data) return refuse_key(rules::G_03, "SignedData: " + data.error().text());
  return Verifying(*data, form, environment).verify();
}

}  // namespace cmpkit::cmp
