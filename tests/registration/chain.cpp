#include "tests/registration/chain.h"

#include "cmpkit/asn1/oids.h"
#include "tests/cmp/support/caller.h"

namespace cmpkit::cmp::test {

using asn1::PKIBody;

std::string text_of(Downward downward) {
  static constexpr const char* names[] = {"vendor's certificate", "own certificate", "PBM", "PBMAC1"};
  return names[static_cast<int>(downward)];
}

std::string text_of(Upward upward) {
  static constexpr const char* names[] = {"unchanged", "added", "replaced by signature", "replaced by MAC"};
  return names[static_cast<int>(upward)];
}

std::string text_of(Wish wish) {
  static constexpr const char* names[] = {
      "ir, confirmed", "ir, implicit confirmation", "ir, polled for", "cr", "p10cr", "kur", "rr", "genm"};
  return names[static_cast<int>(wish)];
}

CaWorld::CaWorld(bool approved) {
  EnrollmentOptions first = options(vendor_credential());
  const auto key = first.new_key;
  enrolled = {key, {run(std::move(first)).certificate, ca.certificate}};
  victim = run(options(vendor_credential("/CN=victim"))).certificate;
  CaInformationOptions information;
  information.ca_certificates = {ca.certificate};
  information_ = ca_information(std::move(information)).value();
  auto changed = configuration();
  changed.permissions = permissions_behind_ra(approved);
  changed.information = {information_.get()};
  changed.delay = &slow;
  changed.quota = {};
  use(std::move(changed));
}

Chain::Chain(Upward upward, const std::function<void(RelayConfiguration&)>& change)
    : world(upward == Upward::added),
      identity(registration_authority(world, "/O=Operator/CN=RA")),
      ca([this](Bytes request, std::string_view profile) { return world.responder->respond(request, profile); }),
      ra_process(world.environment(), configuration(upward, change),
                 [this](const Forward& forward) { return exchange(forward); }),
      ra([this](Bytes request, std::string_view profile) { return ra_process.answer(request, profile); }) {}

tl::expected<Octets, Silence> Chain::exchange(const Forward& forward) {
  auto answer = post(ca.url(), forward);
  return answer && on_the_way ? on_the_way(*answer) : answer;
}

RelayConfiguration Chain::configuration(Upward upward, const std::function<void(RelayConfiguration&)>& change) {
  Credential upwards = SignatureCredential{identity.signer, {identity.certificate, world.ca.certificate}};
  if (upward == Upward::by_secret) upwards = ra_secret(world);
  const auto forwarding = upward == Upward::unchanged ? Forwarding::unchanged
                          : upward == Upward::added   ? Forwarding::add
                                                      : Forwarding::replace;
  auto out = relay_configuration(world, identity, forwarding, std::move(upwards));
  if (upward == Upward::by_secret) {  // these take a signature
    Route signing = out.routes.front();
    signing.name = "signed";
    signing.operations = {PKIBody::kur, PKIBody::rr};
    signing.forwarding = Forwarding::unchanged;
    out.routes.insert(out.routes.begin(), std::move(signing));
  }
  if (change) change(out);
  return out;
}

Credential Chain::credential(Downward downward) {
  switch (downward) {
    case Downward::vendor:
      return world.vendor_credential("/CN=device");
    case Downward::own:
      return world.enrolled;
    case Downward::pbm:
      return world.secret_credential({MacMethod::Kind::pbm, 500});
    case Downward::pbmac1:
      break;
  }
  return world.secret_credential({MacMethod::Kind::pbmac1, 500});
}

namespace {

template <class Kind, class Options>
tl::expected<std::unique_ptr<Operation>, std::string> made(Options options, const World& world) {
  auto operation = Kind::create(std::move(options), world.environment());
  if (!operation) return tl::unexpected(operation.error());
  return std::make_unique<Kind>(std::move(*operation));
}

PKIBody::Type type_of(Wish wish) {
  switch (wish) {
    case Wish::cr:
      return PKIBody::cr;
    case Wish::p10cr:
      return PKIBody::p10cr;
    case Wish::kur:
      return PKIBody::kur;
    default:
      return PKIBody::ir;
  }
}

}  // namespace

tl::expected<std::unique_ptr<Operation>, std::string> Chain::operation(Downward downward, Wish wish) {
  world.slow.polls_wanted = wish == Wish::ir_polled ? 3 : 0;
  const auto common = [&](auto options) {
    options.credential = credential(downward);
    options.trust = world.devices.get();
    options.recipient = name("/O=Operator/CN=Issuing CA");
    options.retry = {.later = 0};
    return options;
  };
  if (wish == Wish::rr) {
    auto options = common(RevocationOptions{});
    if (downward != Downward::own) options.certificate = world.victim;
    return made<Revocation>(std::move(options), world);
  }
  if (wish == Wish::genm) {
    auto options = common(InquiryOptions{});
    options.question = ask_for(asn1::id_it_caCerts);
    return made<Inquiry>(std::move(options), world);
  }
  auto options = common(world.options(credential(downward)));
  options.type = type_of(wish);
  options.implicit_confirm = wish == Wish::ir_implicit || wish == Wish::cr;
  if (wish == Wish::kur) options.subject.clear();
  if (wish == Wish::p10cr) options.certification_request = make_csr(*options.new_key, options.subject);
  return made<Enrollment>(std::move(options), world);
}

Outcome run_over_http(Operation& operation, const std::string& url, FixedClock& clock) {
  Output output = operation.start();
  while (!output.done) {
    if (output.wake_at) {
      clock.advance(std::max(*output.wake_at - clock.now(), std::chrono::seconds{0}));
      output = operation.wake();
      continue;
    }
    const auto answer = post(url, *output.send);
    output = operation.receive(answer.value());
  }
  return std::move(*output.done);
}

Outcome Chain::run(Operation& operation) { return run_over_http(operation, ra.url(), world.clock); }

}  // namespace cmpkit::cmp::test
