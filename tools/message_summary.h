// One CMP message in one line.
#pragma once

#include <optional>
#include <string>

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/crypto.h"

namespace cmpkit::tools {

/// Texts from the message as it is: nothing of it is verified.
struct MessageSummary {
  std::string type;        // ir
  std::string protection;  // `signed by CN=Device (ecdsa-with-SHA256)`, `MAC (PBM) with reference dev1`, `unprotected`
  std::string content;     // `asks for CN=Device, key ec:P-256`; empty: the type says all
};

MessageSummary summarize_message(const asn1::PKIMessage& message, const cmp::Crypto& crypto);

/// The same of octets; nothing where they are no PKIMessage.
std::optional<MessageSummary> summarize_message(Bytes der, const cmp::Crypto& crypto);

/// `ir, signed by ...: asks for ...`
std::string one_line(const MessageSummary& summary);

}  // namespace cmpkit::tools
