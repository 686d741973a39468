// From the command line to what every operation of a client needs: files are read and everything is checked before the
// first message leaves.
#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "cmpkit/cmp/algorithms.h"
#include "cmpkit/cmp/certificate.h"
#include "cmpkit/cmp/client_options.h"
#include "tools/client_arguments.h"

namespace cmpkit::tools {

/// Nothing, or what is wrong in a sentence that names the option or the file.
using Step = tl::expected<void, std::string>;
Step wrong(std::string text);

/// The result with the option's name before its error.
template <class T>
tl::expected<T, std::string> naming(std::string_view option, tl::expected<T, std::string> result) {
  return std::move(result).map_error([&](const std::string& text) { return std::string(option) + ": " + text; });
}

/// Puts into `options` what the arguments say; `trust` owns what options.trust points to, null where no anchors are
/// given.
Step prepare_client(const ClientArguments& arguments, const cmp::Crypto& crypto, cmp::ClientOptions& options,
                    std::unique_ptr<cmp::TrustStore>& trust);

/// The anchors in these files.
tl::expected<std::unique_ptr<cmp::TrustStore>, std::string> load_trust(const std::vector<std::string>& files,
                                                                       const cmp::Crypto& crypto);

/// Whether everything that is to be written in the end can be written; empty paths are passed over.
Step check_writable(const std::vector<std::string>& paths);
/// The same for the files that every operation writes.
Step check_outputs(const ClientArguments& arguments);

tl::expected<cmp::SignatureChoice, std::string> signature_choice(const ClientArguments& arguments);

/// The subject of our own certificate, or its issuer; empty where we have none.
Octets name_in_certificate(const cmp::Credential& credential, asn1::Name (cmp::CertificateView::*name)() const);

}  // namespace cmpkit::tools
