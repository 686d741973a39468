#include "tools/device_list.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/certificate.h"
#include "tests/support/certificate_builder.h"
#include "tools/device_record.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using cmp::StoredDevice;
using test::CertificateBuilder;

std::vector<ListedDevice> listed(std::string_view text) {
  std::vector<ListedDevice> out;
  REQUIRE(read_device_list(text, [&](ListedDevice each) { out.push_back(std::move(each)); }).has_value());
  return out;
}

std::string refused(std::string_view text) {
  const auto read = read_device_list(text, [](const ListedDevice&) { FAIL("nothing is to be read"); });
  REQUIRE_FALSE(read.has_value());
  return read.error();
}

const std::string digest = "AB:" + std::string(62, '0');  // 32 octets

TEST_CASE("a CSV list names its columns, in any order") {
  const auto found = listed("serial,state,manufacturer,key_sha256\n4711,onboarded,ACME," + digest + "\n4712,,ACME,\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].place == 2);
  const StoredDevice& first = found[0].device.value();
  CHECK(first.manufacturer == "ACME");
  CHECK(first.serial == "4711");
  CHECK(first.state == StoredDevice::State::onboarded);
  REQUIRE(first.key_digest.size() == 32);
  CHECK(first.key_digest[0] == 0xAB);
  CHECK(first.certificate_digest.empty());
  const StoredDevice& second = found[1].device.value();
  CHECK(second.serial == "4712");
  CHECK(second.state == StoredDevice::State::manufactured);
  CHECK(second.key_digest.empty());
}

TEST_CASE("a list whose first line is no header is refused as a whole") {
  CHECK_THAT(refused("ACME,4711\n"), ContainsSubstring("\"ACME\" is none of manufacturer, serial"));
  CHECK_THAT(refused("manufacturer,model\n"), ContainsSubstring("names no column serial"));
  CHECK_THAT(refused("manufacturer,serial,serial\n"), ContainsSubstring("serial twice"));
  CHECK_THAT(refused(""), ContainsSubstring("empty"));
  CHECK_THAT(refused("\"manufacturer"), ContainsSubstring("never closed"));
}

TEST_CASE("what is wrong with a line is said of that line, and the others are read") {
  const auto found = listed(
      "manufacturer,serial,state,certificate_sha256\n"
      "ACME,1,broken,\nACME,2,,\nACME,3\nACME,,,\n,5,,\nACME,6,,123\nACME,7,,\nACME,\"8\x01\",,\n");
  REQUIRE(found.size() == 8);
  const auto error = [&](std::size_t i) { return found[i].device.error(); };
  CHECK_THAT(error(0), ContainsSubstring("state \"broken\" is none of manufactured, onboarded"));
  CHECK(found[1].device->serial == "2");
  CHECK(found[2].place == 4);
  CHECK_THAT(error(2), ContainsSubstring("it has 2 fields and the first line names 4"));
  CHECK_THAT(error(3), ContainsSubstring("no serial"));
  CHECK_THAT(error(4), ContainsSubstring("no manufacturer"));
  CHECK_THAT(error(5), ContainsSubstring("certificate_sha256 \"123\" is no SHA-256"));
  CHECK(found[6].device->serial == "7");
  CHECK_THAT(error(7), ContainsSubstring("control character"));
}

TEST_CASE("a JSON list is an array, or an object in each line") {
  const std::string one = R"({"manufacturer": "ACME", "serial": "1", "model": "pump", "state": "in_operation"})";
  const std::string wrong = R"({"manufacturer": "ACME", "serial": 2})";
  const auto check = [](const std::vector<ListedDevice>& found, std::size_t second) {
    REQUIRE(found.size() == 2);
    CHECK(found[0].device->model == "pump");
    CHECK(found[0].device->state == StoredDevice::State::in_operation);
    CHECK(found[1].place == second);
    CHECK(found[1].device.error() == "serial is no text");
  };
  check(listed("[\n" + one + "," + wrong + "]"), 2);
  check(listed(one + "\n\n" + wrong + "\r\n"), 3);
  CHECK_THAT(refused("[" + one), ContainsSubstring("it is no JSON, at octet"));
  CHECK_THAT(listed("{\n").front().device.error(), ContainsSubstring("no JSON"));
  CHECK_THAT(listed(R"([7])").front().device.error(), ContainsSubstring("no JSON object"));
  CHECK_THAT(listed(R"({"maker": "x"})").front().device.error(), ContainsSubstring("\"maker\" is none of"));
  CHECK(listed("[]").empty());
}

TEST_CASE("what is written of a device can be read again") {
  StoredDevice device;
  device.manufacturer = "ACME \"Pumps\", Ltd";
  device.serial = "1";
  device.model = "p";
  device.key_digest.assign(32, 0x5A);
  device.certificate_digest.assign(32, 0xA5);
  device.state = StoredDevice::State::decommissioned;
  device.certificate = {0x5F};
  const auto again = listed(json_of(device).dump()).front().device.value();
  CHECK(again.manufacturer == device.manufacturer);
  CHECK(again.serial == device.serial);
  CHECK(again.model == device.model);
  CHECK(again.key_digest == device.key_digest);
  CHECK(again.certificate_digest == device.certificate_digest);
  CHECK(again.state == device.state);
  CHECK(again.certificate.empty());  // which the RA finds out itself
}

TEST_CASE("a device is described by its IDevID") {
  const auto vendor = CertificateBuilder("/O=Bolt/CN=CA").ca().self_signed();
  const auto of = [&](const std::string& subject, const std::string& manufacturer = {}) {
    return device_of_certificate(CertificateBuilder(subject).issued_by(vendor).certificate, manufacturer,
                                 cmp::botan_crypto());
  };
  const auto idevid = CertificateBuilder("/O=ACME/serialNumber=4711").issued_by(vendor).certificate;
  const auto device = device_of_certificate(idevid, {}, cmp::botan_crypto()).value();
  CHECK(device.manufacturer == "ACME");
  CHECK(device.serial == "4711");
  const auto sha256 = [](Bytes octets) {
    return cmp::botan_crypto().hash(cmp::identifier_of(cmp::Digest::sha256), {&octets, 1}).value();
  };
  CHECK(device.key_digest == sha256(cmp::CertificateView::decode(idevid)->public_key()));
  CHECK(device.certificate_digest == sha256(idevid));

  CHECK(of("/serialNumber=1", "Bolt")->manufacturer == "Bolt");
  CHECK_THAT(of("/serialNumber=1").error(), ContainsSubstring("--manufacturer"));
  CHECK_THAT(of("/O=ACME/CN=x").error(), ContainsSubstring("it is no IDevID"));
  CHECK_THAT(device_of_certificate(bytes_of("x"), {}, cmp::botan_crypto()).error(),
             ContainsSubstring("no certificate"));
}

}  // namespace
}  // namespace cmpkit::tools
