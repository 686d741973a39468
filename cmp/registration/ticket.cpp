#include "cmp/registration/ticket.h"

#include <fmt/format.h>

#include <charconv>

#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

namespace {

constexpr std::size_t short_digest = 8;
constexpr std::size_t longest_nonce = 32;
constexpr std::string_view stored_mark = "t", transparent_mark = "u";
constexpr std::string_view seat_mark = "-s";  // hexadecimal digits have no s

std::string hex(Bytes octets) {
  std::string out;
  for (const std::uint8_t octet : octets) out += fmt::format("{:02x}", octet);
  return out;
}

std::optional<Octets> octets_of(std::string_view hex) {
  if (hex.size() % 2 != 0) return {};
  Octets out(hex.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char* const digits = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(digits, digits + 2, out[i], 16);
    if (error != std::errc{} || end != digits + 2) return {};
  }
  return out;
}

/// What is between the hyphens.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto hyphen = text.find('-');
    out.push_back(text.substr(0, hyphen));
    if (hyphen == text.npos) return out;
    text.remove_prefix(hyphen + 1);
  }
}

Octets digest_of(Bytes octets, const Crypto& crypto) {
  const Bytes parts[] = {octets};
  Octets digest = crypto.hash(identifier_of(Digest::sha256), parts).value();
  digest.resize(short_digest);
  return digest;
}

}  // namespace

std::string ticket_of(const Transaction& transaction, Bytes nonce, const Crypto& crypto) {
  return fmt::format("{}-{}-{}-{}", stored_mark, hex(transaction.transaction_id),
                     hex(digest_of(transaction.sender, crypto)), hex(digest_of(nonce, crypto)));
}

std::string ticket_of(const TransparentTicket& ticket) {
  const bool usual = ticket.nonce.size() <= longest_nonce;
  return fmt::format("{}-{}-{}-{}", transparent_mark, ticket.route, hex(ticket.transaction_id),
                     usual ? hex(ticket.nonce) : "");
}

std::string with_seat(std::string_view ticket, std::uint64_t seat) {
  return fmt::format("{}{}{}", ticket, seat_mark, seat);
}
std::string_view without_seat(std::string_view ticket) { return ticket.substr(0, ticket.rfind(seat_mark)); }

std::optional<StoredTicket> stored_ticket(std::string_view text) {
  const auto parts = parts_of(text);
  if (parts.size() != 4 || parts[0] != stored_mark) return {};
  auto id = octets_of(parts[1]), sender = octets_of(parts[2]), nonce = octets_of(parts[3]);
  if (!id || id->empty() || !sender || !nonce) return {};
  return StoredTicket{std::move(*id), std::move(*sender), std::move(*nonce)};
}

std::optional<TransparentTicket> transparent_ticket(std::string_view text) {
  const auto parts = parts_of(text);
  if (parts.size() != 4 || parts[0] != transparent_mark) return {};
  TransparentTicket out;
  const auto [end, error] = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), out.route);
  auto id = octets_of(parts[2]), nonce = octets_of(parts[3]);
  if (error != std::errc{} || end != parts[1].data() + parts[1].size() || !id || id->empty() || !nonce) return {};
  out.transaction_id = std::move(*id);
  out.nonce = std::move(*nonce);
  return out;
}

bool names(const StoredTicket& ticket, const Transaction& transaction, const Crypto& crypto) {
  return transaction.transaction_id == ticket.transaction_id &&
         digest_of(transaction.sender, crypto) == ticket.sender_digest;
}

bool names_message(const StoredTicket& ticket, Bytes nonce, const Crypto& crypto) {
  return digest_of(nonce, crypto) == ticket.nonce_digest;
}

}  // namespace cmpkit::cmp
