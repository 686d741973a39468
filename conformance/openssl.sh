#!/usr/bin/env bash
# The mock server of `openssl cmp` by the conformance suite: openssl.sh CMPKIT FOLDER [ARGUMENT...]
# FOLDER is made anew; the arguments are further ones of `cmpkit conformance`. What the suite finds is printed and is no
# failure of this script. Exits with 77 where it cannot run.
#
# The mock server listens on every interface, so it gets a network of its own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [[ ${1:-} != --in-own-network ]]; then
  openssl cmp -help 2> /dev/null || { echo 'openssl.sh: skipped, openssl has no cmp'; exit 77; }
  command -v ip > /dev/null && unshare -rn true 2> /dev/null ||
    { echo 'openssl.sh: skipped, no network namespace is permitted here (or ip is not installed)'; exit 77; }
  exec unshare -rn "$here/openssl.sh" --in-own-network "$@"
fi
shift
cmpkit=$(realpath "${1:?usage: openssl.sh CMPKIT FOLDER [ARGUMENT...]}")
folder=${2:?usage: openssl.sh CMPKIT FOLDER [ARGUMENT...]}
shift 2
# shellcheck source=conformance/certificates.sh
. "$here/certificates.sh"
ip link set lo up
rm -rf "$folder"; mkdir -p "$folder"; cd "$folder"

new_root root '/CN=Mock Root'
certify server '/CN=Mock CMP' root
certify device /CN=device-1 root
certify new /CN=device-1 root
cp "$here/peers/openssl.toml" peer.toml

# It ends at some of the messages, so it is started again.
serve() {
  local server=
  trap 'kill "$server" 2> /dev/null; exit' TERM
  while :; do
    openssl cmp -config '' -port 8080 -srv_cert server.crt -srv_key server.key -srv_trusted root.crt -srv_ref dev \
      -srv_secret pass:s3cret -rsp_cert new.crt >> server.log 2>&1 &
    server=$!
    wait "$server" || true
  done
}
serve &
server_process=$!
trap 'kill "$server_process" 2> /dev/null || true' EXIT
openssl version
timeout 240 "$cmpkit" conformance --server http://127.0.0.1:8080/ --config peer.toml --junit junit.xml \
  --json results.json "$@" || [[ $? == 1 ]]
