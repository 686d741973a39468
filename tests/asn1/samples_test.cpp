// What OpenSSL wrote (tests/data/openssl) decodes, and encodes to the same octets again.
#include <algorithm>

#include "cmpkit/asn1/pkimessage.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

std::vector<std::string> messages() { return data_files("openssl"); }

/// Decodes the octets as a T and encodes them again, and likewise each certificate that is in the list.
template <class T>
void check_round_trip(const Octets& octets) {
  const auto value = decode<T>(octets);
  INFO((value ? std::string() : value.error().text()));
  REQUIRE(value);
  CHECK(encode(*value) == octets);
}

/// The view lies within the octets.
bool is_within(Bytes view, const Octets& octets) {
  return view.data() >= octets.data() && view.data() + view.size() <= octets.data() + octets.size();
}

}  // namespace

TEST_CASE("every message of OpenSSL decodes and encodes to the same octets") {
  const auto files = messages();
  REQUIRE(files.size() == 87);
  for (const std::string& file : files) {
    INFO(file);
    check_round_trip<PKIMessage>(read_data(file));
  }
}

TEST_CASE("every certificate of the samples decodes and encodes to the same octets") {
  const auto files = data_files("openssl/pki");
  REQUIRE(files.size() == 28);
  for (const std::string& file : files) {
    INFO(file);
    check_round_trip<Certificate>(read_data(file));
  }
}

TEST_CASE("the certificates within messages decode and encode to the same octets") {
  std::size_t count = 0;
  for (const std::string& file : messages()) {
    INFO(file);
    const auto message = Owned<PKIMessage>::decode(read_data(file));
    REQUIRE(message);
    if (!(*message)->extraCerts) continue;
    for (const CMPCertificate& certificate : *(*message)->extraCerts) {
      check_round_trip<Certificate>(copy_of(certificate.tlv));
      ++count;
    }
  }
  CHECK(count > 100);
}

TEST_CASE("a decoded message points into the octets it was decoded from") {
  const Octets octets = read_data("openssl/ec-sig-ir.der");
  const auto message = decode<PKIMessage>(octets);
  REQUIRE(message);
  CHECK(is_within(message->header.octets, octets));
  CHECK(is_within(message->body.octets, octets));
  CHECK(is_within(message->protection->octets, octets));
  const CertRequest& request = message->body.get<PKIBody::ir>()->front().certReq;
  CHECK(is_within(request.octets, octets));
  CHECK(encode(request) == copy_of(request.octets));
}

TEST_CASE("11. the protected part is the received header and body behind one SEQUENCE header") {
  for (const std::string& file : messages()) {
    INFO(file);
    const Octets octets = read_data(file);
    const auto message = decode<PKIMessage>(octets);
    REQUIRE(message);
    std::array<std::uint8_t, 6> buffer{};
    Octets joined;
    for (const Bytes part : message->protected_part(buffer)) joined.insert(joined.end(), part.begin(), part.end());
    CHECK(joined.front() == 0x30);
    const auto any = decode<Any>(joined);  // one TLV, of the right length
    CHECK(any.has_value());
    CHECK(joined.size() >= message->header.octets.size() + message->body.octets.size() + 2);
    CHECK(message->body.octets.front() == 0xA0 + static_cast<int>(message->body.type()));
  }
}

TEST_CASE("an owned message stays valid when it moves") {
  auto message = Owned<PKIMessage>::decode(read_data("openssl/ec-pbm-ir.der"));
  REQUIRE(message);
  const Owned<PKIMessage> moved = std::move(*message);
  CHECK(is_within(moved->header.octets, copy_of(moved.octets())) == false);
  CHECK(moved->header.octets.data() > moved.octets().data());
  CHECK(encode(*moved) == copy_of(moved.octets()));
}

TEST_CASE("a damaged message is refused with a path, or encodes to itself") {
  for (const char* file : {"openssl/ec-sig-ir.der", "openssl/ec-sig-ip-centralKeyGen.der", "openssl/ec-pbm-rr.der"}) {
    const Octets good = read_data(file);
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const unsigned damage : {0x01U, 0x20U, 0x80U, 0xFFU}) {
        Octets octets = good;
        octets[at] = static_cast<std::uint8_t>(octets[at] ^ damage);
        const auto value = decode<PKIMessage>(octets);
        INFO(file << " octet " << at << " damage " << damage);
        if (value)
          REQUIRE(encode(*value) == octets);
        else
          REQUIRE(value.error().offset <= octets.size());
      }
    }
  }
}

TEST_CASE("a truncated message is refused") {
  const Octets good = read_data("openssl/ec-sig-ir.der");
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto value = decode<PKIMessage>(Bytes(good).first(size));
    INFO(size);
    REQUIRE_FALSE(value);
  }
}
