// S-10: a new root is taken only where the old one vouches for it (RFC 9810 Section 4.4.2.2).
#include <catch2/catch_test_macros.hpp>

#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inquiry.h"
#include "tests/support/certificate_builder.h"
#include "tests/support/scripted_server.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using cmpkit::test::CertificateBuilder;
using cmpkit::test::Issued;

namespace {

CertificateBuilder root(const std::string& name) { return CertificateBuilder(name).ca(); }

/// An old root and its right successor; a test damages one thing.
struct Rollover {
  Issued old = root("/CN=Root").self_signed();
  Issued fresh = root("/CN=Root").self_signed();
  Octets new_with_new = fresh.certificate;
  std::optional<Octets> new_with_old = root("/CN=Root").key(fresh.signer).issued_by(old).certificate;
  std::optional<Octets> old_with_new = root("/CN=Root").key(old.signer).issued_by(fresh).certificate;

  Outcome told() const {
    asn1::RootCaKeyUpdateContent content;
    content.newWithNew.tlv = new_with_new;
    if (new_with_old) content.newWithOld.emplace().tlv = *new_with_old;
    if (old_with_new) content.oldWithNew.emplace().tlv = *old_with_new;
    const Octets value = asn1::encode(content);
    World world;
    InquiryOptions options;
    options.credential = world.vendor_credential();
    options.trust = world.devices.get();
    options.question = ask_for_root_update(old.certificate);
    auto client = Inquiry::create(std::move(options), world.environment()).value();
    const Output request = client.start();
    return client
        .receive(ScriptedServer(world).answer(*request.send, cmp::test::told(asn1::id_it_rootCaKeyUpdate, value)))
        .done.value();
  }
};

void check_refused(const Rollover& rollover, std::string_view rule) {
  const Outcome outcome = rollover.told();
  CAPTURE(outcome.text);
  CHECK_FALSE(outcome.success);
  REQUIRE(outcome.refusal);
  CHECK(outcome.refusal->rule->id == rule);
  CHECK_FALSE(outcome.answer);
}

}  // namespace

TEST_CASE("S-10 a root that the old one certifies is handed out with its links") {
  Rollover rollover;
  Outcome outcome = rollover.told();
  CAPTURE(outcome.text);
  REQUIRE(outcome.success);
  CHECK(outcome.answer->new_with_new == rollover.new_with_new);
  CHECK(outcome.answer->new_with_old == *rollover.new_with_old);
  CHECK(outcome.answer->old_with_new == *rollover.old_with_new);
  rollover.old_with_new.reset();
  outcome = rollover.told();
  REQUIRE(outcome.success);
  CHECK(outcome.answer->old_with_new.empty());
}

TEST_CASE("S-06 newWithOld has to be there") {
  Rollover rollover;
  rollover.new_with_old.reset();
  check_refused(rollover, "S-06");
}

TEST_CASE("S-10 newWithOld is signed by the old root, for the key and the name of newWithNew") {
  Rollover rollover;
  const Issued stranger = root("/CN=Root").self_signed();
  rollover.new_with_old = root("/CN=Root").key(rollover.fresh.signer).issued_by(stranger).certificate;
  check_refused(rollover, "S-10");
  rollover.new_with_old = root("/CN=Root").issued_by(rollover.old).certificate;  // for another key
  check_refused(rollover, "S-10");
  rollover.new_with_old = root("/CN=Other").key(rollover.fresh.signer).issued_by(rollover.old).certificate;
  check_refused(rollover, "S-10");
  rollover.new_with_old = root("/CN=Root")
                              .key(rollover.fresh.signer)
                              .valid(cmpkit::test::noon - std::chrono::days{10}, cmpkit::test::noon)
                              .issued_by(rollover.old)
                              .certificate;
  check_refused(rollover, "S-10");
  rollover.new_with_old = Octets{0x30, 0x00};
  check_refused(rollover, "S-10");
}

TEST_CASE("S-10 newWithNew is self-signed and has not expired") {
  Rollover rollover;
  rollover.new_with_new = root("/CN=Root").key(rollover.fresh.signer).issued_by(rollover.old).certificate;
  check_refused(rollover, "S-10");
  rollover.new_with_new = root("/CN=Root")
                              .key(rollover.fresh.signer)
                              .valid(cmpkit::test::noon - std::chrono::days{10}, cmpkit::test::noon)
                              .self_signed()
                              .certificate;
  check_refused(rollover, "S-10");
}

TEST_CASE("S-11 the new root begins before the old one ends, and oldWithNew is for the old one") {
  Rollover rollover;
  rollover.new_with_new =
      root("/CN=Root")
          .key(rollover.fresh.signer)
          .valid(cmpkit::test::noon + std::chrono::days{400}, cmpkit::test::noon + std::chrono::days{800})
          .self_signed()
          .certificate;
  check_refused(rollover, "S-11");
  Rollover other;
  other.old_with_new = root("/CN=Root").issued_by(other.fresh).certificate;
  check_refused(other, "S-11");
}
