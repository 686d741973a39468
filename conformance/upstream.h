// The CA above an RA under test, on an address of its own: it answers what the RA sends as it must, or as a case wants
// it, and keeps all of it.
#pragma once

#include <condition_variable>
#include <mutex>

#include "cmpkit/cmp/ca_information.h"
#include "cmpkit/cmp/certificate_authority.h"
#include "cmpkit/cmp/responder.h"
#include "cmpkit/transport/http_server.h"
#include "conformance/changed_answer.h"
#include "conformance/relay_case.h"

namespace cmpkit::conformance {

/// One message that came, and what went back.
struct UpstreamExchange {
  std::string method, path, content_type;
  Octets request;
  Octets answer;           // empty: none
  bool disturbed = false;  // not what a CA answers
  std::string trouble;     // why a change to the answer could not be made
};

class Upstream {
 public:
  /// Listens. The peer says with which keys; it must outlive this. The error is a sentence.
  static tl::expected<std::unique_ptr<Upstream>, std::string> start(const Peer& peer,
                                                                    const transport::ServerOptions& options);
  ~Upstream();

  [[nodiscard]] std::string url() const { return server_->url(); }

  /// From now on, counting answers from here; `polls`: how many pollReps whoever asks for something gets first.
  void prepare(const Disturbance& disturbance, unsigned polls);
  /// All since this was called last, in the order in which it came.
  std::vector<UpstreamExchange> take();

 private:
  class Delay;
  class Secrets;
  explicit Upstream(const Peer& peer);
  tl::expected<void, std::string> make_responder();
  transport::Reply serve(const transport::Request& request);
  Octets change(UpstreamExchange& exchange, const Octets& honest);
  transport::Reply carry(const UpstreamExchange& exchange, std::unique_lock<std::mutex>& lock);

  const Peer& peer_;
  cmp::SignatureCredential stranger_;
  std::unique_ptr<cmp::Store> store_;
  std::unique_ptr<Secrets> secrets_;
  std::unique_ptr<Delay> delay_;
  std::unique_ptr<cmp::InformationSource> information_;
  std::unique_ptr<cmp::CertificateAuthority> authority_;
  std::unique_ptr<cmp::Responder> responder_;

  std::mutex mutex_;
  std::condition_variable ended_;  // the case that was prepared
  Disturbance disturbance_;
  std::size_t came_ = 0, cases_ = 0;
  Octets earlier_answer_;
  std::list<UpstreamExchange> exchanges_;
  std::unique_ptr<transport::HttpServer> server_;  // last: it ends before all else
};

}  // namespace cmpkit::conformance
