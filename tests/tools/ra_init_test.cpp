// `cmpkit ra init`, and the commands beside the server.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "cmpkit/asn1/oids.h"
#include "tests/tools/new_ra.h"
#include "tools/ra_configuration.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("ra init --enroll makes an RA whose certificate the operator of the CA has approved") {
  const CaWithRa above;
  const Server ca(above.ca.folder());
  const NewRa ra(above, ca.url);
  CHECK_THAT(ra.made.out, ContainsSubstring("then: cmpkit ra serve " + ra.folder()));
  CHECK(mode_of(ra / "ra.key") == 0600);
  CHECK(mode_of(ra / "ra.toml") == 0600);
  const auto certificate = load_certificates({ra / "ra.crt"}).value();
  CHECK(cmp::CertificateView::decode(certificate.front())->has_purpose(asn1::id_kp_cmcRA));
  CHECK(read_ra_configuration(ra.folder()));
}

TEST_CASE("ra init without --enroll says how the RA comes to its certificate") {
  const NewCa ca;
  const std::string folder = ca.scratch("ra");
  const Finished made =
      cmpkit({"ra", "init", folder, "--upstream", "http://127.0.0.1:9", "--upstream-trusted", ca / "root.crt"});
  INFO(made.err);
  REQUIRE(made.status == 0);
  CHECK_THAT(made.out, ContainsSubstring("cmpkit enroll --server http://127.0.0.1:9 "));
  CHECK_THAT(made.out, ContainsSubstring("openssl req -new -key " + folder + "/ra.key"));
  CHECK(text_in(folder + "/operator/root.crt") == text_in(ca / "root.crt"));
  CHECK(read_ra_configuration(folder));
}

TEST_CASE("ra init before a CA that is offline, or a program") {
  const NewCa ca;
  const std::string folder = ca.scratch("ra");
  const std::string kind = GENERATE("files", "command");
  const Finished made = cmpkit({"ra", "init", folder, "--upstream", kind, "--upstream-trusted", ca / "root.crt"});
  INFO(made.out << made.err);
  REQUIRE(made.status == 0);
  CHECK_THAT(made.out, ContainsSubstring("openssl req -new -key " + folder + "/ra.key"));
  CHECK((made.out.find("cmpkit enroll --server URL") != std::string::npos) == (kind == "files"));
  const auto configuration = read_ra_configuration(folder);
  REQUIRE(configuration);
  REQUIRE(configuration->upstreams.size() == 1);
  CHECK(configuration->upstreams[0].name == "ca");
  CHECK(configuration->upstreams[0].kind ==
        (kind == "files" ? UpstreamEntry::Kind::files : UpstreamEntry::Kind::command));
  CHECK(file_exists(folder + "/sign.sh") == (kind == "command"));
}

TEST_CASE("ra init with wrong options makes nothing") {
  struct Row {
    Arguments options;
    const char* text;
  };
  const NewCa ca;
  const auto row =
      GENERATE(values<Row>({{{"--key", "dsa"}, "no key of type dsa"},
                            {{"--secret", "device"}, "--secret device: write REFERENCE=pass:SECRET"},
                            {{"--trusted", "/nonexistent"}, "--trusted: "},
                            {{"--listen", "here"}, "--listen"},
                            {{"--enroll"}, "--ref"},
                            {{"--upstream", "ftp://x"}, "http://ca.example.com:8080; or files, or command"},
                            {{"--upstream", "files", "--enroll", "--ref", "x", "--ref-secret", "pass:x"},
                             "--enroll asks the CA over HTTP"}}));
  Arguments arguments{"ra", "init", ca.scratch("ra"), "--upstream-trusted", ca / "root.crt"};
  if (row.options.front() != "--upstream") arguments.insert(arguments.end(), {"--upstream", "http://x"});
  arguments.insert(arguments.end(), row.options.begin(), row.options.end());
  const Finished made = cmpkit(arguments);
  CHECK(made.status == 2);
  CHECK_THAT(made.err, ContainsSubstring(row.text));
  CHECK_FALSE(std::filesystem::exists(ca.scratch("ra")));
}

TEST_CASE("the commands beside the server are those of a CA") {
  const NewCa ca;
  const std::string folder = ca.scratch("ra");
  REQUIRE(cmpkit({"ra", "init", folder, "--upstream", "http://x", "--upstream-trusted", ca / "root.crt"}).status == 0);
  REQUIRE(cmpkit({"store", "migrate", folder}).status == 0);
  CHECK_THAT(cmpkit({"ra", "pending", folder}).out, ContainsSubstring("no request is waiting"));
  CHECK_THAT(cmpkit({"ra", "approve", folder}).err, ContainsSubstring("cmpkit ra pending lists"));
  CHECK(json_of({"ra", "secret", "add", folder, "device-9"})["reference"] == "device-9");
  CHECK(json_of({"ra", "secret", "list", folder}).size() == 1);
  CHECK(json_of({"ra", "stats", folder})["secrets"] == 1);
  CHECK(json_of({"ra", "audit", folder})[0]["action"] == "add secret");
  CHECK(cmpkit({"ra", "audit", "verify", folder}).status == 0);

  const Finished elsewhere = cmpkit({"ra", "stats", ca.scratch("nowhere")});
  CHECK(elsewhere.status == 2);
  CHECK_THAT(elsewhere.err, ContainsSubstring("is not the folder of a CA or an RA"));
}

}  // namespace
}  // namespace cmpkit::tools
