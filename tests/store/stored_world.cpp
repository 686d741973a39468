#include "tests/store/stored_world.h"

#include <catch2/catch_test_macros.hpp>

#include "cmpkit/cmp/audit.h"

namespace cmpkit::test {

using namespace cmp::test;

StoredWorld::StoredWorld(tl::expected<std::unique_ptr<cmp::Store>, cmp::StoreError> opened) {
  INFO((opened ? "" : opened.error().text));
  REQUIRE(opened);
  store = std::move(*opened);
  use(configuration());
}

bool is_answered(const Caller& caller, std::string& cause) {
  if (caller.answer().body.type() != asn1::PKIBody::error) return true;
  const auto& status = status_in(caller.answer());
  CHECK(status.failInfo->has(asn1::PKIFailureInfo::systemUnavail));
  cause = caller.reply.refusal->cause;
  CHECK(status.statusString->front().text.find(cause) == std::string_view::npos);  // that is for the logs
  return false;
}

std::optional<Octets> enrol(StoredWorld& world, std::string& cause) {
  Caller caller(world, world.secret_credential());
  caller.send(EnrollmentBody(world, asn1::PKIBody::ir).body);
  if (!is_answered(caller, cause)) return std::nullopt;
  Octets certificate = copy_of(certificate_in(caller.answer()));
  asn1::Storage storage;
  caller.send(confirming(caller.answer(), storage));
  if (!is_answered(caller, cause)) return std::nullopt;
  return certificate;
}

void check_all_there(StoredWorld& world, const std::vector<Octets>& confirmed) {
  for (const Octets& certificate : confirmed)
    CHECK(world.status_of(certificate) == cmp::IssuedCertificate::Status::valid);
  cmp::AuditVerifier verifier(cmp::botan_crypto());
  const auto records = world.store->audit(0, 100'000).value();
  for (const cmp::AuditRecord& record : records) CHECK(verifier.add(record));
  CHECK(verifier.last().number == world.store->statistics()->audit_entries);
}

}  // namespace cmpkit::test
