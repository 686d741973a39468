// PostgreSQL of its own for a test program: a private cluster on a loopback port, in a folder that is gone afterwards.
// What it acknowledges is on the disk (fsync), as in earnest.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/support/process.h"
#include "tests/support/reserved_port.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::test {

class PostgresqlCluster {
 public:
  /// Why none can be had on this machine; nothing where it can.
  static const std::optional<std::string>& missing();

  /// The one that the tests of a program share, running; each test makes databases of its own in it.
  static PostgresqlCluster& shared();

  /// Makes it and starts it. Throws std::runtime_error with the end of its log.
  PostgresqlCluster();
  PostgresqlCluster(const PostgresqlCluster&) = delete;
  PostgresqlCluster& operator=(const PostgresqlCluster&) = delete;
  ~PostgresqlCluster();

  /// `postgresql://cmpkit:...@127.0.0.1:12345/DATABASE`
  [[nodiscard]] std::string uri(const std::string& database) const;
  /// Makes an empty database and returns its URI.
  std::string new_database();
  /// Runs one SQL command in a database, beside all others; throws std::runtime_error where it fails.
  void command(const std::string& database_uri, const std::string& sql) const;

  /// As `pg_ctl stop -m immediate` does: everybody is thrown out, nothing is tidied up. Returns when it is gone.
  void stop_immediately();
  /// Starts it on the same port and returns when it accepts connections, having recovered what was committed.
  void start();

  static constexpr const char* user = "cmpkit";
  static constexpr const char* password = "correct-horse";

 private:
  void make();
  [[nodiscard]] bool answers() const;
  [[nodiscard]] std::string end_of_log() const;
  [[nodiscard]] ProcessOptions as_owner() const;

  ScratchDirectory folder_;
  ReservedPort port_;
  std::unique_ptr<Process> server_;
  int databases_ = 0;
};

}  // namespace cmpkit::test
