// Whether the CA has kept what the clients were told, and nothing else.
#pragma once

#include "cmpkit/cmp/store.h"
#include "tests/crash/ledger.h"

namespace cmpkit::crash {

/// Compares the store, when all clients have finished, with the ledger. What is wrong is put down there.
void examine(cmp::Store& store, Ledger& ledger);

}  // namespace cmpkit::crash
