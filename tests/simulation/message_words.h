// What a message is, for the trace of a run.
#pragma once

#include <string>

#include "cmpkit/cmp/environment.h"

namespace cmpkit::simulation {

/// `3d pollReq e5 after 37`: the beginnings of transactionID, senderNonce and recipNonce.
std::string in_words(Bytes message);

}  // namespace cmpkit::simulation
