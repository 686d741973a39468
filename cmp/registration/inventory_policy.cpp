// A device's way through the inventory:
//
//   manufactured --issued--> onboarded --confirmed--> in_operation       (again, where it enrols again)
//        ^-------------- its certificate is revoked -------'
//
// Nothing that happens to certificates changes that a device is decommissioned: an operator does.
#include <fmt/format.h>

#include "cmp/registration/permitted.h"
#include "cmpkit/asn1/names.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/certificate.h"

namespace cmpkit::cmp {

namespace {

using State = StoredDevice::State;

/// Who a device is by its IDevID.
struct Identity {
  std::string manufacturer, serial;
};

Refusal not_authorized(std::string_view detail) { return refused(rules::V_37, "extraCerts[0]", detail); }

std::string name_of(const StoredDevice& device) {
  return fmt::format("the device \"{}\" of \"{}\"", device.serial, device.manufacturer);
}

/// Content octets of its serialNumber; empty: it is no certificate.
Octets serial_of(Bytes certificate) {
  const auto view = CertificateView::decode(certificate);
  return view ? copy_of(view->serial().octets) : Octets{};
}

class InventoryPolicy final : public Policy {
 public:
  InventoryPolicy(InventoryPolicyOptions options, Store& store, const Crypto& crypto)
      : options_(std::move(options)), store_(store), crypto_(crypto) {}

  PolicyDecision decide(const PolicyQuestion& question, Time) override {
    std::optional<Refusal> refusal;
    const bool is_asked = is_permitted_by(question, options_.permissions);
    if (is_asked && is_enrolment(question.type)) refusal = refuse_enrolment(*question.requester);
    if (question.type == asn1::PKIBody::kur) refusal = refuse_renewal(*question.requester);
    if (refusal) return std::move(*refusal);
    return PolicyGrant{};
  }

  std::vector<StoredDevice> learn(const PolicyOutcome& outcome, Time now) override {
    auto device = device_of(outcome);
    if (!device || !change(*device, outcome)) return {};
    device->since = now;
    return {std::move(*device)};
  }

 private:
  using Found = tl::expected<std::optional<StoredDevice>, StoreError>;

  /// Why it gets no certificate; nothing: it does.
  [[nodiscard]] std::optional<Refusal> refuse_enrolment(const Requester& requester) const {
    const auto identity = identity_of(requester);
    if (!identity) return identity.error();
    const Found found = store_.device(identity->manufacturer, identity->serial);
    if (!found) return unavailable("", found.error().text);
    if (!*found)
      return not_authorized(
          fmt::format("there is no device \"{}\" of \"{}\" in the inventory: have it added, or see that "
                      "its IDevID is the right one",
                      identity->serial, identity->manufacturer));
    const StoredDevice& device = **found;
    if (device.state == State::decommissioned) return decommissioned(device);
    const auto certificate = CertificateView::decode(requester.identity);
    if (!certificate) return not_authorized(certificate.error().text());
    if (auto refusal = expect(device.key_digest, certificate->public_key(), "key", device)) return refusal;
    return expect(device.certificate_digest, requester.identity, "certificate", device);
  }

  /// Its own certificate lets it ask; by that the device is known.
  [[nodiscard]] std::optional<Refusal> refuse_renewal(const Requester& requester) const {
    const Found found = store_.device_with(serial_of(requester.identity));
    if (!found) return unavailable("", found.error().text);
    if (*found) return (*found)->state == State::decommissioned ? std::optional(decommissioned(**found)) : std::nullopt;
    const auto identity = identity_of(requester);  // an older certificate of a device that has a newer one
    if (!identity) return {};
    const Found device = store_.device(identity->manufacturer, identity->serial);
    if (!device) return unavailable("", device.error().text);
    if (*device && (*device)->state == State::decommissioned) return decommissioned(**device);
    return {};
  }

  static Refusal decommissioned(const StoredDevice& device) {
    return not_authorized(name_of(device) +
                          " is decommissioned and gets no certificates any more: where that is wrong, have its state "
                          "in the inventory changed");
  }

  [[nodiscard]] std::optional<Refusal> expect(const Octets& digest, Bytes value, std::string_view what,
                                              const StoredDevice& device) const {
    if (digest.empty()) return {};
    const auto found = crypto_.hash(identifier_of(Digest::sha256), {&value, 1});
    if (!found) return unavailable("", found.error().text);
    if (*found == digest) return {};
    return not_authorized(fmt::format(
        "the {} of this IDevID is not the one that is expected of {}: see which of the two is right, have the "
        "inventory corrected where it is wrong",
        what, name_of(device)));
  }

  [[nodiscard]] Checked<Identity> identity_of(const Requester& requester) const {
    if (requester.kind != Requester::Kind::certificate)
      return tl::unexpected(
          refused(rules::V_37, "header.protectionAlg", "devices are let in by their IDevID: sign with that"));
    const auto serial = asn1::last_attribute(requester.subject, asn1::id_at_serialNumber);
    if (!serial || serial->empty())
      return tl::unexpected(not_authorized(
          fmt::format("the certificate {} is no IDevID: its subject has no serialNumber (IEEE 802.1AR Section 8.6)",
                      asn1::name_text(requester.subject))));
    const auto manufacturer = manufacturer_of(requester);
    if (!manufacturer)
      return tl::unexpected(not_authorized(
          fmt::format("nothing names the manufacturer of {}: the anchor it leads to is not that of a vendor, and "
                      "the organizationName of its subject is missing, or that of a vendor with other anchors",
                      asn1::name_text(requester.subject))));
    return Identity{*manufacturer, std::string(*serial)};
  }

  [[nodiscard]] std::optional<std::string> manufacturer_of(const Requester& requester) const {
    for (const auto& vendor : options_.vendors)
      for (const Octets& anchor : vendor.anchors)
        if (anchor == requester.anchor) return vendor.name;
    const auto organization = asn1::last_attribute(requester.subject, asn1::id_at_organizationName);
    if (!organization || organization->empty()) return std::nullopt;
    // Who calls itself a vendor whose anchors we know would lead to one of them.
    const auto is_claimed = [&](const auto& vendor) { return vendor.name == *organization && !vendor.anchors.empty(); };
    if (std::ranges::any_of(options_.vendors, is_claimed)) return std::nullopt;
    return std::string(*organization);
  }

  /// Nothing where it is not known: a certificate may be somebody else's, and a store that fails just now will refuse
  /// the commit as well.
  [[nodiscard]] std::optional<StoredDevice> device_of(const PolicyOutcome& outcome) const {
    if (outcome.kind == PolicyOutcome::Kind::revoked) return store_.device_with(outcome.serial).value_or(std::nullopt);
    if (outcome.type == asn1::PKIBody::kur && outcome.requester != nullptr)
      return store_.device_with(serial_of(outcome.requester->identity)).value_or(std::nullopt);
    if (!is_enrolment(outcome.type)) return std::nullopt;
    if (outcome.requester == nullptr)  // a rejection by silence: nobody sent it
      return store_.device_with(serial_of(outcome.certificate)).value_or(std::nullopt);
    const auto identity = identity_of(*outcome.requester);
    if (!identity) return std::nullopt;
    return store_.device(identity->manufacturer, identity->serial).value_or(std::nullopt);
  }

  /// False: there is nothing to learn.
  static bool change(StoredDevice& device, const PolicyOutcome& outcome) {
    const StoredDevice before = device;
    switch (outcome.kind) {
      case PolicyOutcome::Kind::issued:
        // Of a key update the old certificate stays in use until it is confirmed.
        if (outcome.type == asn1::PKIBody::kur) return false;
        if (device.state != State::manufactured && !device.certificate.empty())
          return false;  // ... of an ir or cr, too
        device.certificate = serial_of(outcome.certificate);
        if (device.state == State::manufactured) device.state = State::onboarded;
        break;
      case PolicyOutcome::Kind::confirmed:
        device.certificate = serial_of(outcome.certificate);
        if (device.state != State::decommissioned) device.state = State::in_operation;
        break;
      case PolicyOutcome::Kind::revoked:
        if (device.state != State::decommissioned) device.state = State::manufactured;
        break;
      default:
        break;
    }
    return device.state != before.state || device.certificate != before.certificate;
  }

  const InventoryPolicyOptions options_;
  Store& store_;
  const Crypto& crypto_;
};

}  // namespace

std::unique_ptr<Policy> inventory_policy(InventoryPolicyOptions options, Store& store, const Crypto& crypto) {
  return std::make_unique<InventoryPolicy>(std::move(options), store, crypto);
}

}  // namespace cmpkit::cmp
