#include "tools/advice.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace cmpkit::tools {
namespace {

using asn1::PKIFailureInfo;
using Kind = transport::TransportError::Kind;

struct TransportAdvice {
  Kind kind;
  std::string_view text;
};

constexpr TransportAdvice transport_advice[] = {
    {Kind::url, "write the server as http://host[:port][/path]"},
    {Kind::listen, "choose another address or port"},
    {Kind::resolve, "check the host name in --server, and the name service of this machine"},
    {Kind::connect, "check that the server runs and that host and port in --server are its own"},
    {Kind::timeout, "the server is there but does not answer: look at its log, or raise --msg_timeout"},
    {Kind::closed, "look at the server's log: it gave up in the middle of the answer"},
    {Kind::protocol, "what listens there is no HTTP server: check the port in --server"},
    {Kind::too_large, "that is no CMP answer: check the path in --server"},
    {Kind::redirect, "give the URL it points to as --server, if you trust that"},
    {Kind::status, "check the path in --server (usual: /.well-known/cmp) and look at the server's log"},
    {Kind::content_type, "what answers there is no CMP server: check the path in --server"},
    {Kind::empty, "look at the server's log: it had nothing to say to this message"},
    {Kind::file, "see that the folder is there, can be written, and that the disk has room"},
};

struct FailInfoAdvice {
  cmp::FailInfo bit;
  Fault fault;
  std::string_view by_certificate;
  std::string_view by_secret;
};

constexpr std::string_view inspect_request =
    "do what the server's text says; to see what it got: --reqout FILE, then cmpkit inspect FILE";

constexpr FailInfoAdvice fail_info_advice[] = {
    {PKIFailureInfo::badMessageCheck, Fault::protection,
     "the server could not verify our signature: check --cert and --key, and give missing issuers with --extracerts",
     "check --ref and --secret: the server knows no such reference, or another secret for it"},
    {PKIFailureInfo::signerNotTrusted, Fault::protection,
     "the server does not trust the issuer of --cert: add its root to the CA's trust anchors, or give missing issuers "
     "with --extracerts",
     "check --ref and --secret"},
    {PKIFailureInfo::wrongIntegrity, Fault::protection,
     "the server does not take certificates for this: use --ref and --secret",
     "the server does not take a secret for this: use --cert and --key"},
    {PKIFailureInfo::certRevoked, Fault::protection, "the certificate in --cert is revoked: enrol anew with --cmd ir",
     "the certificate is revoked: enrol anew with --cmd ir"},
    {PKIFailureInfo::notAuthorized, Fault::request,
     "ask for the subject that the server allows for this certificate, or have its operator allow it",
     "ask for the subject that the server allows for this reference, or have its operator allow it"},
    {PKIFailureInfo::badCertTemplate, Fault::request, "ask for another --subject or --sans, as the server's text says",
     "ask for another --subject or --sans, as the server's text says"},
    {PKIFailureInfo::badAlg, Fault::request, "choose another --newkeytype or --digest",
     "choose another --newkeytype or --mac"},
    {PKIFailureInfo::badPOP, Fault::request, inspect_request, inspect_request},
    {PKIFailureInfo::badTime, Fault::request, "compare the clock of this machine with that of the server",
     "compare the clock of this machine with that of the server"},
    {PKIFailureInfo::badCertId, Fault::request, "update only what this CA has issued: check --cert and --server",
     "check --server: the certificate is not one of this CA"},
    {PKIFailureInfo::wrongAuthority, Fault::request, "check --server and --recipient: this is another CA",
     "check --server and --recipient: this is another CA"},
    {PKIFailureInfo::duplicateCertReq, Fault::request, "use a new key: give --newkey a file that does not exist yet",
     "use a new key: give --newkey a file that does not exist yet"},
    {PKIFailureInfo::addInfoNotAvailable, Fault::request, "ask for something else: the server has no such information",
     "ask for something else: the server has no such information"},
    {PKIFailureInfo::certConfirmed, Fault::request, "nothing: the certificate was confirmed before",
     "nothing: the certificate was confirmed before"},
    {PKIFailureInfo::transactionIdInUse, Fault::request, "try again: it takes another transactionID",
     "try again: it takes another transactionID"},
    {PKIFailureInfo::systemUnavail, Fault::request, "try again later, or more often by --retries N",
     "try again later, or more often by --retries N"},
    {PKIFailureInfo::systemFailure, Fault::request, "tell the server's operator; its log says more",
     "tell the server's operator; its log says more"},
    {PKIFailureInfo::badDataFormat, Fault::request, inspect_request, inspect_request},
    {PKIFailureInfo::badRequest, Fault::request, inspect_request, inspect_request},
};

struct RuleAdvice {
  std::string_view id;
  Fault fault;
  std::string_view by_certificate;
  std::string_view by_secret;
};

constexpr std::string_view wrong_root =
    "check --trusted: it must hold the root under which the server's certificate is; if it does, somebody else answers";
constexpr std::string_view wrong_secret =
    "check --secret: the server answered with another one; if it is right, somebody else answers";
constexpr std::string_view not_protected =
    "anyone on the way could have made this answer: solve what it says, or believe it with --unprotected_errors";
constexpr std::string_view inspect_response =
    "tell the server's operator; to see what it sent: --rspout FILE, then cmpkit inspect FILE";

constexpr std::string_view no_signature_use =
    "the server's certificate is not meant for signatures; if its network is known for that: --tolerate "
    "no-digital-signature";
constexpr std::string_view foreign_kid =
    "check --trusted; if the server is known to name another key than its own: --tolerate foreign-sender-kid";
constexpr std::string_view other_sender =
    "if the server is known to name itself otherwise than its certificate does: --tolerate sender-not-subject";
constexpr std::string_view odd_error =
    "cmpkit inspect shows what came (--rspout FILE); if it is an error of a server known for such: --tolerate "
    "error-transaction or error-pvno-1";
constexpr std::string_view not_as_asked =
    "the certificate was rejected: ask for what the CA grants, or tell its operator what it should grant";
constexpr std::string_view not_known = "ask the server's operator: it has no answer to this question";
constexpr std::string_view bad_root = "do not take that root: the old one does not vouch for it; ask the CA's operator";

constexpr RuleAdvice rule_advice[] = {
    {"V-35", Fault::protection, wrong_root, wrong_root},
    {"P-14", Fault::protection, no_signature_use, no_signature_use},
    {"P-06", Fault::protection, "give the server's certificate with --srvcert: it does not send it",
     "give the server's certificate with --srvcert: it does not send it"},
    {"V-34", Fault::protection, wrong_root, wrong_secret},
    {"V-32", Fault::protection, foreign_kid, wrong_secret},
    {"V-31", Fault::protection,
     "the server answers with another kind of protection than ours: check --cert and --trusted",
     "the server answers with a signature: give its root with --trusted, or check --ref"},
    {"V-33", Fault::protection, inspect_response, inspect_response},
    {"V-40", Fault::protection, other_sender, other_sender},
    {"V-02", Fault::answer, odd_error, odd_error},
    {"V-03", Fault::answer, odd_error, odd_error},
    {"V-10", Fault::answer, odd_error, odd_error},
    {"H-61", Fault::answer, odd_error, odd_error},
    {"V-20", Fault::answer, odd_error, odd_error},
    {"R-16", Fault::answer, not_as_asked, not_as_asked},
    {"S-02", Fault::answer, not_known, not_known},
    {"S-04", Fault::answer, not_known, not_known},
    {"S-06", Fault::answer, bad_root, bad_root},
    {"S-10", Fault::answer, bad_root, bad_root},
    {"S-11", Fault::answer, bad_root, bad_root},
    {"V-30", Fault::protection, not_protected, not_protected},
    {"E-15", Fault::protection, not_protected, not_protected},
    {"DL-05", Fault::answer, "raise --total_timeout, or ask the server's operator what it waits for",
     "raise --total_timeout, or ask the server's operator what it waits for"},
    {"V-41", Fault::answer, "compare the clock of this machine with that of the server",
     "compare the clock of this machine with that of the server"},
};

/// The row of a table for which `matches`, or null.
template <class Row, std::size_t Count, class Predicate>
const Row* find_row(const Row (&rows)[Count], Predicate matches) {
  const Row* row = std::find_if(std::begin(rows), std::end(rows), matches);
  return row == std::end(rows) ? nullptr : row;
}

}  // namespace

std::string_view name_of(Fault fault) {
  constexpr std::array<std::string_view, 4> names{"transport", "protection", "request", "answer"};
  return names[static_cast<std::size_t>(fault)];
}

Advice advice_on(Kind kind) {
  const auto* row = find_row(transport_advice, [&](const TransportAdvice& r) { return r.kind == kind; });
  return {Fault::transport, row->text};
}

Advice advice_on(std::optional<cmp::FailInfo> fail_info, bool by_secret) {
  const auto* row = find_row(fail_info_advice, [&](const FailInfoAdvice& r) { return fail_info == r.bit; });
  if (row == nullptr) return {Fault::request, "do what the server's text says; its log says more"};
  return {row->fault, by_secret ? row->by_secret : row->by_certificate};
}

Advice advice_on(const cmp::Rule& rule, bool by_secret) {
  const auto* row = find_row(rule_advice, [&](const RuleAdvice& r) { return rule.id == r.id; });
  if (row == nullptr) return {Fault::answer, inspect_response};
  return {row->fault, by_secret ? row->by_secret : row->by_certificate};
}

}  // namespace cmpkit::tools
