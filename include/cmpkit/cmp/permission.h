// Who may ask for what (V-37, R-07): authorisation as data, apart from authentication. A responder has a list of
// permissions; the first whose requester fits and which allows the operation counts. There is no default: nobody may do
// anything that is not written down.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/octets.h"

namespace cmpkit::cmp {

/// The subject that may be asked for.
struct SubjectRule {
  enum class Kind {
    same,     // certificate: its subject. secret: a name whose commonName is the reference
    any,      // whoever has the credential may be anybody
    pattern,  // the name that `pattern` gives, whatever of the requester's names is asked for
  };
  Kind kind = Kind::same;

  /// A name such as `/O=Operator/CN={CN}.ran.example`. `{CN}`, `{serialNumber}`, ... stand for the value of this
  /// attribute (the last of its type) in the requester's certificate, `{reference}` for the reference of its secret.
  /// The request may ask for this name, or for the requester's own subject; the certificate gets this name (3GPP
  /// TS 33.310 Section 9.5 maps the vendor's name of a base station to the operator's so). Without braces it is one
  /// fixed name.
  std::string pattern{};
};

/// What one kind of requester may do.
struct Permission {
  std::string name{};  // for logs and error texts: `devices of ACME`

  // Whom it is about: all that is given must hold.
  enum class Who {
    certificate,             // whoever signs with a certificate that leads to an anchor
    own_certificate,         // ... which this CA issued
    registration_authority,  // ... which has id-kp-cmcRA (RFC 9810 Section 4.5)
    secret,
  };
  Who who{};
  std::vector<Octets> anchors{};          // certificates: DER of the anchors they lead to; empty: any that is trusted
  std::vector<std::string> references{};  // secret: these references; empty: any that is known

  // What it may do.
  std::set<asn1::PKIBody::Type> operations{};  // of ir, cr, kur, p10cr, rr, genm
  SubjectRule subject{};                       // ir, cr, p10cr; a kur is bound to its certificate anyway (K-02)
  std::vector<std::string> profiles{};         // certificate profiles it may name; empty: all. The first one is for
                                               // requests that name none
  bool on_behalf = false;  // of others: raVerified instead of proof of possession, rr for any certificate
  bool approved = false;  // only where an RA approved it by its own protection around the message: somebody whom
                          // another permission lets act on_behalf
};

}  // namespace cmpkit::cmp
