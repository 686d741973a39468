// Device, RA and CA: the RA and the CA each with a server on loopback, and a record of all that was said.
#pragma once

#include <atomic>

#include "cmpkit/cmp/ca_information.h"
#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/revocation.h"
#include "tests/support/crafted.h"
#include "tests/support/http_entity.h"
#include "tests/support/registration.h"

namespace cmpkit::cmp::test {

/// What protects the messages of a device.
enum class Downward { vendor, own, pbm, pbmac1 };
/// How they go on to the CA.
enum class Upward { unchanged, added, by_signature, by_secret };
/// What a device does.
enum class Wish { ir_confirmed, ir_implicit, ir_polled, cr, p10cr, kur, rr, genm };

std::string text_of(Downward downward);
std::string text_of(Upward upward);
std::string text_of(Wish wish);

/// Lets everybody poll so often.
class Slow final : public DelayPolicy {
 public:
  std::optional<std::chrono::seconds> delay(asn1::PKIBody::Type, unsigned polls) override {
    return polls < polls_wanted ? std::optional(std::chrono::seconds{10}) : std::nullopt;
  }
  std::atomic<unsigned> polls_wanted = 0;
};

/// A world whose CA stands behind RAs, answers genm about its certificates, and can be slow.
struct CaWorld : World {
  /// `approved`: devices may do only what an RA approved.
  explicit CaWorld(bool approved);

  Slow slow;
  SignatureCredential enrolled;  // of a device, by a certificate of this CA
  Octets victim;                 // another certificate of this CA

 private:
  std::unique_ptr<InformationSource> information_;
};

class Chain {
 public:
  explicit Chain(Upward upward, const std::function<void(RelayConfiguration&)>& change = {});

  [[nodiscard]] Credential credential(Downward downward);
  /// The operation with these messages. A reason in words where a client of ours does not do that.
  [[nodiscard]] tl::expected<std::unique_ptr<Operation>, std::string> operation(Downward downward, Wish wish);
  /// Runs it against the RA; time passes where the device waits.
  Outcome run(Operation& operation);

  /// What becomes of the CA's answers on their way to the RA; the error says why none comes. Null: nothing.
  std::function<tl::expected<Octets, std::string>(const Octets& answer)> on_the_way;

  CaWorld world;
  Identity identity;
  HttpEntity ca;
  RelayProcess ra_process;
  HttpEntity ra;

 private:
  [[nodiscard]] tl::expected<Octets, Silence> exchange(const Forward& forward);
  [[nodiscard]] RelayConfiguration configuration(Upward upward, const std::function<void(RelayConfiguration&)>& change);
};

/// Runs an operation against a server; time passes where it waits.
Outcome run_over_http(Operation& operation, const std::string& url, FixedClock& clock);

}  // namespace cmpkit::cmp::test
