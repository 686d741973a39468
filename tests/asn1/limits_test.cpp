// Decoding takes on no more than it was told to.
#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

template <class T>
std::string refusal_within(const Octets& octets, Limits limits) {
  const auto value = decode<T>(octets, limits);
  REQUIRE_FALSE(value);
  return value.error().text();
}

/// A message in so many others.
Octets nested(int levels) {
  PKIMessage message;
  message.body.set<PKIBody::pkiconf>();
  for (int i = 0; i < levels; ++i) {
    PKIMessage outer;
    outer.body.set<PKIBody::nested>().push_back(std::move(message));
    message = std::move(outer);
  }
  return encode(message);
}

/// SEQUENCEs within each other, as one unknown value.
Octets deep_any(int levels) {
  std::string notation = "05 00";
  for (int i = 0; i < levels; ++i) notation = "30{" + notation + "}";
  return der(notation);
}

}  // namespace

TEST_CASE("the size of the input is limited") {
  const Octets octets = read_data("openssl/ec-pbm-ir.der");
  Limits limits;
  limits.octets = octets.size();
  CHECK(decode<PKIMessage>(octets, limits));
  limits.octets = octets.size() - 1;
  CHECK(refusal_within<PKIMessage>(octets, limits) ==
        "expected a smaller input, found one above the limit at offset 0");
}

TEST_CASE("the number of elements is limited, in all lists together") {
  Limits limits;
  limits.elements = 4;
  CHECK(decode<PollReqContent>(encode(PollReqContent(4)), limits));
  CHECK(refusal_within<PollReqContent>(encode(PollReqContent(5)), limits) ==
        "expected fewer elements, found too many at offset 2");
  RevRepContent content;
  content.status.resize(3);
  content.revCerts.emplace(1);
  CHECK(decode<RevRepContent>(encode(content), limits));
  content.revCerts->resize(2);
  CHECK(refusal_within<RevRepContent>(encode(content), limits) ==
        "revCerts: expected fewer elements, found too many at offset 23");
}

TEST_CASE("the depth of nested messages is limited") {
  CHECK(decode<PKIMessage>(nested(1)));
  CHECK(decode<PKIMessage>(nested(14)));
  const auto value = decode<PKIMessage>(nested(40));
  REQUIRE_FALSE(value);
  CHECK(value.error().text().ends_with("expected fewer nested values, found too many at offset " +
                                       std::to_string(value.error().offset)));
}

TEST_CASE("the depth of unknown values is limited") {
  CHECK(decode<Any>(deep_any(60)));
  CHECK_FALSE(decode<Any>(deep_any(70)));
  CHECK_FALSE(decode<Any>(deep_any(3000)));
}

TEST_CASE("a default Limits takes what CMP needs") {
  CHECK(decode<PollReqContent>(encode(PollReqContent(10'000))));
  CHECK_FALSE(decode<PollReqContent>(encode(PollReqContent(10'001))));
}
