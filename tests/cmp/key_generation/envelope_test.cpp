// EnvelopedData for key packages (RFC 9483 Section 4.1.6, RFC 5652 Section 6): what is sealed is opened by the one it
// is meant for, and everything else is refused by its rule.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>

#include "cmp/crypto/mac_parameters.h"
#include "cmpkit/asn1/algorithms.h"
#include "cmpkit/asn1/oids.h"
#include "tests/cmp/key_generation/support/keys.h"

using namespace cmpkit;
using namespace cmpkit::cmp;
using namespace cmpkit::cmp::test;
using asn1::EnvelopedData;
using asn1::RecipientInfo;

namespace {

const Octets content{0x30, 0x03, 0x02, 0x01, 0x05};
const Octets secret = copy_of(bytes_of("a secret of more than enough octets"));

/// Decoded, edited, and opened.
using Edit = std::function<void(EnvelopedData&)>;
Checked<SecretOctets> open_edited(Bytes sealed, const Opener& opener, const Edit& edit = {}) {
  auto envelope = asn1::decode<EnvelopedData>(sealed).value();
  if (edit) edit(envelope);
  return open(envelope, opener, environment());
}

template <RecipientInfo::Type type>
auto& recipient(EnvelopedData& envelope) {
  return std::get<type>(envelope.recipientInfos.front().value);
}

struct Row {
  std::string rule;
  Edit edit;
};

const auto ephemeral = [](EnvelopedData& e) -> asn1::OriginatorPublicKey& {
  return std::get<asn1::OriginatorIdentifierOrKey::originatorKey>(recipient<RecipientInfo::kari>(e).originator.value);
};

}  // namespace

TEST_CASE("G-08 what is sealed to a certificate with an EC key is opened by its key") {
  const std::string type = GENERATE("ec:P-256", "ec:P-384", "ec:P-521", "ec:brainpoolP384r1");
  const bool key_id = GENERATE(true, false);
  CAPTURE(type, key_id);
  const Holder holder(type, key_id);
  const Octets sealed = seal(content, holder.recipient(), environment()).value();
  auto envelope = asn1::decode<EnvelopedData>(sealed).value();
  CHECK(envelope.version == 2);  // G-05
  CHECK(envelope.encryptedContentInfo.contentType == asn1::id_signedData);
  CHECK(envelope.encryptedContentInfo.contentEncryptionAlgorithm.algorithm == asn1::id_aes256_CBC);
  const auto& info = recipient<RecipientInfo::kari>(envelope);
  CHECK(info.version == 3);
  CHECK(info.ukm);
  REQUIRE(info.recipientEncryptedKeys.size() == 1);
  CHECK(info.recipientEncryptedKeys[0].rid.value.index() == (key_id ? 1 : 0));
  CHECK(info.originator.value.index() == asn1::OriginatorIdentifierOrKey::originatorKey);  // D-9
  const auto opened = open_edited(sealed, holder.opener());
  REQUIRE(opened);
  CHECK(same_octets(*opened, content));
}

TEST_CASE("G-07 what is sealed to a certificate with an RSA key is opened by its key") {
  const auto scheme = GENERATE(KeyTransport::Scheme::oaep, KeyTransport::Scheme::pkcs1);
  const Octets sealed = seal(content, rsa_holder().recipient({scheme, Digest::sha256}), environment()).value();
  auto envelope = asn1::decode<EnvelopedData>(sealed).value();
  CHECK(envelope.version == 2);
  const auto& info = recipient<RecipientInfo::ktri>(envelope);
  CHECK(info.version == 2);
  CHECK(same_octets(std::get<asn1::RecipientIdentifier::subjectKeyIdentifier>(info.rid.value),
                    rsa_holder().view.subject_key_id()));
  CHECK(same_octets(open_edited(sealed, rsa_holder().opener()).value(), content));
}

TEST_CASE("G-07 a certificate without key identifier is named by issuer and serial number, in version 0 (D-8)") {
  const Holder holder("rsa:2048", false);
  const Octets sealed = seal(content, holder.recipient(), environment()).value();
  auto envelope = asn1::decode<EnvelopedData>(sealed).value();
  CHECK(envelope.version == 0);
  CHECK(recipient<RecipientInfo::ktri>(envelope).version == 0);
  CHECK(open_edited(sealed, holder.opener()));
  CHECK(open_edited(sealed, holder.opener(), [](auto& e) {  // as RFC 9483 prints it
    e.version = 2;
    recipient<RecipientInfo::ktri>(e).version = 2;
  }));
}

TEST_CASE("G-09 what is sealed with a secret is opened with it, in the versions that CMS and RFC 9483 have") {
  const Octets sealed = seal(content, SecretRecipient{secret, 1000}, environment()).value();
  auto envelope = asn1::decode<EnvelopedData>(sealed).value();
  CHECK(envelope.version == 3);  // erratum 7833
  const auto& info = recipient<RecipientInfo::pwri>(envelope);
  CHECK(info.version == 0);
  CHECK(info.keyDerivationAlgorithm->algorithm == asn1::id_PBKDF2);
  const SecretOpener opener{secret, {}, {}};
  CHECK(same_octets(open_edited(sealed, opener).value(), content));
  CHECK(open_edited(sealed, opener, [](auto& e) { e.version = 0; }));
  CHECK(open_edited(sealed, opener, [](auto& e) { recipient<RecipientInfo::pwri>(e).version = 3; }));  // D-10
  CHECK(seal(content, SecretRecipient{secret, 1000}, environment()).value() != sealed);
}

TEST_CASE("G-05 to G-10 what is wrong with a password recipient is refused") {
  const Octets sealed = seal(content, SecretRecipient{secret, 1000}, environment()).value();
  static asn1::Storage storage;
  const auto row = GENERATE(values<Row>({
      {"G-03", [](auto& e) { e.recipientInfos.push_back(e.recipientInfos.front()); }},
      {"G-03", [](auto& e) { e.encryptedContentInfo.encryptedContent.reset(); }},
      {"G-03", [](auto& e) { e.encryptedContentInfo.encryptedContent = bytes_of("no whole block"); }},
      {"G-05", [](auto& e) { e.version = 2; }},
      {"G-09", [](auto& e) { recipient<RecipientInfo::pwri>(e).version = 4; }},
      {"G-09", [](auto& e) { recipient<RecipientInfo::pwri>(e).keyDerivationAlgorithm.reset(); }},
      {"G-09", [](auto& e) { recipient<RecipientInfo::pwri>(e).keyDerivationAlgorithm->algorithm = asn1::id_PBMAC1; }},
      {"G-09", [](auto& e) { recipient<RecipientInfo::pwri>(e).encryptedKey = bytes_of("0123456789abcdef01234567"); }},
      {"G-10", [](auto& e) { recipient<RecipientInfo::pwri>(e).keyEncryptionAlgorithm = {asn1::id_aes128_wrap, {}}; }},
      {"G-10", [](auto& e) { recipient<RecipientInfo::pwri>(e).keyEncryptionAlgorithm = {asn1::id_aes256_GCM, {}}; }},
      {"G-10", [](auto& e) { e.encryptedContentInfo.contentEncryptionAlgorithm.algorithm = asn1::id_aes128_CBC; }},
      {"G-10", [](auto& e) { e.encryptedContentInfo.contentEncryptionAlgorithm.parameters.reset(); }},
      {"G-09",
       [](auto& e) {
         const Octets costly = make_pbkdf2(system_random(), 100'001, 32);
         recipient<RecipientInfo::pwri>(e).keyDerivationAlgorithm =
             asn1::decode<asn1::AlgorithmIdentifier>(storage.keep_copy(costly)).value();
       }},
  }));
  CHECK(rule_of(open_edited(sealed, SecretOpener{secret, {}, {}}, row.edit)) == row.rule);
}

TEST_CASE("G-09 another secret opens nothing, and the salt is another one than that of the MAC") {
  const Octets sealed = seal(content, SecretRecipient{secret, 1000}, environment()).value();
  CHECK(rule_of(open_edited(sealed, SecretOpener{bytes_of("another secret"), {}, {}})) == "G-09");
  auto envelope = asn1::decode<EnvelopedData>(sealed).value();
  const auto pbkdf2 = read_pbkdf2(*recipient<RecipientInfo::pwri>(envelope).keyDerivationAlgorithm, "", {}).value();
  CHECK(rule_of(open_edited(sealed, SecretOpener{secret, {}, pbkdf2.salt})) == "G-09");
}

TEST_CASE("G-05 to G-08 what is wrong with a key agreement is refused") {
  const Octets sealed = seal(content, ec_holder().recipient(), environment()).value();
  const auto row = GENERATE(values<Row>({
      {"G-05", [](auto& e) { e.version = 3; }},
      {"G-08", [](auto& e) { recipient<RecipientInfo::kari>(e).version = 2; }},
      {"G-08", [](auto& e) { recipient<RecipientInfo::kari>(e).ukm.reset(); }},
      {"V-64",
       [](auto& e) {
         static const Octets much(1025);
         recipient<RecipientInfo::kari>(e).ukm = much;
       }},
      {"G-08", [](auto& e) { recipient<RecipientInfo::kari>(e).recipientEncryptedKeys.clear(); }},
      {"G-08", [](auto& e) { recipient<RecipientInfo::kari>(e).keyEncryptionAlgorithm.parameters.reset(); }},
      {"G-08",
       [](auto& e) {
         recipient<RecipientInfo::kari>(e).keyEncryptionAlgorithm.algorithm = asn1::mqvSinglePass_sha256kdf_scheme;
       }},
      {"G-08",
       [](auto& e) {
         recipient<RecipientInfo::kari>(e).keyEncryptionAlgorithm.algorithm = asn1::dhSinglePass_stdDH_sha1kdf_scheme;
       }},
      {"G-08",
       [](auto& e) {
         recipient<RecipientInfo::kari>(e)
             .originator.value.template emplace<asn1::OriginatorIdentifierOrKey::subjectKeyIdentifier>(
                 ec_holder().view.subject_key_id());
       }},
      {"G-08", [](auto& e) { ephemeral(e).publicKey.octets = bytes_of("no point"); }},
      {"G-08",
       [](auto& e) {
         auto& id = std::get<asn1::KeyAgreeRecipientIdentifier::rKeyId>(
             recipient<RecipientInfo::kari>(e).recipientEncryptedKeys[0].rid.value);
         id.subjectKeyIdentifier = bytes_of("somebody else");
       }},
  }));
  CHECK(rule_of(open_edited(sealed, ec_holder().opener(), row.edit)) == row.rule);
}

TEST_CASE("an ephemeral key without its curve is one of ours (RFC 5753 Section 3.1.1)") {
  const Octets sealed = seal(content, ec_holder().recipient(), environment()).value();
  CHECK(open_edited(sealed, ec_holder().opener(), [](auto& e) { ephemeral(e).algorithm.parameters.reset(); }));
  CHECK(
      open_edited(sealed, ec_holder().opener(), [](auto& e) { ephemeral(e).algorithm.parameters = asn1::null_value; }));
}

TEST_CASE("G-07 what is wrong with a key transport is refused") {
  const Octets sealed = seal(content, rsa_holder().recipient(), environment()).value();
  const auto row = GENERATE(values<Row>({
      {"G-05", [](auto& e) { e.version = 0; }},
      {"G-07", [](auto& e) { recipient<RecipientInfo::ktri>(e).version = 0; }},
      {"G-07", [](auto& e) { recipient<RecipientInfo::ktri>(e).keyEncryptionAlgorithm.algorithm = asn1::id_Ed448; }},
      {"G-07",
       [](auto& e) {
         recipient<RecipientInfo::ktri>(e).rid.value.template emplace<1>(ec_holder().view.subject_key_id());
       }},
  }));
  CHECK(rule_of(open_edited(sealed, rsa_holder().opener(), row.edit)) == row.rule);
}

TEST_CASE("G-06 the technique is that of the credential") {
  const Octets by_secret = seal(content, SecretRecipient{secret, 1000}, environment()).value();
  const Octets by_key = seal(content, ec_holder().recipient(), environment()).value();
  CHECK(rule_of(open_edited(by_secret, ec_holder().opener())) == "G-06");
  CHECK(rule_of(open_edited(by_key, SecretOpener{secret, {}, {}})) == "G-06");
}

TEST_CASE("G-06 keys are sent to certificates whose key and keyUsage let them") {
  using asn1::KeyUsage;
  const auto can = [](const std::string& type, std::vector<KeyUsage::Bit> usage) {
    const auto issued = CertificateBuilder("/CN=x").key(type).key_usage(std::move(usage)).self_signed();
    return can_receive_keys(CertificateView::decode(issued.certificate).value()).has_value();
  };
  CHECK(can("ec:P-256", {KeyUsage::digitalSignature, KeyUsage::keyAgreement}));
  CHECK_FALSE(can("ec:P-256", {KeyUsage::digitalSignature, KeyUsage::keyEncipherment}));
  CHECK(can("rsa:2048", {KeyUsage::keyEncipherment}));
  CHECK_FALSE(can("rsa:2048", {KeyUsage::keyAgreement}));
  CHECK_FALSE(can("ed25519", {KeyUsage::keyAgreement}));
  const auto without = CertificateBuilder("/CN=x").self_signed();
  CHECK(can_receive_keys(CertificateView::decode(without.certificate).value()));
}
