// The responder's inside: the pipeline of pipeline.h, one function a step.
#pragma once

#include "cmp/message/encode_message.h"
#include "cmp/responder/certificate_request.h"

namespace cmpkit::cmp {

class Responder::Engine {
 public:
  Engine(ResponderConfiguration configuration, Authority& authority, Store& store, Environment environment);
  /// Checks the configuration.
  tl::expected<void, std::string> prepare();

  Reply respond(Bytes request, std::string_view profile);
  std::size_t expire(std::size_t count);

 private:
  // responder.cpp: the steps
  Checked<asn1::PKIMessage> decode(Bytes request, Reply& reply) const;
  Checked<Received> receive(asn1::PKIMessage message, Bytes request, Reply& reply);
  Checked<Authenticated> authenticate(Received received, Reply& reply);
  std::optional<Refusal> check_kind_of_protection(const Received& received, Reply& reply) const;
  std::optional<Refusal> check_sender(const Authenticated& from, Reply& reply);
  Reply& answer(const Authenticated& from, std::string_view profile, Reply& reply);

  // certificate_response.cpp: ir, cr, kur, p10cr
  Reply& answer_request(const Authenticated& from, std::string_view profile, Reply& reply);
  Reply& answer_granted(const Authenticated& from, const Authorised& authorised, const Granted& granted, Reply& reply);
  Reply& answer_rejection(const Authenticated& from, std::int64_t cert_req_id, Refusal refusal, Reply& reply);

  // confirmation.cpp: certConf
  Reply& answer_confirmation(const Authenticated& from, Reply& reply);
  Checked<bool> check_confirmation(const Authenticated& from, const Transaction& transaction, Trail& trail) const;
  Reply& finish_confirmation(const Authenticated& from, const Transaction& transaction,
                             IssuedCertificate::Status status, std::optional<Refusal> refusal, Reply& reply);
  std::optional<IssuedCertificate> with_status(const Transaction& transaction, IssuedCertificate::Status status);

  // answer.cpp: building what is sent
  /// The header of an answer: everything but what the protector fills in. Views into `request` and `storage`.
  asn1::PKIHeader answer_header(const asn1::PKIHeader& request, asn1::Storage& storage) const;
  /// Protects in kind and encodes; `certificates` go into extraCerts.
  CryptoResult<Octets> encode_answer(const Authenticated& from, const asn1::PKIHeader& header,
                                     const asn1::PKIBody& body, std::span<const Bytes> certificates) const;
  /// An error message; `from` null: the request is not authenticated, so it is signed (E-13).
  Reply& answer_error(const asn1::PKIHeader& request, const Authenticated* from, Refusal refusal, Reply& reply) const;
  /// Stores the change and, once it is stored, answers with these octets; a lost race answers with what won.
  Reply& commit(const Authenticated& from, Change change, Octets octets, Reply& reply);
  Transaction new_transaction(const Authenticated& from, std::int64_t cert_req_id) const;

  Time now() const { return environment_.clock.now(); }

  ResponderConfiguration configuration_;
  Authority& authority_;
  Store& store_;
  Environment environment_;
  std::unique_ptr<Protector> signature_protector_;
};

/// The answer's body for a status: what went wrong, in statusString and failInfo. Views into `refusal`.
asn1::PKIStatusInfo rejection(const Refusal& refusal);

}  // namespace cmpkit::cmp
