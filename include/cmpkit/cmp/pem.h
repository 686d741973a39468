// PEM (RFC 7468): labelled base64 around DER. Works on texts, not on files: reading files is the caller's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cmpkit/cmp/crypto.h"

namespace cmpkit::cmp {

struct PemBlock {
  std::string label;  // `CERTIFICATE`
  Octets der;
};

/// All blocks of a text, in their order; what stands outside them is passed over, as RFC 7468 Section 2 wants. No block
/// gives an empty list. `failure` names the line where a block has no end, another label at its end, headers inside it
/// (RFC 1421: the encryption of OpenSSL's traditional keys), or is no base64.
CryptoResult<std::vector<PemBlock>> decode_pem(std::string_view text);

/// One block, with lines of 64 characters.
std::string encode_pem(std::string_view label, Bytes der);

/// The certificates of a file: every CERTIFICATE block of PEM, or the one certificate that is the whole file in DER.
/// Their DER is not looked into. An error where there is none.
CryptoResult<std::vector<Octets>> read_certificates(Bytes file);

/// The CRLs of a file: every X509 CRL block of PEM, or the one CRL that is the whole file in DER. An error where there
/// is none.
CryptoResult<std::vector<Octets>> read_crls(Bytes file);

/// The PKCS #10 request of a file, PEM (CERTIFICATE REQUEST, NEW CERTIFICATE REQUEST) or DER.
CryptoResult<Octets> read_certification_request(Bytes file);

}  // namespace cmpkit::cmp
