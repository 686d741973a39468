#!/usr/bin/env bash
# The tree keeps to the arrows, and arrows.sh would notice if it did not: arrows_test.sh ROOT
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{asn1,cmp/crypto/botan,store,transport,conformance,tools,examples,include/cmpkit/cmp}

"$here/arrows.sh" "$1" || exit 1
echo '#include <botan/hash.h>' > "$tree/cmp/crypto/botan/hash.cpp"  # allowed
"$here/arrows.sh" "$tree" || { echo "an empty tree is refused"; exit 1; }

status=0
# notices FILE LINE: a tree with this line in this file is refused
notices() {
  echo "$2" > "$tree/$1"
  if "$here/arrows.sh" "$tree" > /dev/null; then echo "not noticed: $2 in $1"; status=1; fi
  rm "$tree/$1"
}
notices asn1/x.cpp '#include "cmpkit/cmp/enrollment.h"'
notices asn1/x.h '#include "cmp/crypto/hash.h"'
notices asn1/x.cpp '#include <fstream>'
notices cmp/x.cpp '#include "cmpkit/store/memory.h"'
notices cmp/x.cpp 'auto now = std::chrono::system_clock::now();'
notices cmp/x.cpp '#include <botan/hash.h>'
notices include/cmpkit/cmp/x.h '#include <boost/asio.hpp>'
notices store/x.cpp '#include "cmpkit/transport/http_client.h"'
notices store/x.cpp '#include "cmp/message/header.h"'
notices transport/x.cpp '#include "cmpkit/asn1/codec.h"'
notices cmp/x.cpp '#include "conformance/case.h"'
notices conformance/x.cpp '#include "tools/files.h"'
notices conformance/x.cpp '#include "transport/percent.h"'
notices tools/x.cpp '#include <botan/hash.h>'
exit $status
