// A CA whose PostgreSQL is stopped: its clients are told to come again later, nothing is half done, and it goes on by
// itself as soon as PostgreSQL is there again. Its replicas see the same.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "cmpkit/store/postgresql.h"
#include "tests/store/stored_world.h"
#include "tests/support/postgresql_cluster.h"

namespace cmpkit::test {
namespace {

using namespace cmp::test;
using asn1::PKIBody;
using Status = cmp::IssuedCertificate::Status;

PostgresqlCluster& cluster() {
  if (PostgresqlCluster::missing()) SKIP(*PostgresqlCluster::missing());
  return PostgresqlCluster::shared();
}

/// A CA with its store in PostgreSQL.
struct PostgresqlWorld : StoredWorld {
  explicit PostgresqlWorld(const std::string& place = cluster().new_database())
      : StoredWorld(store::open_postgresql(place, cmp::botan_crypto())), uri(place) {}
  std::string uri;
};

/// The same CA in another process: its keys, and a store of its own in the same database.
struct ReplicaOf {
  explicit ReplicaOf(PostgresqlWorld& world)
      : store(store::open_postgresql(world.uri, cmp::botan_crypto()).value()),
        responder(
            cmp::Responder::create(world.configuration(), *world.authority, *store, world.environment()).value()) {}
  std::unique_ptr<cmp::Store> store;
  std::unique_ptr<cmp::Responder> responder;
};

TEST_CASE("a CA whose PostgreSQL is gone says systemUnavail, and goes on when it is back", "[postgresql]") {
  PostgresqlWorld world;
  std::string cause;
  std::vector<Octets> confirmed{enrol(world, cause).value()};
  cluster().stop_immediately();
  CHECK_FALSE(enrol(world, cause));
  CHECK(cause.find("PostgreSQL") != std::string::npos);
  CHECK(cause.find(PostgresqlCluster::password) == std::string::npos);
  CHECK(world.responder->expire() == 0);

  cluster().start();
  confirmed.push_back(enrol(world, cause).value());
  check_all_there(world, confirmed);
}

TEST_CASE("what PostgreSQL's end interrupts is finished by the same message afterwards", "[postgresql]") {
  PostgresqlWorld world;
  std::string cause;
  Caller caller(world, world.secret_credential());
  const EnrollmentBody request(world, PKIBody::ir);
  cluster().stop_immediately();
  caller.send(request.body);
  REQUIRE_FALSE(is_answered(caller, cause));
  cluster().start();
  caller.send_again();
  REQUIRE(is_answered(caller, cause));
  const Octets certificate = copy_of(certificate_in(caller.answer()));
  CHECK(world.status_of(certificate) == Status::unconfirmed);

  asn1::Storage storage;
  const PKIBody confirmation = confirming(caller.answer(), storage);
  const Octets message = caller.message(confirmation);
  cluster().stop_immediately();
  caller.send_octets(message);
  REQUIRE_FALSE(is_answered(caller, cause));
  cluster().start();
  CHECK(world.status_of(certificate) == Status::unconfirmed);
  CHECK(caller.send_octets(message).body.type() == PKIBody::pkiconf);
  const Octets first_answer = caller.reply.octets;
  CHECK(caller.send_octets(message).body.type() == PKIBody::pkiconf);
  CHECK(caller.reply.octets == first_answer);
  check_all_there(world, {certificate});
}

TEST_CASE("of two replicas either takes any message, and both give the same answer", "[postgresql]") {
  PostgresqlWorld world;
  const ReplicaOf other(world);
  Caller caller(world, world.secret_credential());
  const EnrollmentBody request(world, PKIBody::ir);
  const Octets message = caller.message(request.body);

  // Both at once: one of them grants, the other one finds that out.
  Octets answers[2];
  {
    std::jthread one([&] { answers[0] = world.responder->respond(message).octets; });
    std::jthread two([&] { answers[1] = other.responder->respond(message).octets; });
  }
  CHECK(answers[0] == answers[1]);

  asn1::Storage storage;
  const Octets certificate = copy_of(certificate_in(caller.send_octets(message)));
  CHECK(caller.reply.octets == answers[0]);
  const Octets confirmation = caller.message(confirming(caller.answer(), storage));
  const auto confirmed = other.responder->respond(confirmation);
  CHECK(confirmed.response == "pkiconf");
  CHECK(world.responder->respond(confirmation).octets == confirmed.octets);
  check_all_there(world, {certificate});
  CHECK(world.store->statistics()->certificates[static_cast<std::size_t>(Status::valid)] == 1);
}

}  // namespace
}  // namespace cmpkit::test
