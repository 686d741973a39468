// `cmpkit ra serve` with [cache]: general messages are answered while the CA is away.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <mutex>

#include "cmpkit/transport/http_client.h"
#include "tests/support/http_entity.h"
#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using transport::Operation;

/// The way to a CA: it counts what is asked, and it can be closed.
class Road {
 public:
  explicit Road(std::string ca_url)
      : ca_url_(std::move(ca_url)),
        entity_(cmp::test::HttpEntity::Answer(
            [this](const transport::Endpoint& endpoint, Bytes request) { return carry(endpoint, request); })) {}

  [[nodiscard]] std::string url() const { return entity_.url(); }
  void close() { closed_ = true; }
  /// Since this was asked last.
  [[nodiscard]] unsigned asked(Operation operation) {
    for (const auto& each : entity_.take_exchanges())
      if (each.endpoint.operation) ++asked_[*each.endpoint.operation];
    return std::exchange(asked_[operation], 0);
  }

 private:
  transport::Reply carry(const transport::Endpoint& endpoint, Bytes request) const {
    if (closed_) return {503, {}, {}, {}};
    auto client = transport::HttpClient::create(ca_url_).value();
    auto answer = client.post(transport::build_path(endpoint).value(), request);
    if (!answer) return {502, {}, {}, {}};
    return {answer->status, std::string(transport::pkixcmp), std::move(answer->body), {}};
  }

  std::string ca_url_;
  std::atomic<bool> closed_ = false;
  std::map<Operation, unsigned> asked_;
  cmp::test::HttpEntity entity_;
};

struct World {
  explicit World(const std::string& refresh) {
    edit(ra / "ra.toml", "#[cache]\n#upstream = \"ca\"\n#ca_certificates = true\n#crls_of",
         "[cache]\nupstream = \"ca\"\nca_certificates = true\ncrls_of");
    edit(ra / "ra.toml", "#refresh = \"1h\"", "refresh = \"" + refresh + "\"");
  }
  [[nodiscard]] Finished ask(const std::string& url, const Arguments& question) const {
    Arguments all{
        "genm",      "--server", url, "--ref", "device-1", "--secret", "pass:open", "--trusted", above.ca / "root.crt",
        "--retries", "0"};
    all.insert(all.end(), question.begin(), question.end());
    return cmpkit(all);
  }
  [[nodiscard]] Arguments about_crl() const {
    return {"--infotype", "crlStatusList", "--crlcert", ra / "ra.crt", "--crlout", ra.scratch("ca.crl")};
  }
  /// How many certificates are on the CRL that came.
  [[nodiscard]] std::ptrdiff_t revoked() const {
    const auto crl = test::run({"openssl", "crl", "-in", ra.scratch("ca.crl"), "-noout", "-text"});
    const auto lines = lines_of(crl.out);
    return std::ranges::count_if(
        lines, [](const std::string& line) { return line.find("Serial Number:") != std::string::npos; });
  }

  const CaWithRa above;
  const Server ca{above.ca.folder()};
  Road road{ca.url};
  const NewRa ra{above, road.url()};
};

TEST_CASE("ra serve with [cache]: caCerts and CRL are answered while the CA is away, and nothing else") {
  World world("1h");
  const RaServer server(world.ra);
  unsigned certificates = 0, crls = 0;
  wait_until([&] {
    certificates += world.road.asked(Operation::getcacerts);
    crls += world.road.asked(Operation::getcrls);
    return certificates > 0 && crls > 0;
  });
  world.road.close();
  const std::string file = world.ra.scratch("cacerts.pem");
  wait_until([&] {
    return world.ask(server.url, {"--infotype", "caCerts", "--cacertsout", file}).status == 0 &&
           world.ask(server.url, world.about_crl()).status == 0;
  });
  CHECK(load_certificates({file}).value().front() == load_certificates({world.above.ca / "ca.crt"}).value().front());
  CHECK(world.revoked() == 0);
  const auto other = world.ask(server.url, {"--infotype", "signKeyPairTypes"});
  CHECK(other.status == 1);
  CHECK(other.err.find("systemUnavail") != std::string::npos);
}

TEST_CASE("ra serve with [cache]: it is refreshed now and then, without being asked") {
  World world("1s");
  const RaServer server(world.ra);
  check_done(test::run(enrollment(world.above, world.ra, server.url)));
  check_done(cmpkit({"ca", "revoke", world.above.ca.folder(), serial_of(world.ra.scratch("device-1.crt"))}));
  (void)world.road.asked(Operation::getcrls);
  unsigned crls = 0;
  wait_until([&] { return (crls += world.road.asked(Operation::getcrls)) >= 2; });
  REQUIRE(world.ask(server.url, world.about_crl()).status == 0);
  CHECK(world.revoked() == 1);
}

}  // namespace
}  // namespace cmpkit::tools
