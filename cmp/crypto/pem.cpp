#include "cmpkit/cmp/pem.h"

#include <algorithm>

#include "cmp/crypto/base64.h"
#include "cmp/crypto/refusal.h"

namespace cmpkit::cmp {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";

bool starts_line(std::string_view text, std::size_t at) { return at == 0 || text[at - 1] == '\n'; }

std::size_t find_mark(std::string_view text, std::string_view mark, std::size_t from) {
  auto at = text.find(mark, from);
  while (at != std::string_view::npos && !starts_line(text, at)) at = text.find(mark, at + 1);
  return at;
}

/// The label between a mark and the dashes that end its line; nothing where the line is not like that.
std::optional<std::string_view> label_at(std::string_view text, std::size_t at, std::string_view mark) {
  const auto line = text.substr(at, text.find('\n', at) - at);
  const auto end = line.find(dashes, mark.size());
  if (end == std::string_view::npos) return std::nullopt;
  return line.substr(mark.size(), end - mark.size());
}

tl::unexpected<CryptoError> bad_pem(std::string_view text, std::size_t at, std::string_view what) {
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return crypto_error(CryptoError::Kind::failure, "PEM, line " + std::to_string(line) + ": " + std::string(what));
}

CryptoResult<PemBlock> decode_block(std::string_view text, std::size_t begin, std::size_t end) {
  const auto label = label_at(text, begin, begin_mark);
  if (!label) return bad_pem(text, begin, "the BEGIN line has no end");
  if (end == std::string_view::npos) return bad_pem(text, begin, "the block has no END line");
  if (label_at(text, end, end_mark) != label) return bad_pem(text, end, "END has another label than BEGIN");
  const auto body_at = std::min(text.find('\n', begin), end);
  const auto body = text.substr(body_at, end - body_at);
  if (body.find(':') != std::string_view::npos)
    return bad_pem(text, begin,
                   "headers in the block (a key encrypted the traditional way? `openssl pkcs8 -topk8` converts it)");
  auto der = decode_base64(body);
  if (!der) return bad_pem(text, begin, "the block is no base64");
  return PemBlock{std::string(*label), std::move(*der)};
}

bool is_pem(Bytes file) { return find_mark(text_of(file), begin_mark, 0) != std::string_view::npos; }

CryptoResult<std::vector<Octets>> read_labelled(Bytes file, std::initializer_list<std::string_view> labels) {
  const std::string wanted(*labels.begin());
  std::vector<Octets> found;
  if (!is_pem(file)) {
    if (file.empty() || file[0] != 0x30)
      return crypto_error(CryptoError::Kind::failure, "neither PEM nor DER of a " + wanted);
    found.push_back(copy_of(file));
    return found;
  }
  auto blocks = decode_pem(text_of(file));
  if (!blocks) return tl::unexpected(std::move(blocks.error()));
  for (auto& block : *blocks)
    if (std::ranges::find(labels, block.label) != labels.end()) found.push_back(std::move(block.der));
  if (found.empty()) return crypto_error(CryptoError::Kind::failure, "no " + wanted + " block in the PEM file");
  return found;
}

}  // namespace

CryptoResult<std::vector<PemBlock>> decode_pem(std::string_view text) {
  std::vector<PemBlock> blocks;
  auto begin = find_mark(text, begin_mark, 0);
  while (begin != std::string_view::npos) {
    const auto end = find_mark(text, end_mark, begin);
    auto block = decode_block(text, begin, end);
    if (!block) return tl::unexpected(std::move(block.error()));
    blocks.push_back(std::move(*block));
    begin = find_mark(text, begin_mark, end);
  }
  return blocks;
}

std::string encode_pem(std::string_view label, Bytes der) {
  const auto base64 = encode_base64(der);
  std::string out = std::string(begin_mark) + std::string(label) + "-----\n";
  for (std::size_t i = 0; i < base64.size(); i += 64) out.append(base64, i, 64) += '\n';
  return out + std::string(end_mark) + std::string(label) + "-----\n";
}

CryptoResult<std::vector<Octets>> read_certificates(Bytes file) {
  return read_labelled(file, {"CERTIFICATE", "X509 CERTIFICATE"});
}

CryptoResult<std::vector<Octets>> read_crls(Bytes file) { return read_labelled(file, {"X509 CRL"}); }

CryptoResult<Octets> read_certification_request(Bytes file) {
  auto found = read_labelled(file, {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"});
  if (!found) return tl::unexpected(std::move(found.error()));
  return std::move(found->front());
}

}  // namespace cmpkit::cmp
