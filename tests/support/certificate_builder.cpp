#include "tests/support/certificate_builder.h"

#include <algorithm>
#include <array>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::test {

namespace {

/// Distinct, positive, and minimal as an INTEGER.
std::array<std::uint8_t, 8> next_serial() {
  std::array<std::uint8_t, 8> serial;
  cmp::system_random().fill(serial);
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3F) | 0x40);
  return serial;
}

}  // namespace

Octets key_id_of(Bytes public_key) {
  const std::array message{public_key};
  auto digest = cmp::botan_crypto().hash(cmp::identifier_of(cmp::Digest::sha256), message).value();
  digest.resize(20);
  return digest;
}

std::shared_ptr<const cmp::Signer> new_signer(std::string_view type, const cmp::SignatureChoice& choice) {
  return cmp::PrivateKey::generate(type).value().signer(choice).value();
}

CertificateBuilder::CertificateBuilder(std::string subject) : subject_(asn1::parse_name(subject).value()) {}

CertificateBuilder& CertificateBuilder::key(std::string type) {
  key_type_ = std::move(type);
  return *this;
}

CertificateBuilder& CertificateBuilder::key(std::shared_ptr<const cmp::Signer> signer) {
  signer_ = std::move(signer);
  return *this;
}

CertificateBuilder& CertificateBuilder::valid(cmp::Time from, cmp::Time until) {
  from_ = from;
  until_ = until;
  return *this;
}

CertificateBuilder& CertificateBuilder::ca(std::optional<std::int64_t> path_length) {
  extension(asn1::id_ce_basicConstraints, true, asn1::encode(asn1::BasicConstraints{true, path_length}));
  return key_usage({asn1::KeyUsage::keyCertSign, asn1::KeyUsage::cRLSign});
}

CertificateBuilder& CertificateBuilder::key_usage(std::vector<asn1::KeyUsage::Bit> bits) {
  asn1::KeyUsage usage;
  for (const auto bit : bits) usage.set(bit);
  return extension(asn1::id_ce_keyUsage, true, asn1::encode(usage));
}

CertificateBuilder& CertificateBuilder::purposes(asn1::ExtKeyUsageSyntax ids) {
  return extension(asn1::id_ce_extKeyUsage, false, asn1::encode(ids));
}

CertificateBuilder& CertificateBuilder::dns_name(std::string name) {
  asn1::GeneralName dns;
  dns.value.emplace<asn1::GeneralName::dNSName>(asn1::IA5String{name});
  return extension(asn1::id_ce_subjectAltName, false, asn1::encode(asn1::GeneralNames{dns}));
}

CertificateBuilder& CertificateBuilder::extension(asn1::Oid id, bool critical, Octets value) {
  return without(id).one_more_extension(id, critical, std::move(value));
}

CertificateBuilder& CertificateBuilder::one_more_extension(asn1::Oid id, bool critical, Octets value) {
  extensions_.push_back({id, critical, std::move(value)});
  return *this;
}

CertificateBuilder& CertificateBuilder::without(asn1::Oid id) {
  std::erase_if(extensions_, [&](const auto& e) { return e.id == id; });
  return *this;
}

CertificateBuilder& CertificateBuilder::without_key_ids() {
  key_ids_ = false;
  return *this;
}

CertificateBuilder& CertificateBuilder::version(asn1::Version version) {
  version_ = version;
  return *this;
}

CertificateBuilder& CertificateBuilder::issuer_name(std::string name) {
  issuer_name_ = asn1::parse_name(name).value();
  return *this;
}

Issued CertificateBuilder::self_signed() const {
  const auto own = own_signer();
  return {sign(own, subject_, key_id_of(own->public_key()), *own), own};
}

Issued CertificateBuilder::issued_by(const Issued& issuer) const {
  const auto own = own_signer();
  const auto view = cmp::CertificateView::decode(issuer.certificate).value();
  return {sign(own, view.subject().tlv, view.subject_key_id(), *issuer.signer), own};
}

std::shared_ptr<const cmp::Signer> CertificateBuilder::own_signer() const {
  return signer_ ? signer_ : new_signer(key_type_);
}

Octets CertificateBuilder::sign(std::shared_ptr<const cmp::Signer> own, Bytes issuer_name, Bytes issuer_key_id,
                                const cmp::Signer& issuer) const {
  const auto serial = next_serial();
  const auto key_id = key_id_of(own->public_key());
  const auto ski = asn1::encode(asn1::SubjectKeyIdentifier(key_id));
  asn1::AuthorityKeyIdentifier authority;
  authority.keyIdentifier = issuer_key_id;
  const auto aki = asn1::encode(authority);

  asn1::Certificate certificate;
  auto& tbs = certificate.tbsCertificate;
  tbs.version = version_;
  tbs.serialNumber.octets = serial;
  tbs.signature = issuer.algorithm();
  tbs.issuer.tlv = issuer_name_ ? Bytes(*issuer_name_) : issuer_name;
  tbs.validity = {asn1::Time::of(from_), asn1::Time::of(until_)};
  tbs.subject.tlv = subject_;
  tbs.subjectPublicKeyInfo = asn1::decode<asn1::SubjectPublicKeyInfo>(own->public_key()).value();
  asn1::Extensions extensions;
  for (const auto& extension : extensions_) extensions.push_back({extension.id, extension.critical, extension.value});
  if (key_ids_) extensions.push_back({asn1::id_ce_subjectKeyIdentifier, false, ski});
  if (key_ids_ && !issuer_key_id.empty()) extensions.push_back({asn1::id_ce_authorityKeyIdentifier, false, aki});
  if (!extensions.empty()) tbs.extensions = extensions;

  const auto signed_part = asn1::encode(tbs);
  const std::array message{Bytes(signed_part)};
  const auto signature = issuer.sign(message).value();
  certificate.signatureAlgorithm = issuer.algorithm();
  certificate.signature = {signature, 0};
  return asn1::encode(certificate);
}

}  // namespace cmpkit::test
