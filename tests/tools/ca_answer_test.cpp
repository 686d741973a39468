// `cmpkit ca answer`: a CA whose messages are carried by hand.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <thread>

#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/botan.h"
#include "cmpkit/cmp/enrollment.h"
#include "cmpkit/transport/folder.h"
#include "tests/tools/new_ca.h"
#include "tools/system_clock.h"

namespace cmpkit::tools {
namespace {

using Catch::Matchers::ContainsSubstring;
using transport::Folder;

struct ShiftedClock final : cmp::Clock {
  [[nodiscard]] cmp::Time now() const override { return SystemClock().now() + shift; }
  std::chrono::seconds shift{0};
};

/// A CA, the two folders, and devices whose messages go through them.
struct Offline {
  [[nodiscard]] Finished answer(Arguments more = {}) const {
    Arguments all{"ca", "answer", ca.folder(), "--in", in.path(), "--out", out.path()};
    all.insert(all.end(), more.begin(), more.end());
    return cmpkit(all);
  }
  [[nodiscard]] cmp::Enrollment device() const {
    cmp::EnrollmentOptions options;
    std::string secret = text_in(ca / "first-device.secret");
    secret.pop_back();
    options.credential = cmp::SecretCredential{copy_of(bytes_of("first-device")), copy_of(bytes_of(secret)), {}};
    options.trust = &trust;
    options.subject = asn1::parse_name("/CN=first-device").value();
    options.new_key = cmp::PrivateKey::generate("ec:P-256")->signer().value();
    options.implicit_confirm = false;
    return cmp::Enrollment::create(std::move(options), {clock, cmp::system_random(), cmp::botan_crypto()}).value();
  }
  [[nodiscard]] Octets answer_to(const std::string& name) const {
    auto message = out.read(name);
    REQUIRE(message);
    REQUIRE(*message);
    return std::move(**message);
  }

  NewCa ca;
  ShiftedClock clock;
  cmp::TrustStore trust =
      cmp::TrustStore::make(cmp::botan_crypto(), load_certificates({ca / "root.crt"}).value()).value();
  Folder in = Folder::open(ca.scratch("in")).value(), out = Folder::open(ca.scratch("out")).value();
};

TEST_CASE("ca answer: a device enrols by messages that are carried from folder to folder") {
  const Offline offline;
  cmp::Enrollment device = offline.device();
  REQUIRE(offline.in.put("dev-1", *device.start().send));
  const Finished first = offline.answer();
  INFO(first.err);
  CHECK(first.status == 0);
  CHECK_THAT(first.err, ContainsSubstring("ir from secret first-device (dev-1) -> ip"));
  const cmp::Output confirming = device.receive(offline.answer_to("dev-1"));
  REQUIRE(confirming.send);

  REQUIRE(offline.in.put("dev-2", *confirming.send));
  const Finished second = offline.answer({"--json"});
  CHECK(second.status == 0);
  CHECK_THAT(second.err, ContainsSubstring(R"("request":"certConf")"));
  const cmp::Output ended = device.receive(offline.answer_to("dev-2"));
  REQUIRE(ended.done);
  CHECK(ended.done->success);

  const auto left = offline.in.names();
  CHECK(left->empty());
  CHECK(file_exists(offline.ca.scratch("in/done/dev-1.pki")));
  const auto all = json_of({"ca", "list", offline.ca.folder()});
  REQUIRE(all.size() == 1);
  CHECK(all[0]["status"] == "valid");
}

TEST_CASE("ca answer: a message that is read again gets the same answer, and nothing is done twice") {
  const Offline offline;
  cmp::Enrollment device = offline.device();
  const Octets ir = *device.start().send;
  REQUIRE(offline.in.put("dev", ir));
  REQUIRE(offline.answer().status == 0);
  const Octets ip = offline.answer_to("dev");
  REQUIRE(offline.out.done("dev"));

  REQUIRE(offline.in.put("dev", ir));  // as after a crash before done()
  REQUIRE(offline.in.put("copy", ir));
  REQUIRE(offline.answer().status == 0);
  CHECK(offline.answer_to("dev") == ip);
  CHECK(offline.answer_to("copy") == ip);
  CHECK(json_of({"ca", "list", offline.ca.folder()}).size() == 1);
}

TEST_CASE("ca answer: messages may be on their way for days, as long as max_delay says") {
  Offline offline;
  cmp::Enrollment device = offline.device();
  offline.clock.shift = -std::chrono::days{6};
  REQUIRE(offline.in.put("slow", *device.start().send));
  offline.clock.shift = std::chrono::seconds{0};
  REQUIRE(offline.answer().status == 0);
  const cmp::Output confirming = device.receive(offline.answer_to("slow"));
  CHECK(confirming.send);

  cmp::Enrollment late = offline.device();
  offline.clock.shift = -std::chrono::days{8};
  REQUIRE(offline.in.put("late", *late.start().send));
  CHECK_THAT(offline.answer().err, ContainsSubstring("refused badTime"));
}

TEST_CASE("ca answer: what cannot be read is told, put aside, and holds nothing up") {
  const Offline offline;
  cmp::Enrollment device = offline.device();
  REQUIRE(offline.in.put("a-junk", copy_of(bytes_of("this is no CMP message"))));
  REQUIRE(offline.in.put("b-huge", Octets(2 << 20, 0)));
  REQUIRE(offline.in.put("c-good", *device.start().send));
  REQUIRE(write_file(offline.ca.scratch("in/note.txt"), bytes_of("not for you")));
  const Finished answered = offline.answer();
  CHECK(answered.status == 1);
  CHECK_THAT(answered.err, ContainsSubstring("b-huge.pki went to bad/: it is larger than"));
  CHECK(device.receive(offline.answer_to("c-good")).send);
  for (const char* file :
       {"bad/a-junk.pki", "bad/a-junk.pki.txt", "bad/b-huge.pki", "bad/b-huge.pki.txt", "done/c-good.pki", "note.txt"})
    CHECK(file_exists(offline.ca.scratch("in/") + file));
  const auto error = asn1::Owned<asn1::PKIMessage>::decode(offline.answer_to("a-junk"));
  REQUIRE(error);
  CHECK((*error)->body.type() == asn1::PKIBody::error);
  CHECK(offline.answer().status == 0);
}

TEST_CASE("ca answer: --watch answers what comes until SIGTERM") {
  const Offline offline;
  Process watching(Arguments{CMPKIT_COMMAND, "ca", "answer", offline.ca.folder(), "--in", offline.in.path(), "--out",
                             offline.out.path(), "--watch"});
  REQUIRE(watching.wait_for_line("watching"));
  cmp::Enrollment device = offline.device();
  cmp::Output next = device.start();
  for (int i = 0; next.send; ++i) {
    const std::string name = "message-" + std::to_string(i);
    REQUIRE(offline.in.put(name, *next.send));
    for (int looks = 0; looks < 200 && !file_exists(offline.out.path() + "/" + name + ".pki"); ++looks)
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    next = device.receive(offline.answer_to(name));
  }
  REQUIRE(next.done);
  CHECK(next.done->success);
  const Finished ended = watching.stop();
  INFO(ended.err);
  CHECK(ended.status == 0);
}

}  // namespace
}  // namespace cmpkit::tools
