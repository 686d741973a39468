// `cmpkit ra serve` with `batch`: the messages of many devices go to the CA in one, through one RA or through two.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <memory>

#include "tests/tools/new_ra.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;

void use_batches(const NewRa& ra) {
  edit(ra / "ra.toml", "#batch = 100 ", "batch = 100 ");
  edit(ra / "ra.toml", "#check_after = \"60s\"", "check_after = \"1s\"");
}

/// Devices that enrol at the same time.
class Crowd {
 public:
  Crowd(const CaWithRa& above, const NewRa& ra, const std::string& url, int count) {
    for (int i = 0; i < count; ++i)
      devices_.push_back(std::make_unique<Process>(enrollment(above, ra, url, patient, "device-" + std::to_string(i)),
                                                   patient_process()));
  }
  void check_all_done() const {
    for (const auto& each : devices_) check_done(each->wait());
  }

 private:
  std::vector<std::unique_ptr<Process>> devices_;
};

/// Each of them has one certificate of the CA, and that is valid.
void check_certificates(const CaWithRa& above, int count) {
  std::vector<std::string> subjects, expected;
  for (const auto& each : json_of({"ca", "list", above.ca.folder()}))
    if (each["subject"].get<std::string>().starts_with("/CN=device-")) {
      CHECK(each["status"] == "valid");
      subjects.push_back(each["subject"]);
    }
  for (int i = 0; i < count; ++i) expected.push_back("/CN=device-" + std::to_string(i));
  std::ranges::sort(subjects);
  CHECK(subjects == expected);
}

/// How often such a line is in a log.
std::ptrdiff_t count_lines(const std::string& log, const std::string& with) {
  const auto lines = lines_of(log);
  return std::ranges::count_if(lines, [&](const std::string& line) { return line.find(with) != std::string::npos; });
}

/// An LRA before an RA. Both have their certificates; the RA serves no more, and `upper_address` is where it did.
struct TwoRas {
  TwoRas() { upper.reset(); }
  /// The RA comes back.
  void serve() { upper = std::make_unique<RaServer>(ra, upper_address); }

  const CaWithRa above;
  const Server ca{above.ca.folder()};
  const NewRa ra{above, ca.url, {"--secret", "ra-1=pass:sesame"}};
  std::unique_ptr<RaServer> upper = std::make_unique<RaServer>(ra);
  const Arguments upper_address = upper->same_address();
  const NewRa lra{above, upper->url, {"--subject", "/CN=ra-1", "--secret", "*=pass:open"}};
};

TEST_CASE("A-30 ra serve with batch: several devices at once; the CA hears of them in batches only") {
  const CaWithRa above;
  Server ca(above.ca.folder());
  const NewRa ra(above, ca.url, {"--secret", "*=pass:open"});
  use_batches(ra);
  const RaServer server(ra);
  const Crowd crowd(above, ra, server.url, 5);
  crowd.check_all_done();
  check_certificates(above, 5);
  const std::string log = ca.stop().err;
  CHECK(count_lines(log, " nested from ") >= 2);
  CHECK(count_lines(log, " certConf from /CN=cmpkit RA") == 0);
}

TEST_CASE("A-30 ra serve with batch: through an LRA and an RA that both put messages together") {
  TwoRas both;
  use_batches(both.ra);
  use_batches(both.lra);
  both.serve();
  const RaServer lower(both.lra);
  const Crowd crowd(both.above, both.lra, lower.url, 4);
  crowd.check_all_done();
  check_certificates(both.above, 4);
  CHECK(count_lines(both.upper->stop().err, " nested from ") >= 1);
}

TEST_CASE("ra serve with batch: a batch that the CA did not get because it was away is sent again") {
  const CaWithRa above;
  auto ca = std::make_unique<Server>(above.ca.folder());
  const NewRa ra(above, ca->url, {"--secret", "*=pass:open"});
  use_batches(ra);
  const RaServer server(ra);
  ca->kill();
  const Crowd crowd(above, ra, server.url, 2);
  wait_until([&] { return json_of({"ra", "stats", ra.folder()})["transactions"]["relayed"] >= 3; });  // and their batch
  ca = std::make_unique<Server>(above.ca.folder(), ca->same_address());
  crowd.check_all_done();
  check_certificates(above, 2);
}

TEST_CASE("A-36 max_nesting bounds what RAs below may put into each other") {
  TwoRas both;
  use_batches(both.lra);
  edit(both.lra / "ra.toml", "forwarding = \"replace\"", "forwarding = \"add\"");  // within the batch: nested twice
  edit(both.ra / "ra.toml", "max_nesting = 2", "max_nesting = 1");
  both.serve();
  const RaServer lower(both.lra);
  const Finished refused = test::run(enrollment(both.above, both.lra, lower.url, {"--retries", "0"}));
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("A-36"));

  both.upper.reset();
  edit(both.ra / "ra.toml", "max_nesting = 1", "max_nesting = 2");
  both.serve();
  check_done(test::run(enrollment(both.above, both.lra, lower.url)));
}

}  // namespace
}  // namespace cmpkit::tools
