#!/usr/bin/env bash
# Who may include what: arrows.sh ROOT. Prints every line that crosses a wall, and fails when there is one.
#
#   asn1 <- cmp <- store      transport      conformance, tools, examples, tests, fuzz and bench join them
set -u
cd "${1:?}" || exit 2
status=0

# refuse RULE PATTERN ROOM...: no source of these rooms, nor their public headers, may have a line like that
refuse() {
  local rule=$1 pattern=$2 room; shift 2
  for room; do
    [ -d "$room" ] || { echo "no folder $room"; status=1; }
    if grep -rsnE --include='*.h' --include='*.cpp' "$pattern" "$room" "include/cmpkit/$room" | grep .; then
      echo "  ^ $rule"
      status=1
    fi
  done
}
# refuse_rooms ROOM OTHER...: the room includes nothing of the others
refuse_rooms() {
  local room=$1; shift
  refuse "$room knows nothing of: $*" "#include [<\"](cmpkit/)?($(IFS='|'; echo "$*"))/" "$room"
}

refuse_rooms asn1 cmp store transport conformance tools
refuse_rooms cmp store transport conformance tools
refuse_rooms store transport conformance tools
refuse_rooms transport asn1 cmp store conformance tools
refuse_rooms conformance store tools

refuse "no I/O, threads, clocks or randomness of the system in asn1 and cmp" \
  '#include <(boost/|thread>|fstream>|sys/socket\.h>)|(system|steady)_clock::now|random_device' asn1 cmp
refuse "Boost is named in transport only" '#include <boost/' asn1 cmp store conformance tools examples
refuse "Botan is named in cmp/crypto/botan only" '#include <botan/' asn1 store transport conformance tools examples
if grep -rnE '#include <botan/' cmp include | grep -v '^cmp/crypto/botan/'; then
  echo "  ^ Botan is named in cmp/crypto/botan only"
  status=1
fi
for room in asn1 cmp store transport; do
  mapfile -t others < <(printf '%s\n' asn1 cmp store transport tools examples | grep -vx "$room")
  refuse "a private header of $room is for $room only" "#include \"$room/" "${others[@]}"
done
# conformance makes wrong messages with the engine's own parts, so it may look into cmp.
for room in asn1 store transport; do
  refuse "a private header of $room is for $room only" "#include \"$room/" conformance
done
exit $status
