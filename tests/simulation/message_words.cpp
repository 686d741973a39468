#include "tests/simulation/message_words.h"

#include <fmt/format.h>

#include "cmpkit/asn1/pkimessage.h"

namespace cmpkit::simulation {

namespace {

std::string beginning(const std::optional<asn1::OctetString>& value) {
  return value && !value->empty() ? fmt::format("{:02x}", value->front()) : "--";
}

}  // namespace

std::string in_words(Bytes octets) {
  const auto message = asn1::decode<asn1::PKIMessage>(octets);
  if (!message) return "no message";
  const asn1::PKIHeader& header = message->header;
  return fmt::format("{} {} {} after {}", beginning(header.transactionID), asn1::name_of(message->body.type()),
                     beginning(header.senderNonce), beginning(header.recipNonce));
}

}  // namespace cmpkit::simulation
