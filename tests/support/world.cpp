#include "tests/support/world.h"

namespace cmpkit::cmp::test {

World::World(std::string_view key) : key_(key) {
  root.signer = new_signer();
  ca.signer = new_signer();
  cmp_signer.signer = new_signer();
  vendor.signer = new_signer();
  root.certificate = make_root_certificate(name("/O=Operator/CN=Root"), *root.signer, period(), environment()).value();
  ca.certificate = make_issuing_ca_certificate({root.certificate, *root.signer}, name("/O=Operator/CN=Issuing CA"),
                                               ca.signer->public_key(), period(), environment())
                       .value();
  cmp_signer.certificate = make_cmp_signer_certificate({ca.certificate, *ca.signer}, name("/O=Operator/CN=CMP"),
                                                       cmp_signer.signer->public_key(), period(), environment())
                               .value();
  vendor.certificate =
      make_root_certificate(name("/O=Vendor/CN=Vendor CA"), *vendor.signer, period(), environment()).value();
  requesters =
      std::make_unique<TrustStore>(TrustStore::make(botan_crypto(), {vendor.certificate, root.certificate}).value());
  devices = std::make_unique<TrustStore>(TrustStore::make(botan_crypto(), {root.certificate}).value());
  secrets.secrets[octets("dev1")] = octets("secret-123456");

  CertificateAuthorityOptions options;
  options.signer = ca.signer;
  options.chain = {ca.certificate, root.certificate};
  options.profiles.push_back({.name = "default"});
  authority = CertificateAuthority::create(std::move(options), environment()).value();
  use(configuration());
}

CertificatePeriod World::period() const {
  return {clock.now() - std::chrono::days{1}, clock.now() + std::chrono::days{3650}};
}

std::shared_ptr<const Signer> World::new_signer() const { return PrivateKey::generate(key_).value().signer().value(); }

Identity World::vendor_device(std::string_view subject) {
  auto signer = new_signer();
  Octets certificate = make_cmp_signer_certificate({vendor.certificate, *vendor.signer}, name(subject),
                                                   signer->public_key(), period(), environment())
                           .value();
  return {std::move(signer), std::move(certificate)};
}

SignatureCredential World::vendor_credential(std::string_view subject) {
  Identity device = vendor_device(subject);
  return {device.signer, {device.certificate}};
}

SecretCredential World::secret_credential(MacMethod method) const {
  return {octets("dev1"), octets("secret-123456"), method};
}

EnrollmentOptions World::options(Credential credential) const {
  EnrollmentOptions options;
  options.credential = std::move(credential);
  options.trust = devices.get();
  options.recipient = name("/O=Operator/CN=Issuing CA");
  options.subject = name("/CN=device");
  options.new_key = new_signer();
  return options;
}

std::vector<Permission> World::permissions(SubjectRule::Kind subject) {
  using asn1::PKIBody;
  Permission certificates{.name = "certificates", .who = Permission::Who::certificate};
  certificates.operations = {PKIBody::ir, PKIBody::cr, PKIBody::kur, PKIBody::p10cr, PKIBody::rr, PKIBody::genm};
  certificates.subject.kind = subject;
  Permission secrets{.name = "secrets", .who = Permission::Who::secret};
  secrets.operations = {PKIBody::ir, PKIBody::cr, PKIBody::p10cr, PKIBody::genm};
  secrets.subject.kind = subject;
  return {certificates, secrets};
}

ResponderConfiguration World::configuration() const {
  ResponderConfiguration configuration;
  configuration.protection = {cmp_signer.signer, {cmp_signer.certificate, ca.certificate}};
  configuration.certificate_trust = requesters.get();
  configuration.secrets = &secrets;
  configuration.permissions = permissions();
  return configuration;
}

void World::use(ResponderConfiguration configuration) {
  responder = Responder::create(std::move(configuration), *authority, *store, environment()).value();
}

Outcome World::run(Operation& operation, std::vector<std::string>* seen) {
  Output output = operation.start();
  while (output.send) {
    const Reply reply = responder->respond(*output.send);
    if (seen != nullptr) {
      seen->emplace_back(reply.request);
      seen->emplace_back(reply.response);
    }
    output = operation.receive(reply.octets);
  }
  return output.done.value();
}

Outcome World::run(EnrollmentOptions options, std::vector<std::string>* seen) {
  auto enrollment = Enrollment::create(std::move(options), environment()).value();
  return run(enrollment, seen);
}

IssuedCertificate::Status World::status_of(Bytes certificate) const {
  const auto decoded = asn1::decode<asn1::Certificate>(certificate);
  return store->certificate(decoded->tbsCertificate.serialNumber.octets).value().value().status;
}

}  // namespace cmpkit::cmp::test
