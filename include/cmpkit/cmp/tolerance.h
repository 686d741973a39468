// What real peers do wrong and RFC 9483 does not allow, each with a name. All of it is refused unless the caller names
// it for the peer in question; each time a switch lets something pass, the trail says so.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace cmpkit::cmp {

enum class Deviation : std::uint8_t {
  unprotected_errors,  // an error or rejection that nobody protected is believed (E-15); anybody on the way can make it
  error_transaction,   // an error without transactionID and nonces, or with others than ours (V-03, V-10, H-61, V-20)
  error_pvno_1,        // an error of pvno 1 (V-02)
  foreign_sender_kid,  // senderKID names no certificate of the peer: it repeats ours, say (V-32)
  no_digital_signature,  // keyUsage of the protection certificate lacks digitalSignature (P-14), as in 3GPP networks
  sender_not_subject,    // sender is another name than the subject of the protection certificate (V-40)
  key_package_form,  // a key generated for us comes in a response of pvno 2, as a signed ContentInfo, as id-data, as
                     // a bare key, with another signer identifier or by a KDF over SHA-1: as OpenSSL 3.5 sends it
                     // (H-01, G-03 to G-05, G-08, D-7)
};

/// The name of the switch: `unprotected-errors`.
std::string_view name_of(Deviation deviation);

/// The switch of this name; nothing where there is none.
std::optional<Deviation> deviation_named(std::string_view name);

/// Every switch there is, in the order of the enumerators.
std::span<const Deviation> all_deviations();

/// The switches that are on for a peer; none unless told otherwise.
class Tolerance {
 public:
  Tolerance() = default;
  Tolerance(std::initializer_list<Deviation> deviations) {
    for (const Deviation deviation : deviations) allow(deviation);
  }

  void allow(Deviation deviation) { allowed_ |= bit(deviation); }
  [[nodiscard]] bool allows(Deviation deviation) const { return (allowed_ & bit(deviation)) != 0; }

 private:
  static unsigned bit(Deviation deviation) { return 1U << static_cast<unsigned>(deviation); }
  unsigned allowed_ = 0;
};

}  // namespace cmpkit::cmp
