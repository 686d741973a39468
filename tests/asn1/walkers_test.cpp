// The walkers over the tables: print, compare, mutate.
#include <algorithm>
#include <random>
#include <set>

#include "cmpkit/asn1/compare.h"
#include "cmpkit/asn1/mutate.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/asn1/print.h"
#include "tests/asn1/der.h"

using namespace cmpkit;
using namespace cmpkit::asn1;
using namespace cmpkit::test;

namespace {

template <class T>
std::string printed(std::string_view notation) {
  return print(*accept<T>(notation));
}

}  // namespace

TEST_CASE("print: a whole message") {
  const auto message = Owned<PKIMessage>::decode(read_data("openssl/ec-pbm-pkiConf.der"));
  REQUIRE(message);
  const std::string text = print(**message);
  CHECK(
      text.starts_with("header\n"
                       "  pvno: cmp2000 (2)\n"
                       "  sender.directoryName: /\n"));
  CHECK(text.find("  protectionAlg\n"
                  "    algorithm: id-PasswordBasedMac\n"
                  "    parameters\n"
                  "      salt: ") != std::string::npos);
  CHECK(text.find("      iterationCount: 500\n") != std::string::npos);
  CHECK(text.find("body.pkiconf: NULL\n") != std::string::npos);
}

TEST_CASE("print: lists, alternatives and open types share a line with what they hold") {
  CHECK(printed<GenMsgContent>("30{30{06 08 2B 06 01 05 05 07 04 0D 05 00} 30{06 01 2A}}") ==
        "[0]\n"
        "  infoType: id-it-implicitConfirm\n"
        "  infoValue: NULL\n"
        "[1]\n"
        "  infoType: 1.2\n");
  CHECK(printed<CertRepMessage>("30{30{}}") == "response: empty\n");
  CHECK(printed<PKIBody>("B9{30{30{02 01 FF}}}") == "pollReq[0]\n  certReqId: -1\n");
  CHECK(printed<CertTemplate>(
            "30{A9{30{06 03 55 1D 0F 01 01 FF 04{03 02 07 80}} 30{06 03 55 1D 25 04{30{06 08 2B 06 01 05 "
            "05 07 03 1C}}}}}") ==
        "extensions[0]\n"
        "  extnID: id-ce-keyUsage\n"
        "  critical: TRUE\n"
        "  extnValue: digitalSignature\n"
        "extensions[1]\n"
        "  extnID: id-ce-extKeyUsage\n"
        "  critical: FALSE\n"
        "  extnValue[0]: id-kp-cmcRA\n");
}

TEST_CASE("print: leaves") {
  CHECK(printed<PKIStatusInfo>("30{02 01 02 30{0C 02 6E 6F} 03 03 06 20 40}") ==
        "status: rejection (2)\nstatusString[0]: no\nfailInfo: badRequest, badPOP\n");
  CHECK(printed<PKIStatusInfo>("30{02 01 09 03 05 00 00 00 00 01}") == "status: 9\nfailInfo: bit 31\n");
  CHECK(printed<CertId>("30{82 01 78 02 09 00 80 00 00 00 00 00 00 01}") ==
        "issuer.dNSName: x\nserialNumber: 0x008000000000000001\n");
  CHECK(printed<CertId>("30{87 04 C0 00 02 01 02 02 FF 7F}") == "issuer.iPAddress: C0000201\nserialNumber: -129\n");
  CHECK(printed<Time>("18 0F 32 30 35 30 30 31 33 31 32 33 35 39 35 38 5A") == "generalTime: 2050-01-31T23:59:58Z\n");
  CHECK(printed<RootCaCertValue>("30 00") == ": 3000 (tbsCertificate: expected SEQUENCE, found the end at offset 2)\n");
}

TEST_CASE("print: octets are shortened, and shown as text where they are one") {
  const std::string long_octets(40, '\xAB');
  CertStatus status;
  status.certHash = bytes_of(long_octets);
  CHECK(print(status) == "certHash: " + [] {
    std::string out;
    for (int i = 0; i < 32; ++i) out += "AB";
    return out;
  }() + "... (40 octets)\ncertReqId: 0\n");
  CHECK(printed<CertStatus>("30{04 04 64 65 76 31 02 01 00}") == "certHash: 64657631 \"dev1\"\ncertReqId: 0\n");
}

TEST_CASE("print: no control characters come out") {
  CHECK(printed<PKIFreeText>("30{0C 07 1B 5B 33 31 6D 0A 7F}") == "[0]: \\x1B[31m\\x0A\\x7F\n");
  CHECK(printed<PKIFreeText>("30{0C 04 C2 9B C2 A0}") == "[0]: \\x9B\xC2\xA0\n");
  CHECK(printed<GeneralName>("A4{30{31{30{06 03 55 04 03 0C 02 1B 78}}}}") == "directoryName: /CN=\\x1Bx\n");
}

TEST_CASE("print: a value that does not decode as its OID says is shown with the reason") {
  CHECK(printed<Extension>("30{06 03 55 1D 0F 04 02 05 00}") ==
        "extnID: id-ce-keyUsage\ncritical: FALSE\n"
        "extnValue: 0500 (expected BIT STRING, found NULL at offset 0)\n");
}

TEST_CASE("print: messages within messages end somewhere") {
  std::string message = "30{30{02 01 02 A4 02 30 00 A4 02 30 00} B3 02 05 00}";
  for (int i = 0; i < 40; ++i)
    message = "30{30{02 01 02 A4 02 30 00 A4 02 30 00 A8{30{30{06 08 2B 06 01 05 05 07 04 0F 30{" + message +
              "}}}}} B3 02 05 00}";
  const Octets octets = der(message);
  Limits limits;
  limits.depth = 1000;
  const auto value = decode<PKIMessage>(octets, limits);
  REQUIRE(value);
  CHECK(print(*value).find("origPKIMessage") != std::string::npos);
}

TEST_CASE("compare: nothing where the values encode alike") {
  for (const std::string& file : data_files("openssl")) {
    const Octets octets = read_data(file);
    const auto a = decode<PKIMessage>(octets), b = decode<PKIMessage>(octets);
    CHECK_FALSE(compare(*a, *b));
  }
}

TEST_CASE("compare: the path of the first difference and what either has there") {
  const Octets octets = read_data("openssl/ec-sig-ip.der");
  const auto a = decode<PKIMessage>(octets);
  const auto changed = [&](auto change) {
    PKIMessage b = *a;
    change(b);
    const auto difference = compare(*a, b);
    REQUIRE(difference);
    return difference->path + ": " + difference->left + " | " + difference->right;
  };
  CHECK(changed([](PKIMessage& m) { m.header.pvno = Pvno::cmp2021; }) == "header.pvno: cmp2000 (2) | cmp2021 (3)");
  CHECK(changed([](PKIMessage& m) { m.body.set<PKIBody::pkiconf>(); }) == "body.ip: present | absent");
  CHECK(changed([](PKIMessage& m) {
          std::get<PKIBody::ip>(m.body.value).response[0].status.status = PKIStatus::waiting;
        }) == "body.ip.response[0].status.status: accepted (0) | waiting (3)");
  CHECK(changed([](PKIMessage& m) { std::get<PKIBody::ip>(m.body.value).response.emplace_back(); }) ==
        "body.ip.response: 1 elements | 2 elements");
  CHECK(changed([](PKIMessage& m) { m.header.freeText = PKIFreeText{{"x"}}; }) == "header.freeText: absent | present");
  CHECK(changed([](PKIMessage& m) { m.header.senderKID = bytes_of("kid"); }).ends_with(" | 6B6964"));
}

TEST_CASE("mutate: every change survives encode, decode, encode") {
  std::mt19937 generator(1);
  const Choose choose = [&](std::size_t n) { return generator() % n; };
  for (const std::string& file : data_files("openssl")) {
    INFO(file);
    const Octets octets = read_data(file);
    const auto original = decode<PKIMessage>(octets);
    for (int round = 0; round < 12; ++round) {
      PKIMessage message = *original;
      Storage storage;
      for (int change = 0; change < 4; ++change) mutate(message, choose, storage);
      const Octets encoding = encode(message);
      const auto again = decode<PKIMessage>(encoding);
      INFO((again ? std::string() : again.error().text()));
      REQUIRE(again);
      REQUIRE(encode(*again) == encoding);
      REQUIRE_FALSE(compare(message, *again));
    }
  }
}

TEST_CASE("mutate: reaches every alternative") {
  std::mt19937 generator(2);
  const Choose choose = [&](std::size_t n) { return generator() % n; };
  std::array<bool, 27> reached{};
  Storage storage;
  for (int round = 0; round < 500; ++round) {
    PKIBody body;
    body.set<PKIBody::pkiconf>();
    mutate(body, choose, storage);
    reached[body.type()] = true;
  }
  CHECK(std::count(reached.begin(), reached.end(), true) == 27);
}

TEST_CASE("mutate: changes certificates from within") {
  std::mt19937 generator(3);
  const Choose choose = [&](std::size_t n) { return generator() % n; };
  const Octets octets = read_data("openssl/pki/ec-ee.crt");
  std::set<std::string> paths;
  Storage storage;
  for (int round = 0; round < 300; ++round) {
    CaCertsValue certificates{CMPCertificate{octets}};
    mutate(certificates, choose, storage);
    if (certificates.size() != 1 || certificates[0].tlv.size() < 100) continue;
    const auto before = decode<Certificate>(octets), after = certificates[0].decode();
    REQUIRE(after);
    if (const auto difference = compare(*before, *after)) paths.insert(difference->path);
  }
  CHECK(paths.contains("tbsCertificate.serialNumber"));
  CHECK(paths.contains("tbsCertificate.subject"));
  CHECK(paths.size() > 20);
}
