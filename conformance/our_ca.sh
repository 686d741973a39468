#!/usr/bin/env bash
# Our CA and our client by the conformance suite, over HTTP: our_ca.sh CMPKIT FOLDER [ARGUMENT...]
# FOLDER is made anew; the arguments are further ones of `cmpkit conformance`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cmpkit=$(realpath "${1:?usage: our_ca.sh CMPKIT FOLDER [ARGUMENT...]}")
folder=${2:?usage: our_ca.sh CMPKIT FOLDER [ARGUMENT...]}
shift 2
# shellcheck source=conformance/certificates.sh
. "$here/certificates.sh"
rm -rf "$folder"; mkdir -p "$folder"; cd "$folder"

new_root vendor '/O=Vendor/CN=Vendor Root' -addext keyUsage=critical,keyCertSign
certify device /CN=device-1 vendor
"$cmpkit" ca init ca --subject '/O=Example/CN=Example CA' --subjects any --secret device-1=pass:correct-horse \
  --trusted vendor.crt > init.log
certify ra '/O=Example/CN=RA' ca/ca "$ra_purpose"
printf '\n[[profile]]\nname = "approved"\napproval = true\n' >> ca/ca.toml
cp "$here/peers/our_ca.toml" peer.toml

exec 3< <(exec timeout 300 "$cmpkit" ca serve ca --listen 127.0.0.1:0 2> ca.log)
ca_process=$!
trap 'kill "$ca_process" 2> /dev/null || true' EXIT
read -r -t 20 -u 3 listening || { echo 'our_ca.sh: the CA did not come up:' >&2; cat ca.log >&2; exit 2; }
timeout 240 "$cmpkit" conformance --client --server "${listening#listening on }" --config peer.toml --junit junit.xml \
  --json results.json "$@"
