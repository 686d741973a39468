// A client's transaction as octets, and back. The encoding is ours alone; its first number is its version.
#pragma once

#include "cmp/end_entity/machine.h"

namespace cmpkit::cmp {

/// What is saved. The transaction is in a state in which something is awaited.
struct SavedTransaction {
  asn1::PKIBody::Type operation{};  // type of its request
  Octets identity;                  // digest of what must be the same when it is gone on with
  Octets mac_algorithm;             // DER of our protectionAlg; empty: we sign
  client::Transaction transaction;
};

Octets encode(const SavedTransaction& saved);

/// Nothing where the octets are no saved transaction of this version, or one that no machine can be in.
std::optional<SavedTransaction> decode_saved(Bytes octets);

}  // namespace cmpkit::cmp
