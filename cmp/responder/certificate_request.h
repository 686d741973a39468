// From the body of an ir, cr, kur or p10cr to one request for a certificate, with everything checked that the protocol
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

/// Checks the body, proof of possession, the requester's right to the subject and, for kur, the binding to the
/// certificate that is updated. `authorised.request` looks into `authorised` and `from`. A refusal is answered by a
/// rejection in ip, cp or kup (E-10).
std::optional<Refusal> authorise(const Authenticated& from, std::string_view endpoint_profile,
                                 const RequestPolicy& policy, Authorised& authorised, Trail& trail);

}  // namespace cmpkit::cmp
