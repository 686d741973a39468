// From the options of `cmpkit genm` to the question.
#pragma once

#include "cmpkit/cmp/inquiry.h"
#include "tools/client_preparation.h"
#include "tools/genm_arguments.h"

namespace cmpkit::tools {

Step make_question(const GenmArguments& arguments, cmp::InfoItem& question);

}  // namespace cmpkit::tools
