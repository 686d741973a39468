// What names a message that is under way upstream: letters, digits and hyphens, so that it may be the name of a file.
#pragma once

#include <optional>
#include <string>

#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/store_records.h"

namespace cmpkit::cmp {

/// Of a message whose transaction is stored. It names the message, too: what comes late in answer to an earlier one of
/// the transaction is not taken for an answer to this one.
struct StoredTicket {
  Octets transaction_id;
  Octets sender_digest;  // of Transaction::sender, shortened
  Octets nonce_digest;   // of the senderNonce of what was sent, shortened
};

/// Of a message that a transparent route takes: all that is to be known of it.
struct TransparentTicket {
  std::size_t route = 0;  // index
  Octets transaction_id;
  Octets nonce;  // senderNonce; empty where it is longer than usual
};

/// `nonce`: senderNonce of what is sent.
std::string ticket_of(const Transaction& transaction, Bytes nonce, const Crypto& crypto);
std::string ticket_of(const TransparentTicket& ticket);

/// The ticket of one exchange among several with the same message, as where it came in two batches: each answer goes to
/// who waits in its exchange.
std::string with_seat(std::string_view ticket, std::uint64_t seat);
std::string_view without_seat(std::string_view ticket);

std::optional<StoredTicket> stored_ticket(std::string_view text);
std::optional<TransparentTicket> transparent_ticket(std::string_view text);

/// Whether the ticket is of this transaction.
bool names(const StoredTicket& ticket, const Transaction& transaction, const Crypto& crypto);
/// Whether it is of the message with this senderNonce.
bool names_message(const StoredTicket& ticket, Bytes nonce, const Crypto& crypto);

}  // namespace cmpkit::cmp
