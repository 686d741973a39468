#include "cmpkit/transport/path.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace cmpkit::transport {
namespace {

TEST_CASE("W-03 W-04 every path that RFC 9811 Section 3.4 lists is read and built") {
  struct Row {
    std::string path;
    Endpoint endpoint;
  };
  const auto row = GENERATE(values<Row>({
      {"/.well-known/cmp", {}},
      {"/.well-known/cmp/initialization", {Operation::initialization, {}}},
      {"/.well-known/cmp/certification", {Operation::certification, {}}},
      {"/.well-known/cmp/keyupdate", {Operation::keyupdate, {}}},
      {"/.well-known/cmp/pkcs10", {Operation::pkcs10, {}}},
      {"/.well-known/cmp/revocation", {Operation::revocation, {}}},
      {"/.well-known/cmp/getcacerts", {Operation::getcacerts, {}}},
      {"/.well-known/cmp/getrootupdate", {Operation::getrootupdate, {}}},
      {"/.well-known/cmp/getcertreqtemplate", {Operation::getcertreqtemplate, {}}},
      {"/.well-known/cmp/getcrls", {Operation::getcrls, {}}},
      {"/.well-known/cmp/nested", {Operation::nested, {}}},
      {"/.well-known/cmp/p/device", {{}, "device"}},
      {"/.well-known/cmp/p/device/keyupdate", {Operation::keyupdate, "device"}},
      {"/.well-known/cmp/p/keyupdate", {{}, "keyupdate"}},  // a profile may be called like an operation
      {"/.well-known/cmp/p/p/pkcs10", {Operation::pkcs10, "p"}},
      {"/.well-known/cmp/p/a%20b%25", {{}, "a b%"}},
      {"/.well-known/cmp/p/K%C3%A4se", {{}, "K\xC3\xA4se"}},
  }));
  CAPTURE(row.path);
  CHECK(parse_path(row.path) == row.endpoint);
  CHECK(build_path(row.endpoint) == row.path);
}

TEST_CASE("W-03 a path that is not one of ours is no endpoint") {
  const auto path = GENERATE(values<std::string>({
      "",
      "/",
      "/.well-known",
      "/.well-known/cmp/",
      "/.well-known/cmpx",
      "/.well-known/cmp/unknown",
      "/.well-known/cmp/Initialization",  // labels are compared octet by octet
      "/.well-known/cmp/initialization/",
      "/.well-known/cmp/initialization/p",
      "/.well-known/cmp/initialization?x=y",
      "/.well-known/cmp//initialization",
      "/.well-known/cmp/ir",  // CoAP's label
      "/.well-known/cmp/p",
      "/.well-known/cmp/p/",
      "/.well-known/cmp/p//keyupdate",
      "/.well-known/cmp/p/name/",
      "/.well-known/cmp/p/name/unknown",
      "/.well-known/cmp/p/..",
      "/.well-known/cmp/p/%2e%2e",
      "/.well-known/cmp/p/a%2Fb",
      "/.well-known/cmp/p/a%5Cb",
      "/.well-known/cmp/p/a%00b",
      "/.well-known/cmp/p/a%0Ab",
      "/.well-known/cmp/p/a%",
      "/.well-known/cmp/p/a%4",
      "/.well-known/cmp/p/a%4g",
      "/.well-known/cmp/p/a%+1",
      "/.well-known/cmp/p/a b",
      "/.well-known/cmp/p/a\"b",
      "/.well-known/cmp/p/K\xC3\xA4se",  // not encoded
      "/.well-known/cmp/p/%C3",          // half a character
      "/.well-known/cmp/p/%C0%AF",       // an overlong slash
      "/.well-known/cmp/p/%E0%80%AF",
      "/.well-known/cmp/p/%ED%A0%80",     // a surrogate
      "/.well-known/cmp/p/%F4%90%80%80",  // above U+10FFFF
      "/.well-known/cmp/p/%FF",
  }));
  CAPTURE(path);
  CHECK_FALSE(parse_path(path));
}

TEST_CASE("W-03 the prefix can be chosen freely") {
  CHECK(parse_path("/", "/") == Endpoint{});
  CHECK(parse_path("/keyupdate", "/") == Endpoint{Operation::keyupdate, {}});
  CHECK(parse_path("/p/x/keyupdate", "/") == Endpoint{Operation::keyupdate, "x"});
  CHECK(parse_path("/pki/a", "/pki/a") == Endpoint{});
  CHECK(parse_path("/pki/a/p/x", "/pki/a") == Endpoint{{}, "x"});
  CHECK(parse_path("/pki/", "/pki/") == Endpoint{});
  CHECK(parse_path("/pki/pkcs10", "/pki/") == Endpoint{Operation::pkcs10, {}});
  CHECK_FALSE(parse_path("/pki", "/pki/"));
  CHECK_FALSE(parse_path("//", "/"));
  CHECK(build_path({}, "/") == "/");
  CHECK(build_path({Operation::keyupdate, "x"}, "/") == "/p/x/keyupdate");
  CHECK(build_path({{}, "x"}, "/pki") == "/pki/p/x");
}

TEST_CASE("A profile name that no path could carry is not built") {
  const std::vector<std::string> names{"", ".", "..", "a/b", "a\\b", "a\nb", "\xFF", std::string(256, 'x')};
  for (const auto& name : names) {
    CAPTURE(name);
    CHECK_FALSE(is_profile_name(name));
    CHECK_FALSE(build_path({{}, name}));
  }
  CHECK(is_profile_name(std::string(255, 'x')));
}

TEST_CASE("Every character of a profile name survives the way into a path and back") {
  for (int c = 0x20; c < 0x7F; ++c) {
    const std::string name{'a', static_cast<char>(c)};
    if (!is_profile_name(name)) continue;
    CAPTURE(name);
    const auto path = build_path({{}, name});
    REQUIRE(path);
    CHECK(parse_path(*path) == Endpoint{{}, name});
  }
}

TEST_CASE("W-04 W-21 the labels of HTTP and of CoAP name the same operations") {
  CHECK(operation_labels().size() == 10);
  for (const auto& row : operation_labels()) {
    CAPTURE(row.http);
    CHECK(http_label(row.operation) == row.http);
    CHECK(coap_label(row.operation) == row.coap);
    CHECK(operation_of_http_label(row.http) == row.operation);
    CHECK(operation_of_coap_label(row.coap) == row.operation);
    CHECK_FALSE(operation_of_http_label(row.coap));
  }
  CHECK(coap_label(Operation::getcertreqtemplate) == "att");
}

}  // namespace
}  // namespace cmpkit::transport
