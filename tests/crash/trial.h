// A CA under load whose servers are killed at random instants, and what is left of it afterwards.
#pragma once

#include <map>
#include <thread>

#include "cmpkit/cmp/trust.h"
#include "tests/crash/device.h"
#include "tests/crash/ledger.h"
#include "tests/crash/replica.h"
#include "tests/support/scratch_directory.h"
#ifdef CMPKIT_WITH_POSTGRESQL
#include "tests/support/postgresql_cluster.h"
#endif

namespace cmpkit::crash {

class Trial {
 public:
  enum class Kind {
    sqlite,      // one server
    postgresql,  // two, and PostgreSQL itself is stopped now and then
  };
  /// `command` is cmpkit. Throws std::runtime_error where there is nothing to begin with.
  Trial(Kind kind, const std::string& command, std::uint64_t seed);

  /// So many kills, with a line about each 10 of them, then the examination. What was broken, a sentence each.
  std::vector<std::string> run(unsigned kills);

 private:
  void make_ca();
  void kill_something();
  void look_at_crl();
  void tell(unsigned kills, unsigned of) const;
  void finish();
  void pause(unsigned least, unsigned most);

  Kind kind_;
  std::string command_, store_;
  std::mt19937_64 random_;
  test::ScratchDirectory folder_;
#ifdef CMPKIT_WITH_POSTGRESQL
  std::unique_ptr<test::PostgresqlCluster> cluster_;
#endif
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::unique_ptr<cmp::TrustStore> trust_;
  Peer peer_;
  Ledger ledger_;
  std::map<std::uint64_t, Octets> crls_;  // seen, by their numbers
  std::map<std::string, unsigned> killed_;
};

}  // namespace cmpkit::crash
