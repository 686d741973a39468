// RFC 9811 Section 3, RFC 9483 Section 6.1: HTTP.
#include "conformance/case.h"
#include "conformance/changes/operation.h"
#include "conformance/changes/protection.h"

namespace cmpkit::conformance {

using namespace cmp::rules;
using namespace changes;
using enum asn1::PKIFailureInfo::Bit;

namespace {

constexpr std::string_view well_known = "/.well-known/cmp";
constexpr std::string_view for_initialization = "/.well-known/cmp/initialization";
constexpr std::string_view for_pkcs10 = "/.well-known/cmp/pkcs10";

Step post(Base base, std::initializer_list<const Change*> changes, Expectation expectation, Form form) {
  return {base, changes, expectation, {}, form};
}

}  // namespace

Cases transfer_cases() {
  using namespace feature;
  return {
      {{&W_03, &W_01}, "ir to /.well-known/cmp", By::any, {post(Base::ir, {}, granted(), {well_known})}, {http}},
      {{&W_03},
       "ir to a profile that nobody knows",
       By::any,
       {post(Base::ir, {}, rejected({badCertTemplate, badRequest, unacceptedPolicy}),
             {"/.well-known/cmp/p/no-such-profile"})},
       {http, labels, profiles}},
      {{&W_04},
       "ir to the label initialization",
       By::any,
       {post(Base::ir, {}, granted(), {for_initialization})},
       {http, labels}},
      {{&W_04}, "p10cr to the label pkcs10", By::any, {post(Base::p10cr, {}, granted(), {for_pkcs10})}, {http, labels}},
      {{&W_04},
       "ir to a path that is none",
       By::any,
       {post(Base::ir, {}, refused_by_http(), {"/no/such/path"})},
       {http, labels}},
      {{&W_05},
       "ir and certConf to the label initialization",
       By::any,
       {post(Base::ir, {&explicit_confirmation}, granted(), {for_initialization}),
        post(Base::cert_conf, {}, confirmed(), {for_initialization})},
       {http, labels}},
      {{&W_09, &W_05},
       "ir and certConf over two connections",
       By::any,
       {post(Base::ir, {&explicit_confirmation}, granted(), {{}, "POST", "application/PKIXCMP"}),
        post(Base::cert_conf, {}, confirmed(), {{}, "POST", "application/PKIXCMP"})},
       {http}},
      {{&W_01}, "ir by GET", By::any, {post(Base::ir, {}, refused_by_http(), {{}, "GET"})}, {http}},
      {{&W_01}, "ir by PUT", By::any, {post(Base::ir, {}, refused_by_http(), {{}, "PUT"})}, {http}},
      {{&W_01},
       "ir as text/plain",
       By::any,
       {post(Base::ir, {}, refused_by_http(), {{}, "POST", "text/plain"})},
       {http}},
      {{&W_13, &W_01}, "nothing at all", By::any, {post(Base::ir, {&no_octets}, refused_by_http(), {})}, {http}},
      {{&W_12, &V_64},
       "20 million octets",
       By::any,
       {post(Base::ir, {&many_octets}, refused_by_http(), {{}, "POST", "application/PKIXCMP"})},
       {http}},
      {{&W_07, &W_13},
       "a good ir after one by GET",
       By::any,
       {post(Base::ir, {}, refused_by_http(), {{}, "GET"}), post(Base::ir, {}, granted(), {})},
       {http}},
  };
}

}  // namespace cmpkit::conformance
