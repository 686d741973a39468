// Wrong messages on purpose: a valid message, a named change, and fresh protection so that nothing but the change is
// wrong.
#pragma once

#include <functional>

#include "cmpkit/asn1/pkimessage.h"
#include "tests/support/world.h"

namespace cmpkit::cmp::test {

using Edit = std::function<void(asn1::PKIMessage&)>;

/// The message with the change made, protected again by the credential.
Octets changed(Bytes message, const Credential& credential, const World& world, const Edit& change);

/// The message with the change made, its protection left as it is (so it is wrong where header or body changed).
Octets changed_without_protection(Bytes message, const Edit& change);

/// Proves possession again after the template of the only request has changed; `storage` keeps what it points to.
void prove_again(asn1::PKIMessage& message, const Signer& key, Octets& storage);

}  // namespace cmpkit::cmp::test
