// What does an operation cost the responder, beside the floor that the cryptography sets, and beside OpenSSL's mock
// server?
//
// The floor is the signatures, verifications and key derivations of the operation alone, by the same provider and on
// the same core, taken in turn with the operation; with devices not seen before it has the signature of their
// certificate in it, too. What clients do happens before the clock runs. OpenSSL's server
// (OSSL_CMP_SRV_process_request) checks protection and possession and signs its answer, but issues nothing: it always
// hands out the same certificate, which saves it one signature.
#include <openssl/cmp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <functional>

#include "bench/row.h"
#include "cmpkit/asn1/oids.h"
#include "cmpkit/cmp/inquiry.h"
#include "cmpkit/cmp/revocation.h"
#include "tests/support/world.h"

namespace {

using namespace cmpkit;
using namespace cmpkit::cmp;
using asn1::PKIBody;

constexpr std::size_t batch = 64;
constexpr int rounds = 10;
constexpr int iterations = 500;  // of PBM

test::World& world() {
  static test::World the_world;
  return the_world;
}

double microseconds_since(std::clock_t start) {
  return 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// Answers every genm with nothing.
class Nothing final : public InformationSource {
 public:
  [[nodiscard]] std::vector<asn1::Oid> types() const override { return {asn1::id_it_caCerts}; }
  [[nodiscard]] bool is_general(asn1::Oid) const override { return false; }
  [[nodiscard]] InformationDecision answer(const InformationRequest& request, Time) override {
    return std::vector<Information>{{request.type, {}}};
  }
};

// --- what clients send

SignatureCredential enrolled() {
  EnrollmentOptions options = world().options(world().vendor_credential());
  const auto key = options.new_key;
  return {key, {world().run(std::move(options)).certificate, world().ca.certificate}};
}

Enrollment enrollment(PKIBody::Type type, const Credential& credential, bool implicit = true) {
  EnrollmentOptions options = world().options(credential);
  options.type = type;
  options.implicit_confirm = implicit;
  if (type == PKIBody::kur) options.subject.clear();
  return Enrollment::create(std::move(options), world().environment()).value();
}

Octets request(PKIBody::Type type, const Credential& credential) { return *enrollment(type, credential).start().send; }

Octets certificate_confirmation(const Credential& credential) {
  auto client = enrollment(PKIBody::ir, credential, false);
  const Octets ir = *client.start().send;
  return *client.receive(world().responder->respond(ir).octets).send;
}

Octets revocation() {
  RevocationOptions options;
  options.credential = enrolled();
  options.trust = world().devices.get();
  return *Revocation::create(std::move(options), world().environment())->start().send;
}

Octets question(const Credential& credential) {
  InquiryOptions options;
  options.credential = credential;
  options.trust = world().devices.get();
  options.question = ask_for(asn1::id_it_caCerts);
  return *Inquiry::create(std::move(options), world().environment())->start().send;
}

// --- what it costs

struct Floor {
  int new_keys;  // verifications by keys not seen before: possession, and the certificates of new devices
  int verifications, signatures, derivations;
};

double floor_once(const Floor& floor) {
  static const Octets text(600, 0x5A);
  const Bytes message[] = {text};
  static const auto pbm = make_pbm_parameters(system_random(), iterations);
  struct Signed {
    std::shared_ptr<const Signer> key;
    Octets signature;
  };
  std::vector<Signed> fresh;
  for (std::size_t i = 0; i <= batch * static_cast<std::size_t>(floor.new_keys); ++i) {
    auto key = world().new_signer();
    auto signature = key->sign(message).value();
    fresh.push_back({std::move(key), std::move(signature)});
  }
  const auto verify = [&](const Signed& each) {
    if (!botan_crypto().verify(each.key->algorithm(), each.key->public_key(), message, each.signature)) std::abort();
  };
  const Signed known = fresh.back();
  fresh.pop_back();
  verify(known);
  const auto start = std::clock();
  for (const Signed& each : fresh) verify(each);
  for (std::size_t i = 0; i < batch; ++i) {
    for (int n = 0; n < floor.verifications; ++n) verify(known);
    for (int n = 0; n < floor.signatures; ++n)
      if (!known.key->sign(message)) std::abort();
    for (int n = 0; n < floor.derivations; ++n)
      if (!botan_crypto().mac(*pbm, text, {})) std::abort();
  }
  return microseconds_since(start) / batch;
}

double ours_once(const std::vector<Octets>& requests) {
  const auto start = std::clock();
  for (const Octets& each : requests) {
    const Reply reply = world().responder->respond(each);
    if (reply.refusal) std::fprintf(stderr, "%s\n", reply.refusal->text.c_str()), std::abort();
  }
  return microseconds_since(start) / batch;
}

// --- OpenSSL's server

OSSL_CMP_PKISI* hand_out(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG*, int, const OSSL_CRMF_MSG*, const X509_REQ*,
                         X509** certificate, STACK_OF(X509) **, STACK_OF(X509) **) {
  *certificate = X509_dup(static_cast<X509*>(OSSL_CMP_SRV_CTX_get0_custom_ctx(server)));
  return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_accepted, 0, nullptr);
}

X509* x509_of(Bytes der) {
  const unsigned char* at = der.data();
  return d2i_X509(nullptr, &at, static_cast<long>(der.size()));
}

/// One with a key and a certificate of its own, and the vendor's root as its anchor.
OSSL_CMP_SRV_CTX* openssl_server() {
  OSSL_CMP_SRV_CTX* const server = OSSL_CMP_SRV_CTX_new(nullptr, nullptr);
  OSSL_CMP_CTX* const context = OSSL_CMP_SRV_CTX_get0_cmp_ctx(server);
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("server"), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  X509_STORE* const trust = X509_STORE_new();
  X509_STORE_add_cert(trust, x509_of(world().vendor.certificate));
  X509_STORE_set_flags(trust, X509_V_FLAG_NO_CHECK_TIME);  // the world's time stands still
  OSSL_CMP_CTX_set0_trustedStore(context, trust);
  OSSL_CMP_CTX_set1_pkey(context, key);
  OSSL_CMP_CTX_set1_cert(context, certificate);
  if (!OSSL_CMP_SRV_CTX_init(server, certificate, hand_out, nullptr, nullptr, nullptr, nullptr, nullptr)) std::abort();
  OSSL_CMP_SRV_CTX_set_grant_implicit_confirm(server, 1);
  return server;
}

double openssl_once(const std::vector<Octets>& requests) {
  OSSL_CMP_SRV_CTX* const server = openssl_server();
  const auto start = std::clock();
  for (const Octets& each : requests) {
    const unsigned char* at = each.data();
    OSSL_CMP_MSG* const message = d2i_OSSL_CMP_MSG(nullptr, &at, static_cast<long>(each.size()));
    OSSL_CMP_MSG* const answer = OSSL_CMP_SRV_process_request(server, message);
    unsigned char* out = nullptr;
    const int size = i2d_OSSL_CMP_MSG(answer, &out);
    if (size <= 0 || OSSL_CMP_MSG_get_bodytype(answer) != PKIBody::ip) std::abort();
    OPENSSL_free(out);
    OSSL_CMP_MSG_free(answer);
    OSSL_CMP_MSG_free(message);
  }
  const double each = microseconds_since(start) / batch;
  OSSL_CMP_SRV_CTX_free(server);
  return each;
}

using Measure = double (*)(const std::vector<Octets>&);

void compare(const char* what, const Floor& floor, const std::function<Octets()>& make, Measure openssl = nullptr) {
  bench::Row row{what, 1e18, 1e18, {}};
  if (openssl != nullptr) row.openssl = 1e18;
  for (int round = 0; round < rounds; ++round) {
    world().store = memory_store();
    static Nothing nothing;
    auto configuration = world().configuration();
    configuration.information = {&nothing};
    world().use(std::move(configuration));
    std::vector<Octets> requests;
    for (std::size_t i = 0; i < batch; ++i) requests.push_back(make());
    row.floor = std::min(*row.floor, floor_once(floor));
    row.ours = std::min(row.ours, ours_once(requests));
    if (openssl != nullptr) row.openssl = std::min(*row.openssl, openssl(requests));
  }
  print(row);
}

}  // namespace

int main() {
  const Credential vendor = world().vendor_credential();
  const Credential secret = world().secret_credential({MacMethod::Kind::pbm, iterations});
  compare(
      "ir, signed (P-256), implicit confirmation", {1, 1, 2, 0}, [&] { return request(PKIBody::ir, vendor); },
      openssl_once);
  compare("cr, signed", {1, 1, 2, 0}, [&] { return request(PKIBody::cr, vendor); });
  compare("kur, of devices not seen before", {2, 1, 2, 0}, [&] { return request(PKIBody::kur, enrolled()); });
  compare("ir, by a secret (PBM, 500 iterations)", {1, 0, 1, 2}, [&] { return request(PKIBody::ir, secret); });
  compare("certConf, signed", {0, 1, 1, 0}, [&] { return certificate_confirmation(vendor); });
  compare("rr, of devices not seen before", {1, 1, 1, 0}, revocation);
  compare("genm", {0, 1, 1, 0}, [&] { return question(vendor); });
}
