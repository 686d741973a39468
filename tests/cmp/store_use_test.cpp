// What the responder makes of its store: what it records, and what it answers when the store fails, is full, or moves
// under it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/audit.h"
#include "tests/cmp/support/caller.h"
#include "tests/support/failing_store.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::PKIBody;
using asn1::PKIFailureInfo;
using cmpkit::test::FailingStore;
using Status = IssuedCertificate::Status;

namespace {

const StoreError broken{"the disk is gone"};

/// A world whose store fails when told to.
struct FailingWorld : World {
  FailingWorld() {
    auto failing = std::make_unique<FailingStore>(std::move(store));
    failing_store = failing.get();
    store = std::move(failing);
    use(configuration());
  }
  FailingStore* failing_store;
};

std::vector<AuditEntry> audit_of(Store& store) {
  AuditVerifier verifier(botan_crypto());
  std::vector<AuditEntry> out;
  const auto records = store.audit(0, 1000).value();
  for (const AuditRecord& record : records) {
    REQUIRE(verifier.add(record));
    out.push_back(decode_audit_entry(record.entry).value());
  }
  return out;
}

Octets serial_of(Bytes certificate) { return copy_of(CertificateView::decode(certificate)->serial().octets); }

/// A certificate of somebody else for this key and subject.
IssuedCertificate foreign(const World& world, const Signer& key, std::string_view subject) {
  const Bytes piece[] = {key.public_key()};
  IssuedCertificate out;
  out.serial = octets("other");
  out.certificate = world.vendor.certificate;
  out.holder = octets("somebody");
  out.key_digest = world.environment().crypto.hash(identifier_of(Digest::sha256), piece).value();
  out.subject = subject_key({name(subject)});
  out.status = Status::valid;
  return out;
}

}  // namespace

TEST_CASE("a certificate is recorded with its profile and the request that led to it") {
  World world;
  Caller caller(world, world.secret_credential());
  const EnrollmentBody ir(world, PKIBody::ir);
  const Octets request = caller.message(ir.body);
  caller.send_octets(request);
  const Octets serial = serial_of(certificate_in(caller.answer()));
  const auto record = world.store->certificate(serial).value().value();
  CHECK(record.profile == "default");
  CHECK(record.request.empty());
  CHECK(world.store->request(serial).value() == request);
}

TEST_CASE("E-32 every decision is in the audit log with who asked, what became of it, and the checks made") {
  World world;
  const Device device = enrolled(world);
  Caller owner(world, device.credential(world));
  PKIBody rr;
  rr.set<PKIBody::rr>().emplace_back().certDetails.serialNumber = device.view().serial();
  owner.send(rr);
  owner.start_over();
  owner.send(rr);
  const auto log = audit_of(*world.store);
  REQUIRE(log.size() >= 3);
  const AuditEntry& granted = log.front();
  CHECK(granted.action == "ir");
  CHECK(granted.result == "granted");
  CHECK(granted.certificates == std::vector<Octets>{serial_of(device.certificate)});
  CHECK(granted.time == world.clock.now());
  CHECK(granted.trail.find("V-01 message") == 0);
  const AuditEntry& revoked = log[log.size() - 2];
  CHECK(revoked.actor == "certificate /CN=device");
  CHECK(revoked.action == "rr");
  CHECK(revoked.result == "revoked");
  CHECK(revoked.certificates == std::vector<Octets>{serial_of(device.certificate)});
  const AuditEntry& refused = log.back();
  CHECK(refused.result == "refused");
  CHECK(refused.reason.find("is revoked") != std::string::npos);
  CHECK(refused.trail.find("failed V-36 extraCerts[0]: ") != std::string::npos);
}

TEST_CASE("a message that is not authenticated leaves nothing in the store, not even in the audit log") {
  World world;
  Caller caller(world, SecretCredential{octets("device"), octets("wrong"), {MacMethod::Kind::pbm, 500}});
  caller.send(EnrollmentBody(world, PKIBody::ir).body);
  CHECK(caller.answer().body.type() == PKIBody::error);
  CHECK(world.store->audit(0, 10)->empty());
  CHECK(world.store->statistics()->transactions == std::array<std::uint64_t, 5>{});
}

TEST_CASE("E-30 a store that cannot be read is told as systemUnavail, and the same request succeeds later") {
  FailingWorld world;
  const bool by_secret = GENERATE(true, false);
  Caller caller(world, by_secret ? Credential(world.secret_credential()) : world.vendor_credential());
  world.failing_store->before_read = [] { return broken; };
  const EnrollmentBody ir(world, PKIBody::ir);
  check_refused(caller.send(ir.body), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
  CHECK(caller.answer().extraCerts.has_value() != by_secret);  // E-13: protected in kind
  world.failing_store->before_read = {};
  CHECK(caller.send_again().body.type() == PKIBody::ip);
}

TEST_CASE("E-30 an answer that cannot be stored is not given: systemUnavail, and the same request succeeds later") {
  FailingWorld world;
  Caller caller(world, world.secret_credential());
  world.failing_store->before_commit = [] { return broken; };
  const EnrollmentBody ir(world, PKIBody::ir);
  check_refused(caller.send(ir.body), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
  CHECK(world.store->statistics()->certificates == std::array<std::uint64_t, 6>{});
  world.failing_store->before_commit = {};
  CHECK(caller.send_again().body.type() == PKIBody::ip);
}

TEST_CASE("C-06 a certConf is not answered by pkiConf where the store fails; a retry confirms") {
  FailingWorld world;
  Caller caller(world, world.secret_credential());
  caller.send(EnrollmentBody(world, PKIBody::ir).body);
  const Octets certificate = copy_of(certificate_in(caller.answer()));
  asn1::Storage storage;
  const PKIBody confirm = confirming(caller.answer(), storage);
  const bool reading = GENERATE(true, false);
  int reads = 0;  // the first one is of the transaction
  if (reading)
    world.failing_store->before_read = [&]() { return ++reads > 1 ? std::optional(broken) : std::nullopt; };
  else
    world.failing_store->before_commit = [] { return broken; };
  check_refused(caller.send(confirm), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
  world.failing_store->before_read = {};
  world.failing_store->before_commit = {};
  CHECK(world.status_of(certificate) == Status::unconfirmed);
  CHECK(caller.send_again().body.type() == PKIBody::pkiconf);
  CHECK(world.status_of(certificate) == Status::valid);
}

TEST_CASE("DL-10 a delayed certConf is not ended by a store that fails at a poll; the next poll confirms") {
  struct Once final : DelayPolicy {
    std::optional<std::chrono::seconds> delay(PKIBody::Type request, unsigned polls) override {
      return request == PKIBody::certConf && polls == 0 ? std::optional(std::chrono::seconds{5}) : std::nullopt;
    }
  } once;
  FailingWorld world;
  auto configuration = world.configuration();
  configuration.delay = &once;
  world.use(std::move(configuration));
  Caller caller(world, world.secret_credential());
  caller.send(EnrollmentBody(world, PKIBody::ir).body);
  const Octets certificate = copy_of(certificate_in(caller.answer()));
  asn1::Storage storage;
  caller.send(confirming(caller.answer(), storage));
  PKIBody poll;
  poll.set<PKIBody::pollReq>().push_back({-1});
  REQUIRE(caller.send(poll).body.type() == PKIBody::pollRep);
  int reads = 0;  // the first one is of the transaction
  world.failing_store->before_read = [&]() { return ++reads > 1 ? std::optional(broken) : std::nullopt; };
  check_refused(caller.send(poll), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
  world.failing_store->before_read = {};
  CHECK(caller.send_again().body.type() == PKIBody::pkiconf);
  CHECK(world.status_of(certificate) == Status::valid);
}

TEST_CASE("a commit that is done but could not be told of gives the stored answer to the retry") {
  FailingWorld world;
  Caller caller(world, world.secret_credential());
  world.failing_store->after_commit = [] { return broken; };
  const EnrollmentBody ir(world, PKIBody::ir);
  check_refused(caller.send(ir.body), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
  world.failing_store->after_commit = {};
  CHECK(caller.send_again().body.type() == PKIBody::ip);
  CHECK(caller.reply.response == "repeated");
  CHECK(world.store->statistics()->certificates[static_cast<std::size_t>(Status::unconfirmed)] == 1);
}

TEST_CASE("V-36 a refusal that cannot be recorded is told as systemUnavail") {
  FailingWorld world;
  auto configuration = world.configuration();
  configuration.permissions.erase(configuration.permissions.begin(), configuration.permissions.end() - 1);
  world.use(std::move(configuration));
  Caller caller(world, world.vendor_credential());
  world.failing_store->before_commit = [] { return broken; };
  const EnrollmentBody ir(world, PKIBody::ir);
  check_refused(caller.send(ir.body), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
}

TEST_CASE("R-09 of two requests for one key at the same moment one is refused") {
  FailingWorld world;
  auto configuration = world.configuration();
  configuration.refuse_used_keys = true;
  world.use(std::move(configuration));
  Caller caller(world, world.secret_credential());
  const EnrollmentBody ir(world, PKIBody::ir);
  world.failing_store->before_commit = [&]() -> std::optional<StoreError> {
    world.failing_store->before_commit = {};
    REQUIRE(world.store->commit({{}, {foreign(world, *ir.key, "/CN=other")}, {}}) == Commit::done);
    return std::nullopt;
  };
  check_refused(caller.send(ir.body), PKIBody::ip, PKIFailureInfo::badCertTemplate, "R-09");
}

TEST_CASE("R-09 of two requests for one name that is to be unique at the same moment one is refused") {
  FailingWorld world;
  CertificateProfile profile;
  profile.name = "unique";
  profile.subject_unique = true;
  world.authority = CertificateAuthority::create({.signer = world.ca.signer,
                                                  .chain = {world.ca.certificate},
                                                  .ca_pubs = {},
                                                  .profiles = {profile},
                                                  .store = world.store.get()},
                                                 world.environment())
                        .value();
  world.use(world.configuration());
  Caller caller(world, world.secret_credential());
  const EnrollmentBody ir(world, PKIBody::ir);
  world.failing_store->before_commit = [&]() -> std::optional<StoreError> {
    world.failing_store->before_commit = {};
    REQUIRE(world.store->commit({{}, {foreign(world, *ir.key, "/CN=device")}, {}}) == Commit::done);
    return std::nullopt;
  };
  check_refused(caller.send(ir.body), PKIBody::ip, PKIFailureInfo::badCertTemplate, "R-09");
}

TEST_CASE("K-01 of two key updates of one certificate at the same moment one is refused") {
  FailingWorld world;
  const Device device = enrolled(world);
  Caller first(world, device.credential(world)), second(world, device.credential(world));
  const EnrollmentBody one(world, PKIBody::kur), other(world, PKIBody::kur);
  world.failing_store->before_commit = [&]() -> std::optional<StoreError> {
    world.failing_store->before_commit = {};
    CHECK(second.send(other.body).body.type() == PKIBody::kup);
    return std::nullopt;
  };
  check_refused(first.send(one.body), PKIBody::kup, PKIFailureInfo::duplicateCertReq, "K-01");
}

TEST_CASE("what another replica grants to the same message meanwhile is the answer, not a refusal that rests on it") {
  FailingWorld world;
  const Device device = enrolled(world);
  Caller owner(world, device.credential(world));
  const EnrollmentBody kur(world, PKIBody::kur);
  PKIBody rr;
  rr.set<PKIBody::rr>().emplace_back().certDetails.serialNumber = device.view().serial();
  const Octets message = owner.message(GENERATE(true, false) ? kur.body : rr);
  const auto replica =
      Responder::create(world.configuration(), *world.authority, world.failing_store->behind(), world.environment())
          .value();
  const int moment = GENERATE(1, 2, 3, 4);  // before which read of the store
  Octets granted;
  int reads = 0;
  world.failing_store->before_read = [&]() -> std::optional<StoreError> {
    if (++reads == moment) granted = replica->respond(message).octets;
    return std::nullopt;
  };
  CAPTURE(moment);
  owner.send_octets(message);
  if (reads < moment) return;  // there are not so many
  CHECK(same_octets(owner.reply.octets, granted));
  for (const AuditEntry& entry : audit_of(world.failing_store->behind())) CHECK(entry.result != "refused");
}

TEST_CASE("a requester may have so many open transactions, and all requesters together so many") {
  World world;
  auto configuration = world.configuration();
  const bool own = GENERATE(true, false);
  configuration.quota = own ? Quota{.per_sender = 2, .in_all = 0} : Quota{.per_sender = 0, .in_all = 2};
  world.use(std::move(configuration));
  std::vector<std::unique_ptr<Caller>> callers;
  const auto begin = [&](Credential credential) -> const asn1::PKIMessage& {
    callers.push_back(std::make_unique<Caller>(world, std::move(credential)));
    return callers.back()->send(EnrollmentBody(world, PKIBody::ir).body);
  };
  CHECK(begin(world.secret_credential()).body.type() == PKIBody::ip);
  CHECK(begin(world.secret_credential()).body.type() == PKIBody::ip);
  check_refused(begin(world.secret_credential()), PKIBody::error, PKIFailureInfo::systemUnavail, "E-30");
  const auto& stranger = begin(world.vendor_credential());
  CHECK(stranger.body.type() == (own ? PKIBody::ip : PKIBody::error));

  asn1::Storage storage;  // one that is finished makes room
  CHECK(callers.front()->send(confirming(callers.front()->answer(), storage)).body.type() == PKIBody::pkiconf);
  CHECK(begin(own ? Credential(world.secret_credential()) : world.vendor_credential()).body.type() == PKIBody::ip);
}

TEST_CASE("V-37 a secret that is kept in the store gives as many certificates as it may") {
  World world;
  StoredSecret secret;
  secret.secret = octets("x");
  secret.max_uses = 1;
  secret.reference = std::string(text_of(world.secret_credential().reference));
  Change add;
  add.secret = secret;
  REQUIRE(world.store->commit(add) == Commit::done);
  Caller first(world, world.secret_credential()), second(world, world.secret_credential());
  REQUIRE(first.send(EnrollmentBody(world, PKIBody::ir).body).body.type() == PKIBody::ip);
  check_refused(second.send(EnrollmentBody(world, PKIBody::ir).body), PKIBody::error, PKIFailureInfo::notAuthorized,
                "V-37");
  asn1::Storage storage;
  CHECK(first.send(confirming(first.answer(), storage)).body.type() == PKIBody::pkiconf);
  CHECK(world.store->secret(secret.reference).value()->uses == 1);
}

TEST_CASE("V-37 a secret that may not begin any more still ends what it began") {
  World world;
  struct Expiring final : SharedSecrets {
    explicit Expiring(const SharedSecrets& all) : all_secrets(all) {}
    [[nodiscard]] Known<Octets> find(Bytes reference) const override { return all_secrets.find(reference); }
    [[nodiscard]] Known<std::string> why_not(Bytes, Time) const override {
      return expired ? std::optional<std::string>("the secret has expired") : std::nullopt;
    }
    const SharedSecrets& all_secrets;
    bool expired = false;
  } secrets(world.secrets);
  auto configuration = world.configuration();
  configuration.secrets = &secrets;
  world.use(std::move(configuration));
  Caller first(world, world.secret_credential()), second(world, world.secret_credential());
  REQUIRE(first.send(EnrollmentBody(world, PKIBody::ir).body).body.type() == PKIBody::ip);
  secrets.expired = true;
  check_refused(second.send(EnrollmentBody(world, PKIBody::ir).body), PKIBody::error, PKIFailureInfo::notAuthorized,
                "V-37");
  asn1::Storage storage;
  CHECK(first.send(confirming(first.answer(), storage)).body.type() == PKIBody::pkiconf);
}

TEST_CASE("E-30 a secret that cannot be looked up just now is no wrong one: systemUnavail") {
  World world;
  struct Failing final : SharedSecrets {
    explicit Failing(const SharedSecrets& all) : all_secrets(all) {}
    [[nodiscard]] Known<Octets> find(Bytes reference) const override {
      if (find_fails) return tl::unexpected(StoreError{"the database is gone"});
      return all_secrets.find(reference);
    }
    [[nodiscard]] Known<std::string> why_not(Bytes, Time) const override {
      if (why_not_fails) return tl::unexpected(StoreError{"the database is gone"});
      return std::nullopt;
    }
    const SharedSecrets& all_secrets;
    bool find_fails = false, why_not_fails = false;
  } secrets(world.secrets);
  auto configuration = world.configuration();
  configuration.secrets = &secrets;
  world.use(std::move(configuration));
  const auto refused_while = [&](bool& failing) {
    Caller caller(world, world.secret_credential()), later(world, world.secret_credential());
    failing = true;
    check_refused(caller.send(EnrollmentBody(world, PKIBody::ir).body), PKIBody::error, PKIFailureInfo::systemUnavail,
                  "E-30");
    failing = false;
    CHECK(later.send(EnrollmentBody(world, PKIBody::ir).body).body.type() == PKIBody::ip);
  };
  refused_while(secrets.find_fails);
  refused_while(secrets.why_not_fails);
}

TEST_CASE("C-07 what time ended is in the audit log") {
  World world;
  Caller caller(world, world.secret_credential());
  caller.send(EnrollmentBody(world, PKIBody::ir).body);
  const Octets serial = serial_of(certificate_in(caller.answer()));
  world.clock.advance(std::chrono::hours{1});
  CHECK(world.responder->expire() == 1);
  const AuditEntry last = audit_of(*world.store).back();
  CHECK(last.actor == "time");
  CHECK(last.action == "expire");
  CHECK(last.result == "rejected");
  CHECK(last.certificates == std::vector<Octets>{serial});
}
