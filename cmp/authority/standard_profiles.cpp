#include "cmpkit/cmp/certificate_profile.h"

namespace cmpkit::cmp {

CertificateProfile as_requested_profile() {
  CertificateProfile out;
  out.name = "as-requested";
  out.keys = {"ec", "rsa:2048", "ed25519", "ed448", "ml-dsa", "slh-dsa", "x25519", "x448", "ml-kem"};
  out.purposes = {"*"};
  out.extensions = {"*"};
  out.as_requested = true;
  return out;
}

CertificateProfile iot_device_profile() {
  CertificateProfile out;
  out.name = "iot-device";
  out.keys = {"ec", "rsa:3072", "ed25519", "ed448"};
  out.subject_required = {"CN"};
  out.subject_unique = true;
  // RFC 9039 Section 4.5: the organization's number, its product, the serial number
  out.names_required = {"URI:urn:dev:ops:?*-?*-?*"};
  out.key_usage = {"digitalSignature", "keyEncipherment", "keyAgreement"};
  out.default_key_usage = out.key_usage;
  out.purposes = {"id-kp-clientAuth", "id-kp-serverAuth"};
  out.default_purposes = out.purposes;
  return out;
}

CertificateProfile idevid_profile() {
  CertificateProfile out;
  out.name = "idevid";
  out.no_expiration = true;
  out.keys = {"ec", "rsa:2048", "ed25519", "ed448", "ml-dsa"};
  out.subject_required = {"serialNumber"};
  out.subject_unique = true;
  out.names_allowed = {"otherName:1.3.6.1.5.5.7.8.4"};  // hardwareModuleName
  out.key_usage = {"digitalSignature", "keyEncipherment", "keyAgreement"};
  out.default_key_usage = out.key_usage;
  out.purposes = {};
  return out;
}

}  // namespace cmpkit::cmp
