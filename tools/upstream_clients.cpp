#include "tools/upstream_clients.h"

#include "cmpkit/asn1/oids.h"
#include "cmpkit/transport/path.h"
#include "cmpkit/transport/url.h"

namespace cmpkit::tools {
namespace {

using transport::Operation;

/// RFC 9483 Table 1; nothing for what has no label of its own.
std::optional<Operation> operation_of(const cmp::Forward& forward) {
  using asn1::PKIBody;
  switch (forward.operation) {
    case PKIBody::ir:
      return Operation::initialization;
    case PKIBody::cr:
      return Operation::certification;
    case PKIBody::kur:
      return Operation::keyupdate;
    case PKIBody::p10cr:
      return Operation::pkcs10;
    case PKIBody::rr:
      return Operation::revocation;
    case PKIBody::nested:
      return Operation::nested;
    case PKIBody::genm:
      break;
    default:
      return std::nullopt;
  }
  if (asn1::Oid{forward.information} == asn1::id_it_caCerts) return Operation::getcacerts;
  if (asn1::Oid{forward.information} == asn1::id_it_rootCaCert) return Operation::getrootupdate;
  if (asn1::Oid{forward.information} == asn1::id_it_certReqTemplate) return Operation::getcertreqtemplate;
  if (asn1::Oid{forward.information} == asn1::id_it_crlStatusList) return Operation::getcrls;
  return std::nullopt;
}

}  // namespace

std::string path_of(const cmp::Forward& forward, std::string_view prefix) {
  transport::Endpoint endpoint{operation_of(forward), std::nullopt};
  if (transport::is_profile_name(forward.profile)) endpoint.profile = forward.profile;
  return transport::build_path(endpoint, prefix).value_or(std::string(prefix));
}

UpstreamClients::UpstreamClients(const std::vector<UpstreamEntry>& upstreams) {
  for (const UpstreamEntry& entry : upstreams) {
    if (entry.kind != UpstreamEntry::Kind::http) continue;
    auto url = transport::parse_url(entry.url);
    if (!url) continue;
    Peer& peer = peers_[entry.name];
    peer.prefix = url->path.empty() ? transport::well_known_prefix : std::string_view(url->path);
    url->path.clear();
    peer.url = url->text();
    peer.labels = entry.labels;
    peer.options.total_timeout = entry.timeout;
  }
}

tl::expected<transport::HttpClient, transport::TransportError> UpstreamClients::take(Peer& peer) {
  {
    const std::lock_guard lock(mutex_);
    if (!peer.idle.empty()) {
      transport::HttpClient client = std::move(peer.idle.back());
      peer.idle.pop_back();
      return client;
    }
  }
  return transport::HttpClient::create(peer.url, peer.options);
}

void UpstreamClients::give_back(Peer& peer, transport::HttpClient client) {
  const std::lock_guard lock(mutex_);
  peer.idle.push_back(std::move(client));
}

tl::expected<Octets, transport::TransportError> UpstreamClients::exchange(const cmp::Forward& forward) {
  Peer& peer = peers_.at(forward.upstream);
  auto client = take(peer);
  if (!client) return tl::unexpected(client.error());
  auto reply = client->post(peer.labels ? path_of(forward, peer.prefix) : peer.prefix, forward.message);
  give_back(peer, std::move(*client));
  if (!reply) return tl::unexpected(reply.error());
  if (reply->body.empty())
    return tl::unexpected(transport::TransportError{transport::TransportError::Kind::empty,
                                                    peer.url + " answered without a message", reply->status});
  return std::move(reply->body);
}

}  // namespace cmpkit::tools
