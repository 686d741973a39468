// How a machine comes to be: new, or going on where another one was saved.
#include "cmp/end_entity/saved_transaction.h"
#include "cmp/message/fields.h"
#include "cmp/protection/one_secret.h"
#include "cmpkit/cmp/algorithms.h"

namespace cmpkit::cmp {

using asn1::PKIBody;
using client::Awaiting;
using client::Done;
using client::Exchange;
using client::Idle;
using client::Polling;
using client::Resting;
using client::State;

namespace {

/// The credential without what is secret in it.
Octets identity_of(const Credential& credential) {
  if (const auto* secret = std::get_if<SecretCredential>(&credential)) return secret->reference;
  const auto& chain = std::get<SignatureCredential>(credential).chain;
  return chain.empty() ? Octets{} : chain.front();
}

CryptoResult<Octets> digest_of(const Task& task, const Crypto& crypto) {
  std::vector<Octets> parts = task.identity();
  parts.push_back(identity_of(task.options().credential));
  parts.push_back(task.options().recipient);
  Octets all;
  for (const Octets& part : parts) {
    append_tlv_header(all, 0x04, part.size());
    all.insert(all.end(), part.begin(), part.end());
  }
  const Bytes pieces[] = {all};
  return crypto.hash(identifier_of(Digest::sha256), pieces);
}

/// With the parameters of the messages before (M-01), or with fresh ones.
CryptoResult<std::unique_ptr<Protector>> protector_of(const ClientOptions& options, const Environment& environment,
                                                      Bytes mac_algorithm) {
  const auto* secret = std::get_if<SecretCredential>(&options.credential);
  if (secret == nullptr || mac_algorithm.empty())
    return make_protector(options.credential, environment, options.mac_limits);
  const auto algorithm = OwnedAlgorithm::decode(copy_of(mac_algorithm));
  if (!algorithm) return tl::unexpected(CryptoError{CryptoError::Kind::bad_parameters, algorithm.error().text()});
  auto mac = environment.crypto.mac(**algorithm, secret->secret, options.mac_limits);
  if (!mac) return tl::unexpected(mac.error());
  return mac_protector(copy_of(mac_algorithm), std::move(*mac), secret->reference);
}

/// Whether the task can be in this state, with everything in it that is not saved.
bool restore_state(const Task& task, State& state, const Environment& environment) {
  Exchange* exchange = nullptr;
  if (auto* awaiting = std::get_if<Awaiting>(&state)) exchange = &awaiting->exchange;
  if (auto* polling = std::get_if<Polling>(&state)) exchange = &polling->exchange;
  if (auto* resting = std::get_if<Resting>(&state); resting != nullptr && resting->again)
    exchange = &resting->again->exchange;
  if (exchange == nullptr) return true;
  if (!exchange->confirming) return exchange->request == task.request_type();
  return exchange->request == PKIBody::certConf && task.restore(*exchange->confirming, environment);
}

tl::unexpected<std::string> unusable(std::string text) { return tl::unexpected(std::move(text)); }

}  // namespace

Operation::Machine::Machine(std::unique_ptr<Task> task, Environment environment)
    : task_(std::move(task)), environment_(environment) {
  if (const auto* secret = std::get_if<SecretCredential>(&options().credential))
    secret_ = std::make_unique<OneSecret>(*secret);
}

tl::expected<void, std::string> Operation::Machine::prepare(Bytes mac_algorithm) {
  if (!options().recipient.empty() && !asn1::decode<asn1::Name>(options().recipient))
    return unusable("the recipient is no distinguished name");
  if (!secret_ && options().trust == nullptr)
    return unusable("trust anchors are missing: signed responses could not be checked");
  auto protector = protector_of(options(), environment_, mac_algorithm);
  if (!protector) return unusable(protector.error().text);
  protector_ = std::move(*protector);
  return {};
}

Octets Operation::Machine::save() const {
  const State& state = transaction_.state;
  if (std::holds_alternative<Idle>(state) || std::holds_alternative<Done>(state)) return {};
  SavedTransaction saved;
  saved.operation = task_->request_type();
  saved.identity = digest_of(*task_, environment_.crypto).value_or(Octets{});
  saved.transaction = transaction_;
  if (secret_) {
    asn1::PKIHeader header;
    protector_->fill(header);
    saved.mac_algorithm = asn1::encode(*header.protectionAlg);
  }
  return encode(saved);
}

tl::expected<void, std::string> Operation::Machine::restore(Bytes octets) {
  auto saved = decode_saved(octets);
  if (!saved) return unusable("this is no operation saved by this version of cmpkit");
  if (saved->operation != task_->request_type()) return unusable("the operation saved is another one than this");
  const auto identity = digest_of(*task_, environment_.crypto);
  if (!identity) return unusable(identity.error().text);
  if (saved->identity != *identity)
    return unusable("the operation was saved with other options: credential, recipient or what is asked for differ");
  if (!restore_state(*task_, saved->transaction.state, environment_))
    return unusable("the state that was saved is none of this operation");
  transaction_ = std::move(saved->transaction);
  return prepare(saved->mac_algorithm);
}

}  // namespace cmpkit::cmp
