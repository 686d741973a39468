// The client side of general messages (RFC 9483 Section 4.3, RFC 9810 Section 5.3.19): genm with one question, genp
// with its answer, and polling where the server asks for it.
#pragma once

#include "cmpkit/cmp/client_options.h"
#include "cmpkit/cmp/operation.h"

namespace cmpkit::cmp {

struct InquiryOptions : ClientOptions {
  InfoItem question;    // one of those below, or any other
  std::string profile;  // certProfile to ask about, with certReqTemplate; empty: none (H-83)
};

// --- questions -------------------------------------------------------------------------------------------------------

/// One without a value: caCerts, certReqTemplate, signKeyPairTypes, encKeyPairTypes, preferredSymmAlg, caProtEncCert,
/// currentCRL, or a type of one's own.
InfoItem ask_for(asn1::Oid type);

/// Is there a successor to this root certificate (DER)? (RFC 9483 Section 4.3.2)
InfoItem ask_for_root_update(Bytes root);

/// Which CRL is wanted (RFC 9483 Section 4.3.4); by its distribution point where one is known, else by its issuer.
struct CrlQuestion {
  Octets distribution_point;        // DER DistributionPointName; empty: none is known
  Octets issuer;                    // DER Name
  std::optional<Time> this_update;  // of the newest CRL we have; none: we have none
};
InfoItem ask_for_crl(const CrlQuestion& question);

/// The question for the CRL that tells about this certificate (DER): by its cRLDistributionPoints, else by its issuer.
/// An error where it is no certificate.
asn1::Result<CrlQuestion> crl_question_about(Bytes certificate);
/// The question for the successor of this CRL (DER).
asn1::Result<CrlQuestion> crl_question_after(Bytes crl);

/// Which parameters keys of this algorithm shall have (RFC 9810 Section 5.3.19.8).
InfoItem ask_for_key_parameters(asn1::Oid algorithm);

/// Which of these languages the server speaks: RFC 5646 tags, the preferred one first (RFC 9810 Section 5.3.19.13).
InfoItem ask_for_language(std::span<const std::string> tags);

// --- answers ---------------------------------------------------------------------------------------------------------

/// The type of the answer to a question of this type: crls for crlStatusList; the same type where no other is known.
asn1::Oid answer_type(asn1::Oid question);

/// A genm with one question. The answer is in Outcome::answer, after these checks:
/// - its type is the one asked for (S-01); unsupportedOIDs naming the question is a failure that says so (S-02)
/// - caCerts, signKeyPairTypes, ...: the value is of the type that RFC 9810 gives it, or absent
/// - rootCaKeyUpdate: newWithNew is self-signed, newWithOld is signed by the root asked about, names and validity fit
///   (S-10, S-11; RFC 9810 Section 4.4.2.2)
/// - certReqTemplate: T-01, T-02; `value` holds the CertReqTemplateContent
/// - crls: issued by whom was asked for, newer than the one we have, signed by its issuer where the certificate of that
///   is known and trusted (L-02)
/// Other types are handed on as they are.
class Inquiry : public Operation {
 public:
  /// A reason in words where the options cannot work together. What the options and the environment point to must
  /// outlive the operation.
  static tl::expected<Inquiry, std::string> create(InquiryOptions options, Environment environment);
  /// Goes on where save() left off. A reason in words where the octets are none of its, or the options are others.
  static tl::expected<Inquiry, std::string> resume(InquiryOptions options, Environment environment, Bytes saved);

 private:
  using Operation::Operation;
};

}  // namespace cmpkit::cmp
