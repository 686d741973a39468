// Central key generation (RFC 9483 Section 4.1.6, RFC 9810 Section 5.2.2): the server makes the key pair, and delivers
// the private key with the certificate: in a key package that a key generation authority (KGA) signs, encrypted to who
// asked. What is encrypted to is the key in the certificate that signed the request (key transport to RSA, key
// agreement with EC), or the secret that its MAC is made with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cmpkit/cmp/credential.h"
#include "cmpkit/cmp/key_management.h"
#include "cmpkit/cmp/trust.h"

namespace cmpkit::cmp {

/// A server that makes keys.
struct KeyGenerationAuthority {
  SignatureCredential
      credential;  // signs the key packages; its certificate has id-kp-cmKGA, or is the issuing CA's own
  std::vector<std::string> key_types = {"ec:P-256"};  // that may be asked for, as for PrivateKey::generate(); the first
                                                      // is made where none is asked for
  KeyTransport key_transport;                         // to RSA keys
  std::int64_t iterations = 100'000;  // of PBKDF2, where a key is delivered under a shared secret; what clients accept
  std::size_t min_secret = 16;        // octets that such a secret must have: 128 bits at the best (G-13)
  bool any_pvno = false;              // requests of pvno 2 are taken as well, as OpenSSL 3.5 sends them (G-01)
};

/// A client that has its key made.
struct CentralKey {
  std::string type;  // to ask for, by the names of key_type_named(): `ec:P-256`, `rsa`; empty: the server's choice
  std::shared_ptr<const Decryptor> decryptor;  // of the credential's key, where that signs; a secret opens by itself
  const TrustStore* trust = nullptr;           // anchors for the KGA; null: those for signed responses
};

}  // namespace cmpkit::cmp
