// What the certificates of one kind look like: which wishes of a request are granted, which are cut down, and which
// lead to a refusal. Plain data with texts as a person writes them into a configuration; a CertificateAuthority checks
// them when it is created.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cmpkit::cmp {

struct CertificateProfile {
  /// The name by which a request asks for it: certProfile (H-83), or the endpoint `/.well-known/cmp/p/<name>`.
  std::string name;

  std::chrono::seconds validity = std::chrono::hours{365 * 24};  ///< where none is asked for; a longer one is cut down
  bool no_expiration = false;  ///< notAfter is 99991231235959Z (RFC 5280 Section 4.1.2.5) where no earlier one is asked
                               ///< for, whatever `validity` is, and also beyond the end of the CA's own certificate
  std::chrono::seconds backdate = std::chrono::minutes{1};  ///< notBefore lies before now, for clocks that are slow

  /// The keys that are certified, spelled as for PrivateKey::generate(): `ec:P-256`, `ed25519`, `ml-dsa-65`. `rsa:2048`
  /// stands for this size and larger ones; `ec`, `ml-dsa`, `slh-dsa` and `ml-kem` for all of their kind that we know.
  std::vector<std::string> keys = {"ec", "rsa:2048", "ed25519", "ed448", "ml-dsa", "slh-dsa"};

  // --- names

  /// Attributes that the subject must have, by the short names of asn1::parse_name(): `CN`, `serialNumber`.
  std::vector<std::string> subject_required = {};
  /// Attributes that the subject may have besides the required ones; empty: all.
  std::vector<std::string> subject_allowed = {};
  /// A name such as `/C=DE/O=Example` that every subject begins with: in place of what a request has of these types.
  std::string subject_fixed = {};
  /// The same for attributes of whose type a request has none.
  std::string subject_default = {};
  /// No certificate in force names the same subject for another holder.
  bool subject_unique = false;

  /// Patterns of the names that subjectAltName may hold: `DNS:*.example.com`, `IP:10.*`, `email:*`, `URI:urn:dev:*`,
  /// `dirName:*`, `RID:*`, `otherName:1.3.6.1.5.5.7.8.4` (the type only). `*` stands for any characters, `?` for one;
  /// letters count without case. Empty: all names.
  std::vector<std::string> names_allowed = {};
  /// For each of these patterns there must be a name.
  std::vector<std::string> names_required = {};

  // --- uses

  /// The keyUsage bits that may be asked for, as far as the key can be used so. keyCertSign and cRLSign are for a
  /// profile of CA certificates only.
  std::vector<std::string> key_usage = {"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment",
                                        "keyAgreement",     "encipherOnly",   "decipherOnly"};
  /// Where none are asked for, as far as the key can be used so. Empty: digitalSignature, or keyAgreement or
  /// keyEncipherment for a key that cannot sign.
  std::vector<std::string> default_key_usage = {};

  /// The purposes (extKeyUsage) that may be asked for, by name (`id-kp-clientAuth`) or dotted; `*`: all but cmcCA,
  /// cmcRA and cmKGA. Asking for another one is refused. One that makes its holder a CMP authority is given to
  /// everybody who asks once it stands here (RFC 9810 Section 8.10).
  std::vector<std::string> purposes = {"id-kp-clientAuth", "id-kp-serverAuth"};
  std::vector<std::string> default_purposes = {};  ///< where none are asked for; empty: no extKeyUsage

  /// The certificates are those of CAs: basicConstraints with cA and this pathLenConstraint at most.
  std::optional<unsigned> ca_path_length = {};

  // --- other extensions

  /// Further extensions that are taken over as asked for, by name or dotted; `*`: all. subjectAltName, keyUsage and
  /// extKeyUsage are understood without standing here; others are left out, or refused where they are critical.
  std::vector<std::string> extensions = {};
  /// Extensions that every certificate gets, in place of what is asked for: `1.2.3.4=DER:0500`, or
  /// `id-ce-certificatePolicies=critical,DER:30...` with the hexadecimal digits of the value.
  std::vector<std::string> added_extensions = {};

  /// Nothing is added that was not asked for but what belongs to the CA: the key identifiers and where CRL and CA
  /// certificate are found.
  bool as_requested = false;

  /// The certificates end so soon that they are never revoked: noRevAvail, and no CRL distribution point (RFC 9608).
  bool short_lived = false;

  /// Somebody has to approve each request: see Approvals.
  bool approval = false;
};

/// A profile that issues exactly what is asked for: any key that we know, any names, uses, purposes and extensions. CA
/// certificates and the purposes of CMP authorities it does not give.
CertificateProfile as_requested_profile();

/// A profile for devices: an EC key on P-256 at the least (or one as strong), a subject of its own with a commonName,
/// its device identifier `urn:dev:ops:...` (RFC 9039 Section 4.5) as subjectAltName, digitalSignature with
/// keyEncipherment or keyAgreement as the key allows, TLS client and server authentication.
CertificateProfile iot_device_profile();

/// A profile for IDevIDs, the certificates with which a manufacturer sends its devices into the world (IEEE 802.1AR): a
/// subject of their own with a serialNumber, no end, digitalSignature with keyEncipherment or keyAgreement as the key
/// allows, no extKeyUsage, and a hardwareModuleName (RFC 4108 Section 5) where one is asked for.
CertificateProfile idevid_profile();

}  // namespace cmpkit::cmp
