#include "tests/interop/mock_server.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

namespace cmpkit::test {

namespace {

Arguments all_of(const Arguments& arguments) {
  const MockWorld& world = mock_world();
  return Arguments{"openssl", "cmp", "-config", "", "-port", "8080", "-max_msgs", "20"} +
         Arguments{"-srv_cert", world.server.certificate, "-srv_key", world.server.key} +
         Arguments{"-srv_trusted", world.root.certificate, "-srv_ref", "dev", "-srv_secret", "pass:s3cret"} + arguments;
}

ProcessOptions in_own_network() {
  ProcessOptions options;
  options.prepare = enter_own_network;
  return options;
}

}  // namespace

std::optional<std::string> mock_server_missing() {
  return openssl::missing() ? openssl::missing() : own_network_missing();
}

MockWorld::MockWorld() {
  openssl::make_key("ec", root.key);
  openssl::make_root(root, "/CN=Mock Root");
  make(server, "ec", "/CN=Mock CMP");
}

openssl::KeyAndCertificate MockWorld::pair(const std::string& type, const std::string& name,
                                           const std::string& subject) {
  const openssl::KeyAndCertificate files{folder_ / (type + name + ".key"), folder_ / (type + name + ".crt")};
  if (!std::filesystem::exists(files.key)) make(files, type, subject);
  return files;
}

void MockWorld::make(const openssl::KeyAndCertificate& files, const std::string& type,
                     const std::string& subject) const {
  openssl::make_key(type, files.key);
  openssl::make_certificate(files, subject, root);
}

MockWorld& mock_world() {
  static MockWorld it;
  return it;
}

MockServer::MockServer(const Arguments& arguments) : process_(all_of(arguments), in_own_network()) {
  REQUIRE(process_.wait_for_line("ACCEPT "));
}

ProcessOptions MockServer::beside_it() const {
  ProcessOptions options;
  options.prepare = [server = process_.id()] { return enter_network_of(server); };
  return options;
}

Finished MockServer::cmpkit(const Arguments& arguments) const {
  return run(Arguments{CMPKIT_COMMAND} + arguments, beside_it());
}

Arguments handing_out(const openssl::KeyAndCertificate& files) {
  Arguments arguments{"-rsp_cert", files.certificate};
  if (openssl::client_has("-ref_cert")) arguments = arguments + Arguments{"-ref_cert", files.certificate};
  return arguments;
}

Arguments asking_for(const std::string& command, const openssl::KeyAndCertificate& files) {
  if (command != "p10cr") return {"--newkey", files.key};
  openssl::make_request(files.key, "/CN=device-1", mock_world().file("request.csr"));
  return {"--csr", mock_world().file("request.csr")};
}

nlohmann::json result_of(const Finished& done) {
  INFO(done.out << done.err);
  REQUIRE_FALSE(done.timed_out);
  return nlohmann::json::parse(done.out);
}

std::vector<std::string> requests_of(const nlohmann::json& result) {
  std::vector<std::string> requests;
  for (const auto& exchange : result["exchanges"]) requests.push_back(exchange["request"]);
  return requests;
}

}  // namespace cmpkit::test
