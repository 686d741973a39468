// Records as octets, and back: DER of our own declarations, with the version of the encoding in front. What was written
// by an earlier version is read as well. What is a column of its own in every table, the version of the state, is not
// in the octets.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "cmpkit/cmp/store_records.h"

namespace cmpkit::store {

Octets encode(const cmp::Transaction& transaction);
Octets encode(const cmp::IssuedCertificate& certificate);  // without its request
Octets encode(const cmp::StoredSecret& secret);
Octets encode(const cmp::StoredApproval& approval);
Octets encode(const cmp::StoredDevice& device);

/// The error is a sentence: the octets are damaged, or of a later version.
template <class T>
using Decoded = tl::expected<T, std::string>;

Decoded<cmp::Transaction> decode_transaction(Bytes record);
Decoded<cmp::IssuedCertificate> decode_certificate(Bytes record);
Decoded<cmp::StoredSecret> decode_secret(Bytes record);
Decoded<cmp::StoredApproval> decode_approval(Bytes record);
Decoded<cmp::StoredDevice> decode_device(Bytes record);

}  // namespace cmpkit::store
