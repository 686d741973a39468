// A certificate before it is signed, and the signing.
#pragma once

#include <array>

#include "cmpkit/asn1/extensions.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/environment.h"

namespace cmpkit::cmp {

/// Extensions under construction; owns the octets of their values.
class ExtensionList {
 public:
  /// `value` is the DER of the extension's value. The OID's octets must outlive the list.
  void add(asn1::Oid id, bool critical, Octets value) {
    extensions_.push_back({id, critical, storage_.keep(std::move(value))});
  }
  [[nodiscard]] const asn1::Extensions& all() const { return extensions_; }

 private:
  asn1::Storage storage_;
  asn1::Extensions extensions_;
};

/// DER of the subjectKeyIdentifier for this key (of a SubjectPublicKeyInfo): the leftmost 160 bits of the SHA-256
/// digest of its subjectPublicKey (RFC 7093 Section 2, method 1). `bad_key` where it cannot be read.
CryptoResult<Octets> subject_key_identifier_value(Bytes public_key, const Crypto& crypto);

/// DER of the authorityKeyIdentifier of what this CA issues: its own subjectKeyIdentifier, or where it has none the one
/// it would have from us.
CryptoResult<Octets> authority_key_identifier_value(const CertificateView& issuer, const Crypto& crypto);

/// A serial number of 20 octets (RFC 5280 Section 4.1.2.2), positive: the time, so that a store finds new ones beside
/// each other and lists them in the order of their issue, then 112 random bits.
using SerialNumber = std::array<std::uint8_t, 20>;
SerialNumber new_serial(Time now, Random& random);

/// All that makes a certificate but its signature. Views only.
struct CertificateContent {
  Bytes serial;
  asn1::Name issuer, subject;
  asn1::Validity validity;
  Bytes public_key;  // DER of the SubjectPublicKeyInfo
  const asn1::Extensions& extensions;
};

/// DER of the version 3 certificate.
CryptoResult<Octets> sign_certificate(const CertificateContent& content, const Signer& signer);

}  // namespace cmpkit::cmp
