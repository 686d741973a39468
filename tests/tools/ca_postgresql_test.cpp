// `cmpkit ca` on PostgreSQL: two servers, the commands beside them, and a database that goes away.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/postgresql_cluster.h"
#include "tests/tools/new_ca.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::PostgresqlCluster;

/// Its store is a new database.
void use_postgresql(const NewCa& ca) {
  edit(ca / "ca.toml", "store = \"sqlite\"", "store = \"" + PostgresqlCluster::shared().new_database() + "\"");
}

TEST_CASE("the commands work on PostgreSQL beside two servers, and show no password") {
  if (PostgresqlCluster::missing()) SKIP(*PostgresqlCluster::missing());
  const NewCa ca;
  use_postgresql(ca);
  CHECK_THAT(cmpkit({"ca", "list", ca.folder()}).err, ContainsSubstring("cmpkit store migrate"));
  const Finished made = cmpkit({"store", "migrate", ca.folder()});
  INFO(made.err);
  CHECK_THAT(made.out, ContainsSubstring("PostgreSQL") && !ContainsSubstring(PostgresqlCluster::password));

  Server one(ca.folder());
  const Server two(ca.folder());
  REQUIRE(enroll(ca, one.url, "/CN=first-device").status == 0);
  const std::string serial = serial_of(ca.scratch("device.crt"));
  const auto ask_two = [&] {
    return cmpkit({"genm", "--server", two.url, "--infotype", "caCerts", "--cert", ca.scratch("device.crt"), "--key",
                   ca.scratch("device.key"), "--extracerts", ca / "ca.crt", "--trusted", ca / "root.crt"});
  };
  CHECK(ask_two().status == 0);
  CHECK(json_of({"ca", "list", ca.folder()})[0]["serial"] == serial);
  CHECK(json_of({"ca", "revoke", ca.folder(), serial})["status"] == "revoked");
  CHECK(ask_two().status == 1);
  CHECK(json_of({"ca", "stats", ca.folder()})["onCrl"] == 1);
  CHECK(json_of({"ca", "audit", "verify", ca.folder()})["whole"] == true);
  const Finished exported = cmpkit({"ca", "export", ca.folder()});
  CHECK_THAT(exported.out, ContainsSubstring("BEGIN CERTIFICATE"));
  CHECK_THAT(one.stop().err,
             ContainsSubstring("state is kept in PostgreSQL") && !ContainsSubstring(PostgresqlCluster::password));
}

TEST_CASE("a server whose database goes away tells clients to come back, says so in its log, and goes on") {
  if (PostgresqlCluster::missing()) SKIP(*PostgresqlCluster::missing());
  const NewCa ca;
  use_postgresql(ca);
  Server server(ca.folder());
  const auto enroll_once = [&] {
    return cmpkit({"enroll", "--server", server.url, "--retries", "0", "--ref", "first-device", "--secret",
                   "file:" + ca / "first-device.secret", "--trusted", ca / "root.crt", "--subject", "/CN=first-device",
                   "--newkey", ca.scratch("device.key"), "--certout", ca.scratch("device.crt")});
  };
  PostgresqlCluster::shared().stop_immediately();
  const Finished refused = enroll_once();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("systemUnavail"));
  const Finished listed = cmpkit({"ca", "list", ca.folder()});
  CHECK(listed.status == 1);
  CHECK_THAT(listed.err, !ContainsSubstring(PostgresqlCluster::password));

  PostgresqlCluster::shared().start();
  const Finished done = enroll_once();
  INFO(done.err);
  CHECK(done.status == 0);
  CHECK(json_of({"ca", "list", ca.folder()}).size() == 1);
  CHECK_THAT(server.stop().err, ContainsSubstring(" error ir from ") && ContainsSubstring("systemUnavail"));
}

}  // namespace
}  // namespace cmpkit::tools
