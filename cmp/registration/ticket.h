// What names a message that is under way upstream: letters, digits and hyphens, so that it may be the name of a file.
#pragma once

#include <optional>
#include <string>

#include "cmpkit/cmp/environment.h"
#include "cmpkit/cmp/store_records.h"

namespace cmpkit::cmp {

/// Of a message whose transaction is stored.
struct StoredTicket {
  Octets transaction_id;
  Octets sender_digest;  // of Transaction::sender, shortened
};

/// Of a message that a transparent route takes: all that is to be known of it.
struct TransparentTicket {
  std::size_t route = 0;  // index
  Octets transaction_id;
  Octets nonce;  // senderNonce; empty where it is longer than usual
};

std::string ticket_of(const Transaction& transaction, const Crypto& crypto);
std::string ticket_of(const TransparentTicket& ticket);

std::optional<StoredTicket> stored_ticket(std::string_view text);
std::optional<TransparentTicket> transparent_ticket(std::string_view text);

/// Whether the ticket is that of this transaction.
bool names(const StoredTicket& ticket, const Transaction& transaction, const Crypto& crypto);

}  // namespace cmpkit::cmp
