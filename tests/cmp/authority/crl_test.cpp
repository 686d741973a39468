// The CRLs of a CA, judged by OpenSSL as well.
#include "cmpkit/cmp/crl.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <map>
#include <thread>

#include "cmpkit/cmp/pem.h"
#include "tests/cmp/authority/asked.h"
#include "tests/support/process.h"
#include "tests/support/scratch_directory.h"

namespace cmpkit::cmp::test {
namespace {

using asn1::CRLReason;
using Catch::Matchers::ContainsSubstring;
using cmpkit::test::run;
using cmpkit::test::ScratchDirectory;
using std::chrono::days;
using std::chrono::hours;
using Status = IssuedCertificate::Status;

struct Crl {
  explicit Crl(StoredCrl from)
      : stored(std::move(from)), list(asn1::decode<asn1::CertificateList>(stored.der).value()) {}
  [[nodiscard]] const asn1::TBSCertList& tbs() const { return list.tbsCertList; }
  [[nodiscard]] std::size_t size() const { return tbs().revokedCertificates ? tbs().revokedCertificates->size() : 0; }
  template <class T>
  [[nodiscard]] T extension(asn1::Oid id, bool critical) const {
    const asn1::Extension* found = asn1::find_extension(tbs().crlExtensions, id);
    REQUIRE(found != nullptr);
    CHECK(found->critical == critical);
    return asn1::decode<T>(found->extnValue).value();
  }
  StoredCrl stored;
  asn1::CertificateList list;
};

/// A CA with a store and its CRLs.
struct CrlCa {
  explicit CrlCa(CrlLocation where = {}, std::string_view key = "ec:P-256") : ca(key), location(std::move(where)) {
    auto authority_options = ca.options({CertificateProfile{}});
    authority_options.crls = location;
    authority = CertificateAuthority::create(std::move(authority_options), ca.environment()).value();
    crls = CrlIssuer::create(options(), *store, ca.environment()).value();
  }
  [[nodiscard]] CrlOptions options() const { return {ca.signer, ca.certificate, location, days{7}, days{1}}; }

  /// Issues a certificate and puts it into the store.
  IssuedCertificate issue(std::optional<Time> until = {}) {
    Asked asked;
    if (until) asked.validity({}, *until);
    const Granted grant = granted(asked.from(*authority));
    IssuedCertificate out;
    out.certificate = grant.certificate;
    out.serial = copy_of(CertificateView::decode(grant.certificate)->serial().octets);
    out.status = Status::valid;
    return put(out);
  }
  IssuedCertificate put(IssuedCertificate certificate) {
    REQUIRE(store->commit({{}, {certificate}, {}}) == Commit::done);
    ++certificate.version;
    return certificate;
  }
  IssuedCertificate revoke(IssuedCertificate certificate, CRLReason::Value reason = CRLReason::unspecified) {
    certificate.status = reason == CRLReason::certificateHold ? Status::held : Status::revoked;
    certificate.reason = reason;
    certificate.on_crl = true;
    certificate.status_since = now;
    return put(std::move(certificate));
  }
  IssuedCertificate release(IssuedCertificate certificate) {
    certificate.status = Status::valid;
    certificate.on_crl = false;
    return put(std::move(certificate));
  }
  Crl current(Time time = now, std::uint32_t partition = 0) { return Crl(crls->current(partition, time).value()); }

  TestCa ca;
  CrlLocation location;
  std::unique_ptr<Store> store = memory_store();
  std::unique_ptr<CertificateAuthority> authority;
  std::unique_ptr<CrlIssuer> crls;
};

TEST_CASE("a CRL is as RFC 5280 wants it, also without entries") {
  CrlCa ca;
  const Crl crl = ca.current();
  CHECK(crl.tbs().version == asn1::Version::v2);
  CHECK(asn1::same_name(crl.tbs().issuer, ca.authority->issuer()));
  CHECK(crl.tbs().thisUpdate.time() == now);
  CHECK(crl.tbs().nextUpdate->time() == now + days{7});
  CHECK_FALSE(crl.tbs().revokedCertificates);
  CHECK(crl.tbs().crlExtensions->size() == 2);
  CHECK(same_octets(crl.extension<asn1::CRLNumber>(asn1::id_ce_cRLNumber, false).octets, Octets{1}));
  const auto identifier = crl.extension<asn1::AuthorityKeyIdentifier>(asn1::id_ce_authorityKeyIdentifier, false);
  CHECK(same_octets(*identifier.keyIdentifier, CertificateView::decode(ca.ca.certificate)->subject_key_id()));
  const Bytes covered = crl.tbs().octets;
  CHECK(botan_crypto().verify(crl.list.signatureAlgorithm, ca.ca.signer->public_key(), Pieces(&covered, 1),
                              crl.list.signature.octets));
}

TEST_CASE("entries have date and reason; unspecified is told by saying none") {
  CrlCa ca;
  std::map<Octets, CRLReason::Value> revoked;
  for (const auto reason : {CRLReason::unspecified, CRLReason::keyCompromise, CRLReason::certificateHold,
                            CRLReason::privilegeWithdrawn, CRLReason::aACompromise})
    revoked[ca.revoke(ca.issue(), reason).serial] = reason;
  ca.issue();  // a good one
  const Crl crl = ca.current();
  REQUIRE(crl.size() == revoked.size());
  for (const auto& entry : *crl.tbs().revokedCertificates) {
    const auto it = revoked.find(copy_of(entry.userCertificate.octets));
    REQUIRE(it != revoked.end());
    CHECK(entry.revocationDate.time() == now);
    const asn1::Extension* reason = asn1::find_extension(entry.crlEntryExtensions, asn1::id_ce_cRLReasons);
    REQUIRE((reason == nullptr) == (it->second == CRLReason::unspecified));
    if (reason == nullptr) continue;
    CHECK_FALSE(reason->critical);
    CHECK(asn1::decode<CRLReason>(reason->extnValue)->value == it->second);
  }
}

TEST_CASE("a CRL is made anew when something is revoked or released, and before its time is over") {
  CrlCa ca;
  const auto number = [&](Time time = now) { return ca.current(time).stored.number; };
  IssuedCertificate certificate = ca.issue();
  CHECK(number() == 1);
  CHECK(number(now + hours{1}) == 1);
  certificate = ca.revoke(certificate, CRLReason::certificateHold);
  CHECK(number() == 2);
  CHECK(number() == 2);
  CHECK(ca.current().size() == 1);
  certificate = ca.release(certificate);
  CHECK(number() == 3);
  CHECK(ca.current().size() == 0);
  CHECK(number(now + days{6} - hours{1}) == 3);
  CHECK(number(now + days{6}) == 4);  // a day before nextUpdate
  CHECK(ca.current(now + days{6}).tbs().thisUpdate.time() == now + days{6});
}

TEST_CASE("an expired certificate leaves the CRL, after it was on one that was made after its end") {
  CrlCa ca;
  ca.revoke(ca.issue(now + days{1}));
  CHECK(ca.current().size() == 1);
  CHECK(ca.current(now + days{10}).size() == 1);  // RFC 5280 Section 3.3
  CHECK(ca.current(now + days{20}).size() == 0);
}

TEST_CASE("partitions: each certificate is on the CRL that it names, and on no other") {
  CrlCa ca({"http://pki.example/{partition}.crl", 3});
  std::map<std::uint32_t, std::size_t> expected;
  for (int i = 0; i < 12; ++i) ++expected[serial_partition(ca.revoke(ca.issue()).serial, 3)];
  std::size_t all = 0;
  for (std::uint32_t partition = 0; partition < 3; ++partition) {
    const Crl crl = ca.current(now, partition);
    CHECK(crl.size() == expected[partition]);
    all += crl.size();
    CHECK(crl.stored.number == 1);
    const auto point = crl.extension<asn1::IssuingDistributionPoint>(asn1::id_ce_issuingDistributionPoint, true);
    const auto& names = std::get<asn1::GeneralNames>(point.distributionPoint->value);
    CHECK(std::get<asn1::GeneralName::uniformResourceIdentifier>(names.front().value).text ==
          ca.location.url_of(partition));
  }
  CHECK(all == 12);
  CHECK_FALSE(ca.crls->current(3, now).has_value());
}

/// A store in which somebody else has just made a CRL whenever we want to.
struct Race {
  CrlCa ca;
  std::unique_ptr<CrlIssuer> other = CrlIssuer::create(ca.options(), *ca.store, ca.ca.environment()).value();
};

TEST_CASE("many who ask at once get one CRL, also from two issuers on one store") {
  Race race;
  race.ca.revoke(race.ca.issue());
  std::vector<std::thread> threads;
  std::array<StoredCrl, 8> got;
  for (std::size_t i = 0; i < got.size(); ++i)
    threads.emplace_back([&, i] { got[i] = (i % 2 == 0 ? *race.ca.crls : *race.other).current(0, now).value(); });
  for (std::thread& thread : threads) thread.join();
  for (const StoredCrl& each : got) {
    CHECK(each.number == 1);
    CHECK(each.der == got[0].der);
  }
}

TEST_CASE("options by which no CRL can be made are refused") {
  const CrlCa ca;
  const TestCa other;
  const auto complaint = [&](CrlOptions options) {
    const auto made = CrlIssuer::create(std::move(options), *ca.store, ca.ca.environment());
    REQUIRE_FALSE(made.has_value());
    return made.error();
  };
  CrlOptions options = ca.options();
  options.signer = other.signer;
  CHECK_THAT(complaint(options), ContainsSubstring("not the one in the CA's certificate"));
  options = ca.options();
  options.renew_before = options.validity;
  CHECK_THAT(complaint(options), ContainsSubstring("renewed before"));
  options = ca.options();
  options.location.partitions = 2;
  CHECK_THAT(complaint(options), ContainsSubstring("{partition}"));
  options = ca.options();
  options.location.partitions = 0;
  CHECK_THAT(complaint(options), ContainsSubstring("zero"));
}

/// What `openssl verify -crl_check` says of a certificate.
cmpkit::test::Finished verified(const CrlCa& ca, const Octets& certificate, const Octets& crl) {
  const ScratchDirectory folder;
  const auto write = [&](const char* name, const char* label, const Octets& der) {
    std::ofstream(folder / name) << encode_pem(label, der);
    return folder / name;
  };
  return run({"openssl", "verify", "-crl_check", "-x509_strict", "-attime",
              std::to_string(now.time_since_epoch().count() + 1), "-CAfile",
              write("root.pem", "CERTIFICATE", ca.ca.root), "-untrusted",
              write("ca.pem", "CERTIFICATE", ca.ca.certificate), "-CRLfile", write("crl.pem", "X509 CRL", crl),
              write("certificate.pem", "CERTIFICATE", certificate)});
}

TEST_CASE("OpenSSL tells good and revoked certificates by our CRLs, whole and partitioned") {
  for (const CrlLocation& location : {CrlLocation{}, CrlLocation{"http://pki.example/{partition}.crl", 2}}) {
    for (const char* key : {"ec:P-256", "rsa:2048", "ed25519"}) {
      CAPTURE(location.partitions, key);
      CrlCa ca(location, key);
      const IssuedCertificate good = ca.issue();
      const IssuedCertificate bad = ca.revoke(ca.issue(), CRLReason::keyCompromise);
      const auto crl_of = [&](const IssuedCertificate& certificate) {
        return ca.current(now, serial_partition(certificate.serial, location.partitions)).stored.der;
      };
      const auto accepted = verified(ca, good.certificate, crl_of(good));
      INFO(accepted.out << accepted.err);
      CHECK(accepted.status == 0);
      const auto refused = verified(ca, bad.certificate, crl_of(bad));
      CHECK(refused.status != 0);
      CHECK_THAT(refused.out + refused.err, ContainsSubstring("certificate revoked"));
      if (location.partitions > 1) {  // the CRL of another partition says nothing about it
        const auto other = ca.current(now, 1 - serial_partition(good.serial, 2)).stored.der;
        CHECK(verified(ca, good.certificate, other).status != 0);
      }
    }
  }
}

}  // namespace
}  // namespace cmpkit::cmp::test
