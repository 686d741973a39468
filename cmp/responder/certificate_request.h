// From the body of an ir, cr, kur or p10cr to requests for certificates, with everything checked that the protocol
// asks to be checked before an authority decides (RFC 9483 Sections 4.1 and 5.1.1).
#pragma once

#include "cmp/responder/bodies.h"

namespace cmpkit::cmp {

/// What the checks are made against.
struct RequestPolicy {
  const ResponderConfiguration& configuration;
  Authority& authority;
  Store& store;
  const Environment& environment;
};

/// A request for a certificate that this sender may ask for, of a key it possesses.
struct Authorised {
  CertificateRequest request;
  bool subject_mapped = false;  // the subject is not the one asked for, but what the permission makes of the requester
  bool changed_by_policy = false;  // subject or extensions are not those asked for
  bool granted_by_policy = false;  // which then is told what comes of it
  // What `request` looks into:
  Octets subject;
  Octets public_key;
  Octets certification_request;
  Octets changed_extensions;
  Octets key_package;  // of a key that was made here: DER of the EnvelopedData that delivers it
  std::optional<asn1::Extensions> extensions;
  std::optional<asn1::OptionalValidity> validity;
  std::string profile;
  std::vector<Expectation> expectations;  // what was found in the store
};

/// Reads request number `index` of the body, and checks its id and its proof of possession; one that asks for a key has
/// none. `out` looks into the request.
std::optional<Refusal> take_request(const Admitted& operation, std::size_t index, const Crypto& crypto, Authorised& out,
                                    Trail& trail);

/// Says by `out.request` what is asked for, once it is taken, and checks the requester's right to profile and subject
/// (the subject of a kur is bound to its certificate).
std::optional<Refusal> describe_request(const Admitted& operation, std::size_t index, Authorised& out, Trail& trail);

/// Checks request number `index` of the body: its template, proof of possession, the requester's right to the subject
/// and, for kur, the binding to the certificate that is updated. `authorised.request` looks into `authorised` and
/// `operation`. A refusal is answered by a rejection in ip, cp or kup (E-10).
std::optional<Refusal> authorise(const Admitted& operation, std::size_t index, const RequestPolicy& policy,
                                 Authorised& authorised, Trail& trail);

}  // namespace cmpkit::cmp
