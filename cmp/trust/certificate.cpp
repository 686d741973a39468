#include "cmpkit/cmp/certificate.h"

#include <algorithm>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"

namespace cmpkit::cmp {

namespace {

asn1::Error refusal(std::string_view expected, std::string_view found, std::string_view field) {
  asn1::Error error;
  error.expected = expected;
  error.found = found;
  error.push({field});
  error.push({"tbsCertificate"});
  return error;
}

bool same(const asn1::AlgorithmIdentifier& a, const asn1::AlgorithmIdentifier& b) {
  const auto parameters = [](const auto& algorithm) {
    return algorithm.parameters ? algorithm.parameters->tlv : Bytes();
  };
  return a.algorithm == b.algorithm && same_octets(parameters(a), parameters(b));
}

bool repeats(const asn1::Extensions& extensions) {
  std::vector<asn1::Oid> ids;
  ids.reserve(extensions.size());
  for (const auto& extension : extensions) ids.push_back(extension.extnID);
  std::ranges::sort(ids, [](asn1::Oid a, asn1::Oid b) { return a < b; });
  return std::ranges::adjacent_find(ids) != ids.end();
}

template <class T, class Member>
asn1::Result<void> read_into(Member& member, const asn1::Extension& extension, std::string_view name) {
  auto value = asn1::decode<T>(extension.extnValue);
  if (value) {
    member = std::move(*value);
    return {};
  }
  value.error().push({name});
  value.error().push({"extensions"});
  value.error().push({"tbsCertificate"});
  return tl::unexpected(value.error());
}

std::string hexadecimal(Bytes octets) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto octet : octets) (out += digits[octet >> 4U]) += digits[octet & 0x0FU];
  return out;
}

}  // namespace

asn1::Result<CertificateView> CertificateView::decode(Bytes der) {
  CertificateView view;
  auto certificate = asn1::decode<asn1::Certificate>(der);
  if (!certificate) return tl::unexpected(certificate.error());
  view.octets_ = der;
  view.certificate_ = std::move(*certificate);
  const auto& tbs = view.certificate_.tbsCertificate;
  if (!same(tbs.signature, view.certificate_.signatureAlgorithm))
    return tl::unexpected(refusal("the signatureAlgorithm", "another algorithm", "signature"));
  if (tbs.version == asn1::Version::v1 && (tbs.issuerUniqueID || tbs.subjectUniqueID))
    return tl::unexpected(refusal("v2 or v3, as there are unique identifiers", "v1", "version"));
  if (tbs.version != asn1::Version::v3 && tbs.extensions)
    return tl::unexpected(refusal("v3, as there are extensions", "v1 or v2", "version"));
  if (tbs.extensions)
    if (auto read = view.read_extensions(); !read) return tl::unexpected(read.error());
  return view;
}

asn1::Result<void> CertificateView::read_extensions() {
  const auto& extensions = *certificate_.tbsCertificate.extensions;
  if (repeats(extensions)) return tl::unexpected(refusal("one extension with an OID", "two", "extensions"));
  for (const auto& extension : extensions)
    if (auto read = read_extension(extension); !read) return read;
  return {};
}

asn1::Result<void> CertificateView::read_extension(const asn1::Extension& extension) {
  const auto id = extension.extnID;
  if (id == asn1::id_ce_keyUsage) return read_into<asn1::KeyUsage>(key_usage_, extension, "keyUsage");
  if (id == asn1::id_ce_basicConstraints)
    return read_into<asn1::BasicConstraints>(basic_constraints_, extension, "basicConstraints");
  if (id == asn1::id_ce_subjectKeyIdentifier)
    return read_into<asn1::SubjectKeyIdentifier>(subject_key_id_, extension, "subjectKeyIdentifier");
  if (id == asn1::id_ce_extKeyUsage)
    return read_into<asn1::ExtKeyUsageSyntax>(extended_key_usage_, extension, "extKeyUsage");
  if (id == asn1::id_ce_subjectAltName)
    return read_into<asn1::SubjectAltName>(subject_alt_names_, extension, "subjectAltName");
  if (id == asn1::id_ce_authorityKeyIdentifier) {
    asn1::AuthorityKeyIdentifier authority;
    if (auto read = read_into<asn1::AuthorityKeyIdentifier>(authority, extension, "authorityKeyIdentifier"); !read)
      return read;
    authority_key_id_ = authority.keyIdentifier.value_or(Bytes());
  }
  return {};
}

std::chrono::sys_seconds CertificateView::not_before() const {
  return certificate_.tbsCertificate.validity.notBefore.time();
}

std::chrono::sys_seconds CertificateView::not_after() const {
  return certificate_.tbsCertificate.validity.notAfter.time();
}

// It follows the subject, and its last field is the BIT STRING.
Bytes CertificateView::public_key() const {
  const auto& tbs = certificate_.tbsCertificate;
  const auto* begin = tbs.subject.tlv.data() + tbs.subject.tlv.size();
  const auto key = tbs.subjectPublicKeyInfo.subjectPublicKey.octets;
  return {begin, key.data() + key.size()};
}

bool CertificateView::has_purpose(asn1::Oid purpose) const {
  return std::ranges::find(extended_key_usage_, purpose) != extended_key_usage_.end();
}

const asn1::Extension* CertificateView::extension(asn1::Oid id) const {
  return asn1::find_extension(certificate_.tbsCertificate.extensions, id);
}

bool CertificateView::is_self_issued() const { return asn1::same_name(subject(), issuer()); }

std::string CertificateView::name() const {
  if (!same_octets(subject().tlv, asn1::null_dn.tlv)) return asn1::name_text(subject());
  return "with serial number " + hexadecimal(serial().octets);
}

}  // namespace cmpkit::cmp
