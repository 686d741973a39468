// What an answer of upstream means for its transaction.
#pragma once

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/asn1/storage.h"
#include "cmpkit/cmp/store_records.h"

namespace cmpkit::cmp {

struct Meaning {
  Transaction::State state = Transaction::State::done;
  bool is_waiting = false;                  // the client is to poll (DL-01, DL-04)
  bool is_unavailable = false;              // upstream cannot serve it now (E-14)
  bool is_confirmed = false;                // no certConf follows: implicitConfirm
  bool confirms = false;                    // pkiConf for a certConf that accepts
  bool grants = false;                      // there are certificates
  std::optional<Time> confirm_by;           // awaiting_confirmation: until when
  std::vector<Transaction::Grant> granted;  // certificates
};

/// `request`: what is answered, the client's (or a pollReq for it).
Meaning meaning_of(const asn1::PKIMessage& answer, const Transaction& transaction, const asn1::PKIMessage& request);

/// There is a certificate in it, for whoever may read it.
bool brings_certificate(const asn1::PKIBody& answer);

/// The body of the answer for a client whose request we altered: what was granted as we asked, but not as it asked, is
/// grantedWithMods.
asn1::PKIBody body_for_client(const asn1::PKIBody& answer, const asn1::PKIMessage& request, asn1::Storage& storage);

}  // namespace cmpkit::cmp
