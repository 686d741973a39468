// What kind of message some octets are, found without reading them whole.
#pragma once

#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::asn1 {

/// The type of the body of a PKIMessage, by its tag alone; nothing where there is no such tag. Whatever else may be
/// wrong with the message.
std::optional<PKIBody::Type> body_type(Bytes message);

}  // namespace cmpkit::asn1
