// An upstream that is a program: a CA that knows no CMP, reached through a script of the operator's.
//
// It gets a PKCS #10 request (PEM) on its standard input and prints the certificate (PEM). In its environment stand
// CMPKIT_ID (32 hexadecimal digits, the same each time this request is asked about), CMPKIT_PROFILE, CMPKIT_SUBJECT (as
// `openssl -subj` takes it), CMPKIT_PUBLIC_KEY (PEM, of the device) and CMPKIT_SIGNED_BY_DEVICE (yes; or no: then it is
// the RA that signed the request, whose signature is none by the key in it). It ends with
//   0   granted
//   75  not decided yet: it is asked again later; the first line of its standard error tells the client why
//   another one: refused, and why likewise
// The program that revokes gets the certificate (PEM), and the number of the CRLReason as CMPKIT_REASON; it ends so,
// too.
#pragma once

#include "cmpkit/cmp/certifier.h"
#include "tools/ra_configuration.h"

namespace cmpkit::tools {

/// The options for certifier_authority(). `chain`: the certificate that issues and those above it.
cmp::CertifierAuthorityOptions certifier_options(const UpstreamEntry& entry, const std::vector<Octets>& chain,
                                                 std::shared_ptr<const cmp::Signer> signer);

}  // namespace cmpkit::tools
