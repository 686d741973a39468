// What a CA answered, told and stored.
#pragma once

#include "cmpkit/cmp/operation.h"
#include "tools/client.h"
#include "tools/genm_arguments.h"

namespace cmpkit::tools {

/// Adds what the answer says to the facts of the report.
void tell_answer(const cmp::Answer& answer, OperationReport& report, const cmp::Crypto& crypto);

/// Writes its parts to the files that were named for them.
Step store_answer(const cmp::Answer& answer, const GenmArguments& arguments, OperationReport& report);

}  // namespace cmpkit::tools
