// An RA downstream of the world's responder: what it puts around the messages of others.
#pragma once

#include <vector>

#include "tests/support/crafted.h"

namespace cmpkit::cmp::test {

/// A credential with id-kp-cmcRA, of the world's vendor.
SignatureCredential ra_credential(const World& world, const std::string& subject = "/CN=RA");

/// A permission for whoever has id-kp-cmcRA to do this for others.
Permission ra_permission(std::set<asn1::PKIBody::Type> operations);

/// The message in a nested one that approves it (RFC 9483 Section 5.2.2.1); `change` is made before protection, to
/// header and extraCerts only.
Octets approving(const World& world, const Credential& ra, const Octets& message, const Edit& change = {});

/// The messages in a nested one with its own transactionID (RFC 9483 Section 5.2.2.2).
Octets batch_of(const World& world, const Credential& ra, const std::vector<Octets>& messages, const Edit& change = {});

/// The messages in a nested one.
std::vector<Octets> messages_of(Bytes nested);

}  // namespace cmpkit::cmp::test
