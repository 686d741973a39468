// What the certificates of one kind look like: which wishes of a request are granted, which are cut down, and which
// lead to a refusal. Plain data with texts as a person writes them into a configuration; a CertificateAuthority checks
// them when it is created.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace cmpkit::cmp {

struct CertificateProfile {
  /// The name by which a request asks for it: certProfile (H-83), or the endpoint `/.well-known/cmp/p/<name>`.
  std::string name;

  std::chrono::seconds validity = std::chrono::hours{365 * 24};  ///< where none is asked for; a longer one is cut down
  std::chrono::seconds backdate = std::chrono::minutes{1};  ///< notBefore lies before now, for clocks that are slow

  /// The keys that are certified, spelled as for PrivateKey::generate(): `ec:P-256`, `ed25519`, `ml-dsa-65`. `rsa:2048`
  /// stands for this size and larger ones; `ec`, `ml-dsa`, `slh-dsa` and `ml-kem` for all of their kind that we know.
  std::vector<std::string> keys = {"ec", "rsa:2048", "ed25519", "ed448", "ml-dsa", "slh-dsa"};

  /// The keyUsage bits that may be asked for, as far as the key can be used so; keyCertSign and cRLSign are never
  /// given. Where none are asked for a certificate gets digitalSignature, or keyAgreement or keyEncipherment for a key
  /// that cannot sign.
  std::vector<std::string> key_usage = {"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment",
                                        "keyAgreement",     "encipherOnly",   "decipherOnly"};

  /// The purposes (extKeyUsage) that may be asked for, by name (`id-kp-clientAuth`) or dotted. Asking for another one
  /// is refused. One that makes its holder a CMP authority (cmcCA, cmcRA, cmKGA) is given to everybody who asks once it
  /// stands here (RFC 9810 Section 8.10).
  std::vector<std::string> purposes = {"id-kp-clientAuth", "id-kp-serverAuth"};
  std::vector<std::string> default_purposes = {};  ///< where none are asked for; empty: no extKeyUsage

  /// Further extensions that are taken over as asked for, by name or dotted. subjectAltName, keyUsage and extKeyUsage
  /// are understood without standing here; others are left out, or refused where they are critical.
  std::vector<std::string> extensions = {};
};

}  // namespace cmpkit::cmp
