// Looking up what a requester may do (V-37, R-07).
#pragma once

#include "cmp/responder/pipeline.h"

namespace cmpkit::cmp {

/// What is wrong with these permissions, in words.
tl::expected<void, std::string> check_permissions(const std::vector<Permission>& permissions);

/// The first permission that is about this sender and allows the operation; null: there is none. `approved`: whether
/// an RA approved the request.
const Permission* find_permission(const std::vector<Permission>& permissions, const Authenticated& from,
                                  asn1::PKIBody::Type operation, bool approved);

/// The first permission that lets this sender act for others, in this operation if one is given; null: there is none.
const Permission* find_approver(const std::vector<Permission>& permissions, const Authenticated& from,
                                std::optional<asn1::PKIBody::Type> operation);

/// The subject of the certificate for who asks for `asked` (DER of a Name): `asked` itself, or the name that the
/// permission's pattern gives. A refusal by R-07 where the requester must not ask for that.
Checked<Octets> permitted_subject(const SubjectRule& rule, const Requester& requester, asn1::Name asked);

}  // namespace cmpkit::cmp
