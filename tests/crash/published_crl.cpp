#include "tests/crash/published_crl.h"

#include <system_error>

#include "cmpkit/asn1/codec.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/asn1/x509.h"
#include "tests/transport/raw_socket.h"

namespace cmpkit::crash {
namespace {

/// For a CRL of a million certificates.
constexpr asn1::Limits long_enough{.octets = 256U << 20U, .elements = 10'000'000};

}  // namespace

std::optional<PublishedCrl> fetch_crl(std::uint16_t port) try {
  auto socket = test::RawSocket::connected_to(port);
  socket.send("GET /crl/0.crl HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const test::RawResponse response = socket.receive_response();
  if (response.status != 200) return std::nullopt;
  return read_crl(copy_of(bytes_of(response.body)));
} catch (const std::system_error&) {
  return std::nullopt;
}

PublishedCrl read_crl(Octets der) {
  PublishedCrl out;
  const auto list = asn1::decode<asn1::CertificateList>(der, long_enough).value();
  const asn1::Extension* const extension = find_extension(list.tbsCertList.crlExtensions, asn1::id_ce_cRLNumber);
  const asn1::Integer number = asn1::decode<asn1::Integer>(extension->extnValue).value();
  for (const std::uint8_t octet : number.octets) {
    out.number = out.number << 8 | octet;
  }
  if (list.tbsCertList.revokedCertificates) {
    for (const auto& each : *list.tbsCertList.revokedCertificates)
      out.serials.insert(copy_of(each.userCertificate.octets));
  }
  out.der = std::move(der);
  return out;
}

}  // namespace cmpkit::crash
