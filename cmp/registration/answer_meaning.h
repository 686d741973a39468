// What an answer of upstream means for its transaction.
#pragma once

#include "cmpkit/asn1/pkimessage.h"
#include "cmpkit/cmp/store_records.h"

namespace cmpkit::cmp {

struct Meaning {
  Transaction::State state = Transaction::State::done;
  bool is_waiting = false;                  // the client is to poll (DL-01, DL-04)
  bool is_unavailable = false;              // upstream cannot serve it now (E-14)
  bool is_confirmed = false;                // no certConf follows: implicitConfirm
  bool grants = false;                      // there are certificates
  std::optional<Time> confirm_by;           // awaiting_confirmation: until when
  std::vector<Transaction::Grant> granted;  // certificates
};

/// `request`: what is answered, the client's (or a pollReq for it).
Meaning meaning_of(const asn1::PKIMessage& answer, const Transaction& transaction, const asn1::PKIMessage& request);

}  // namespace cmpkit::cmp
