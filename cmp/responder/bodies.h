// Bodies of answers that a CA and an RA make alike, and what they read in requests.
#pragma once

#include "cmp/responder/pipeline.h"

namespace cmpkit::cmp {

/// How many requests for certificates the body holds.
std::size_t request_count(const asn1::PKIBody& body);
/// The certReqId to answer request number `index` with; -1 for a p10cr (N-02).
std::int64_t request_id(const asn1::PKIBody& body, std::size_t index);

/// The CertRepMessage of the body that answers a request of this type.
asn1::CertRepMessage& set_response(asn1::PKIBody& body, asn1::PKIBody::Type request);

/// ip, cp or kup that refuses each request of an ir, cr, kur or p10cr (E-10).
Response all_rejected(const asn1::PKIBody& body, const Refusal& refusal);

/// An error message in the place of the operation's own response.
Response error_answer(Refusal refusal);

/// DL-01: ip, cp or kup of status waiting to a certificate request, an error of that status to anything else.
asn1::PKIBody waiting_body(const asn1::PKIBody& request, const Waiting& waiting, asn1::Storage& storage);

/// DL-04: pollRep with the certReqIds of the pollReq.
asn1::PKIBody poll_response(const asn1::PKIBody& poll, const Waiting& waiting, asn1::Storage& storage);

/// DL-03: the pollReq names what of this request a client may poll for.
std::optional<Refusal> check_poll(const asn1::PKIBody& poll, const asn1::PKIBody& request);

}  // namespace cmpkit::cmp
