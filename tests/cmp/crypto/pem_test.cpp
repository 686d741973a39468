#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmp/crypto/base64.h"
#include "cmpkit/cmp/pem.h"
#include "tests/support/test_data.h"

using namespace cmpkit;
using namespace cmpkit::cmp;

namespace {

std::string error_of(std::string_view text) { return decode_pem(text).error().text; }

}  // namespace

TEST_CASE("base64 (RFC 4648 Section 10)") {
  struct Row {
    std::string_view text, base64;
  };
  const auto row = GENERATE(values<Row>({
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  }));
  CHECK(encode_base64(bytes_of(row.text)) == row.base64);
  const auto decoded = decode_base64(row.base64);
  REQUIRE(decoded);
  CHECK(text_of(*decoded) == row.text);
}

TEST_CASE("what is no base64") {
  CHECK(decode_base64(" Zm\r\n9v ") == decode_base64("Zm9v"));
  for (const auto* text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zg==Zg==", "Zm9v=", "Zm9*", "=Zm9"})
    CHECK_FALSE(decode_base64(text));
}

TEST_CASE("PEM blocks are read in their order, and other text is passed over") {
  const auto text = "Bag Attributes: none\r\n" + encode_pem("A", bytes_of("first")) + "subject=x -----BEGIN no\n" +
                    encode_pem("B C", Octets(100, 7));
  const auto blocks = decode_pem(text);
  REQUIRE(blocks);
  REQUIRE(blocks->size() == 2);
  CHECK(blocks->at(0).label == "A");
  CHECK(text_of(blocks->at(0).der) == "first");
  CHECK(blocks->at(1).label == "B C");
  CHECK(blocks->at(1).der == Octets(100, 7));
  CHECK(decode_pem("no PEM at all")->empty());
  CHECK(decode_pem("")->empty());
}

TEST_CASE("PEM lines may end as they do elsewhere") {
  auto text = encode_pem("A", Octets(60, 1));
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
    text.replace(at, 1, "\r\n");
  CHECK(decode_pem(text)->at(0).der == Octets(60, 1));
}

TEST_CASE("PEM that is broken says where") {
  CHECK(error_of("-----BEGIN A-----\nZg==\n") == "PEM, line 1: the block has no END line");
  CHECK(error_of("\n\n-----BEGIN A\nZg==\n-----END A-----\n") == "PEM, line 3: the BEGIN line has no end");
  CHECK(error_of("-----BEGIN A-----\nZg==\n-----END B-----\n") == "PEM, line 3: END has another label than BEGIN");
  CHECK(error_of("-----BEGIN A-----\nZg=\n-----END A-----\n") == "PEM, line 1: the block is no base64");
  CHECK(error_of("-----BEGIN A-----\nZg==\n-----BEGIN A-----\nZg==\n-----END A-----\n") ==
        "PEM, line 1: the block is no base64");
  CHECK(error_of("-----BEGIN A-----").starts_with("PEM, line 1"));
}

TEST_CASE("certificates and requests of a file") {
  const auto der = read_certificates(test::test_data("openssl/pki/ec-root.crt")).value().front();
  const auto pem =
      encode_pem("CERTIFICATE", der) + encode_pem("PRIVATE KEY", bytes_of("x")) + encode_pem("X509 CERTIFICATE", der);
  CHECK(read_certificates(bytes_of(pem)).value() == std::vector<Octets>{der, der});
  CHECK(read_certificates(der).value() == std::vector<Octets>{der});
  CHECK(read_certificates(bytes_of("x")).error().text == "neither PEM nor DER of a CERTIFICATE");
  CHECK_FALSE(read_certificates({}));
  CHECK(read_certificates(bytes_of(encode_pem("PUBLIC KEY", der))).error().text ==
        "no CERTIFICATE block in the PEM file");
  const auto request = encode_pem("NEW CERTIFICATE REQUEST", bytes_of("0x"));
  CHECK(read_certification_request(bytes_of(request)).value() == copy_of(bytes_of("0x")));
  CHECK(read_certification_request(bytes_of("0x")).value() == copy_of(bytes_of("0x")));
}
