#include "store/record_encoding.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/store/records.h"

namespace cmpkit::store {
namespace {

using test::octets;

/// With another number as its version, which is the first value in it.
Octets of_version(Octets record, std::uint8_t version) {
  const std::size_t header = record[1] < 0x80 ? 2 : 2 + (record[1] & 0x7FU);
  REQUIRE(record.at(header) == 0x02);
  record.at(header + 2) = version;
  return record;
}

TEST_CASE("a record that was cut off anywhere is refused") {
  const Octets whole = encode(test::transaction("T1"));
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(decode_transaction(Bytes(whole).first(size)).has_value());
  CHECK(decode_transaction(whole).has_value());
}

TEST_CASE("a record of a later version is refused in words") {
  const auto refused = decode_certificate(of_version(encode(test::issued("S1")), 9));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error() == "the record is of version 9 and this program knows versions up to 2");
}

TEST_CASE("a number that stands for nothing is refused") {
  cmp::Transaction transaction = test::transaction("T1");
  transaction.state = static_cast<cmp::Transaction::State>(5);
  CHECK(decode_transaction(encode(transaction)).error() == "the record is damaged: its state is none that there is");
  cmp::IssuedCertificate certificate = test::issued("S1");
  certificate.status = static_cast<cmp::IssuedCertificate::Status>(6);
  CHECK(decode_certificate(encode(certificate)).error() == "the record is damaged: its status is none that there is");
  cmp::StoredApproval approval = test::approval("A1");
  approval.state = static_cast<cmp::StoredApproval::State>(3);
  CHECK(decode_approval(encode(approval)).error() == "the record is damaged: its state is none that there is");
  cmp::StoredDevice device = test::device("1");
  device.state = static_cast<cmp::StoredDevice::State>(4);
  CHECK(decode_device(encode(device)).error() == "the record is damaged: its state is none that there is");
}

TEST_CASE("a transaction that no RA passes on takes no room for that") {
  cmp::Transaction transaction = test::transaction("T1");
  const std::size_t with_all = encode(transaction).size();
  const std::size_t values = transaction.route.size() + transaction.operation.size() + transaction.upstream.size() +
                             transaction.upstream_nonce.size() + transaction.arrived.size();
  transaction.route.clear();
  transaction.operation.clear();
  transaction.replaced = false;
  transaction.upstream.clear();
  transaction.upstream_nonce.clear();
  transaction.arrived.clear();
  CHECK(encode(transaction).size() + values + 5 * 2 + 3 + 2 == with_all);
  transaction.arrived = octets("answer");
  const auto found = decode_transaction(encode(transaction)).value();
  CHECK(found.arrived == transaction.arrived);
  CHECK(found.route.empty());
}

TEST_CASE("times of any sign and records of any size are kept") {
  cmp::Transaction transaction = test::transaction("T1");
  transaction.deadline = cmp::Time::max();
  transaction.response.assign(8U << 20U, 0x30);
  const auto found = decode_transaction(encode(transaction)).value();
  CHECK(found.deadline == cmp::Time::max());
  CHECK(found.response == transaction.response);
  cmp::StoredSecret secret = test::secret("device");
  secret.expires = cmp::Time::min();
  CHECK(decode_secret(encode(secret))->expires == cmp::Time::min());
}

}  // namespace
}  // namespace cmpkit::store
