// The mock server of `openssl cmp`, and the certificates around it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/interop/openssl.h"
#include "tests/support/network_namespace.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::test {

inline Arguments operator+(Arguments all, const Arguments& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// Why there can be no mock server here.
std::optional<std::string> mock_server_missing();

/// It can only hand out what was made before, so for each type of key there is one key and its certificate.
class MockWorld {
 public:
  MockWorld();

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  /// Key and certificate by the root, made once for each name.
  openssl::KeyAndCertificate pair(const std::string& type, const std::string& name, const std::string& subject);
  /// What the device has from its manufacturer.
  openssl::KeyAndCertificate from_factory(const std::string& type) { return pair(type, "device", "/CN=device-1"); }
  /// The key to certify, for which the mock server has a certificate.
  openssl::KeyAndCertificate ready(const std::string& type) { return pair(type, "new", "/CN=device-1"); }

 private:
  void make(const openssl::KeyAndCertificate& files, const std::string& type, const std::string& subject) const;

  ScratchDirectory folder_;

 public:
  const openssl::KeyAndCertificate root{folder_ / "root.key", folder_ / "root.crt"};
  const openssl::KeyAndCertificate server{folder_ / "server.key", folder_ / "server.crt"};
};

/// Made once.
MockWorld& mock_world();

/// In a network of its own, at port 8080. It knows the secret `s3cret` of the reference `dev`, and who has a
/// certificate by the root.
class MockServer {
 public:
  static constexpr const char* url = "http://127.0.0.1:8080/";

  explicit MockServer(const Arguments& arguments);

  /// For what runs beside it.
  [[nodiscard]] ProcessOptions beside_it() const;
  /// Runs cmpkit beside it.
  [[nodiscard]] Finished cmpkit(const Arguments& arguments) const;

 private:
  Process process_;
};

/// The only certificate that it hands out is also the only one that it updates and revokes.
Arguments handing_out(const openssl::KeyAndCertificate& files);

/// The options of `cmpkit enroll` that ask for a certificate for this key; p10cr by a request that is made now.
Arguments asking_for(const std::string& command, const openssl::KeyAndCertificate& files);

/// What a command printed with --json.
nlohmann::json result_of(const Finished& done);

/// The types of its requests.
std::vector<std::string> requests_of(const nlohmann::json& result);

}  // namespace cmpkit::test
