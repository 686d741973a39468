#!/usr/bin/env bash
# Our RA by the conformance suite, over HTTP, in each way of forwarding: our_ra.sh CMPKIT FOLDER [ARGUMENT...]
# FOLDER is made anew; the arguments are further ones of `cmpkit conformance`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cmpkit=$(realpath "${1:?usage: our_ra.sh CMPKIT FOLDER [ARGUMENT...]}")
folder=${2:?usage: our_ra.sh CMPKIT FOLDER [ARGUMENT...]}
shift 2
# shellcheck source=conformance/certificates.sh
. "$here/certificates.sh"
rm -rf "$folder"; mkdir -p "$folder"; cd "$folder"

# The PKI above the RA, whose CA the suite plays with these keys, and a manufacturer's.
"$cmpkit" ca init upstream --subject '/O=Example/CN=Example CA' > init.log
new_root vendor '/O=Vendor/CN=Vendor Root' -addext keyUsage=critical,keyCertSign
certify device /CN=device-1 vendor
certify issued /CN=device-1 upstream/ca
certify lra '/O=Example/CN=LRA' upstream/ca "$ra_purpose"
certify ra '/O=Example/CN=RA' upstream/ca "$ra_purpose"

processes=()
trap 'kill "${processes[@]}" 2> /dev/null || true' EXIT

make_ra() { # NAME UPSTREAM FORWARDING [LINE OF ITS UPSTREAM...]
  "$cmpkit" ra init "$1" --upstream "$2" --upstream-trusted upstream/root.crt --trusted vendor.crt \
    --secret device-1=pass:correct-horse > "$1.init.log"
  cp ra.key "$1/ra.key"; cp ra.crt "$1/ra.crt"; cp upstream/ca.crt "$1/ra.chain.crt"
  sed -i "s/^forwarding = .*/forwarding = \"$3\"/; 0,/^#timeout = .*/s//timeout = \"3s\"/" "$1/ra.toml"
  local line
  for line in "${@:4}"; do sed -i "s/^kind = \"http\"/&\n$line/" "$1/ra.toml"; done
}

# The suite says where its CA listens, and is told where the RA does.
test_ra() { # NAME FORWARDING FEATURES [LINE OF ITS UPSTREAM...]
  local name=$1 upstream listening
  printf '\n== %s\n' "$name"
  sed "s/@name@/our RA: $name/; s/@features@/$3/" "$here/peers/our_ra.toml" | cat - more.toml > "$name.toml"
  coproc suite { exec timeout 240 "$cmpkit" conformance --ra --server - --config "$name.toml" \
    --junit "$name.junit.xml" --json "$name.json" "${arguments[@]}"; }
  # shellcheck disable=SC2154 # coproc sets suite_PID
  local suite_process=$suite_PID
  processes+=("$suite_process")
  exec 4<&"${suite[0]}" 5>&"${suite[1]}"
  read -r -t 60 -u 4 upstream || { echo 'our_ra.sh: the suite did not come up' >&2; return 2; }
  make_ra "$name" "${upstream#upstream: }" "$2" "${@:4}"
  exec 3< <(exec timeout 300 "$cmpkit" ra serve "$name" --listen 127.0.0.1:0 2> "$name.log")
  processes+=("$!")
  local ra_process=$!
  read -r -t 20 -u 3 listening || { echo 'our_ra.sh: the RA did not come up:' >&2; cat "$name.log" >&2; return 2; }
  echo "${listening#listening on }" >&5
  exec 5>&-
  cat <&4
  local status=0
  wait "$suite_process" || status=$?
  kill "$ra_process"
  return "$status"
}

arguments=("$@")
failed=0
: > more.toml
test_ra unchanged unchanged '"forwards-unchanged", "online", "signs", "rr", "gives-up"' || failed=1
test_ra adding add '"adds-protection", "online", "signs", "rr", "gives-up"' || failed=1
test_ra replacing replace '"replaces-protection", "online", "signs", "rr", "gives-up"' || failed=1
printf '\n[ra_secret]\nreference = "ra-1"\nsecret = "pass:staple"\n' > more.toml
test_ra by-secret replace '"replaces-protection", "online"' 'reference = "ra-1"' 'secret = "pass:staple"' || failed=1
# By batches nobody gets a certificate at once, so that one is given for the cases that begin with it.
printf '\n[issued]\ncertificate = "issued.crt"\nkey = "issued.key"\nchain = ["upstream/ca.crt"]\n' > more.toml
test_ra in-batches replace '"replaces-protection", "batches", "signs", "rr"' 'batch = 100' 'check_after = "1s"' || failed=1
exit "$failed"
