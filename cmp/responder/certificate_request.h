// From the body of an ir, cr, kur or p10cr to requests for certificates, with everything checked that the protocol
// asks to be checked before an authority decides (RFC 9483 Sections 4.1 and 5.1.1).
#pragma once

#include "cmp/responder/pipeline.h"

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
  // What `request` looks into:
  Octets subject;
  Octets public_key;
  Octets certification_request;
  Octets key_package;  // of a key that was made here: DER of the EnvelopedData that delivers it
  std::optional<asn1::Extensions> extensions;
  std::optional<asn1::OptionalValidity> validity;
  std::string profile;
  std::vector<Expectation> expectations;  // what was found in the store
};

/// How many requests for certificates the body holds.
std::size_t request_count(const asn1::PKIBody& body);
/// The certReqId to answer request number `index` with; -1 for a p10cr (N-02).
std::int64_t request_id(const asn1::PKIBody& body, std::size_t index);

/// Checks request number `index` of the body: its template, proof of possession, the requester's right to the subject
/// and, for kur, the binding to the certificate that is updated. `authorised.request` looks into `authorised` and
/// `operation`. A refusal is answered by a rejection in ip, cp or kup (E-10).
std::optional<Refusal> authorise(const Admitted& operation, std::size_t index, const RequestPolicy& policy,
                                 Authorised& authorised, Trail& trail);

}  // namespace cmpkit::cmp
