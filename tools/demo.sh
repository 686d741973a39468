#!/usr/bin/env bash
# The demonstration behind `./run demo`: the life of a device. It is made, onboarded through two registration authorities
# to the CA, renewed, told of a new root, revoked and decommissioned; others are let in, or not; servers are killed and go
# on.
# usage: demo.sh CMPKIT [FOLDER]   FOLDER is new or empty; default: a new one for temporary files
set -euo pipefail

cmpkit=$(realpath "${1:?usage: demo.sh CMPKIT [FOLDER]}")
folder=${2:-$(mktemp -d "${TMPDIR:-/tmp}/cmpkit-demo-XXXXXX")}
mkdir -p "$folder"
cd "$folder"
[[ -z $(ls -A) ]] || { echo "demo.sh: $folder is not empty" >&2; exit 2; }
mkdir messages

bold=''; plain=''
if [[ -t 1 ]]; then bold=$'\e[1m'; plain=$'\e[0m'; fi
step() {
  printf '\n%s%s%s\n' "$bold" "$1" "$plain"; shift
  [[ $# == 0 ]] || printf '   %s\n' "$@"
}
indented() { sed -u 's/^/   /'; }
# told DEVICE SERVER COMMAND...: runs a command of a device and tells its messages with the names of both sides
told() {
  local device=$1 server=$2; shift 2
  printf '   $ %s\n' "${*/#"$cmpkit"/cmpkit}" | fold -s -w 118 | sed '2,$s/^/       /'
  timeout 60 "$@" 2>&1 | sed -u "s/^→/$device → $server:/; s/^←/$device ← $server:/" | indented
}
# ran COMMAND...: what an operator does beside the servers
ran() { printf '   $ cmpkit %s\n' "$*"; "$cmpkit" "$@" 2>&1 | indented; }

declare -A process url
# serve ROLE FOLDER ADDRESS: starts the ca or ra in the folder; sets process and url of it
serve() {
  local listening
  exec 3< <(exec timeout 300 "$cmpkit" "$1" serve "$2" --listen "$3" 2>> "$2.log")
  process[$2]=$!
  read -r -t 30 -u 3 listening || { echo "demo.sh: $2 did not come up:" >&2; cat "$2.log" >&2; exit 1; }
  url[$2]=${listening#listening on }
}
end() { kill "${process[$1]}"; wait "${process[$1]}" 2> /dev/null || true; unset "process[$1]"; }
# As by a power cut. Of timeout, whose child it is, nothing is heard.
killed() {
  local child
  child=$(xargs < "/proc/${process[$1]}/task/${process[$1]}/children")
  printf '   $ kill -9 %s   # %s\n' "$child" "$1"
  kill -9 "$child"
  wait "${process[$1]}" 2> /dev/null || true
}
trap 'for each in "${process[@]}"; do kill "$each" 2> /dev/null || true; done' EXIT
# when FOLDER WORD ROLE: waits until such a request waits for approval
when() {
  for _ in {1..200}; do
    "$cmpkit" "$3" pending "$1" 2> /dev/null | grep -q -- "$2" && return
    sleep 0.1
  done
  echo "demo.sh: no request of $2 waits in $1" >&2; exit 1
}
# saved NAME REQUESTS RESPONSES: options that keep the messages, such as messages/NAME.ir.der
saved() {
  local name=$1 requests=$2 responses=$3 each out=''
  for each in $requests; do out+="${out:+,}messages/$name.$each.der"; done
  printf -- '--reqout %s ' "$out"; out=''
  for each in $responses; do out+="${out:+,}messages/$name.$each.der"; done
  printf -- '--rspout %s' "$out"
}

printf 'cmpkit demo: everything it makes stays in %s\n' "$folder"

step '1. A device is made.' \
  'The factory of Acme has a CA for IDevIDs (IEEE 802.1AR): certificates that name a device by its serial number and' \
  'never end. A station on the line knows a secret of that CA and gets one for device 4711.'
"$cmpkit" ca init factory --manufacturer --subject '/O=Acme/CN=Acme Factory CA' --secret station-1=pass:assembly |
  head -n 3 | indented
serve ca factory 127.0.0.1:0
told station factory "$cmpkit" enroll --verbose --server "${url[factory]}" --ref station-1 --secret pass:assembly \
  --trusted factory/root.crt --subject /O=Acme/serialNumber=4711 --newkey idevid.key --certout idevid.crt \
  --chainout idevid.chain.crt $(saved made 'ir certConf' 'ip pkiconf')
end factory

step '2. An operator runs a CA, and a registration authority (RA) in front of it.' \
  'The RA needs a certificate that says so (id-kp-cmcRA); a person approves that.'
"$cmpkit" ca init ca --subject '/O=Operator/CN=Operator CA' --subjects any --secret ra-1=pass:sesame |
  head -n 3 | indented
sed -i 's/^approval_poll = "1m"/approval_poll = "1s"/' ca/ca.toml
serve ca ca 127.0.0.1:0
printf '   It serves %s/.well-known/cmp (process %s).\n' "${url[ca]}" "${process[ca]}"
# made_ra NAME UPSTREAM SERVER REF: an RA in the folder NAME, enrolled with the secret of REF at SERVER
made_ra() {
  "$cmpkit" ra init "$1" --upstream "$2" --upstream-trusted ca/root.crt --trusted factory/root.crt \
    --subject "/CN=$4" --enroll --ref "$4" --ref-secret pass:sesame "${@:5}" > "$1.txt" 2>&1 &
  local making=$!
  when ca "$4" ca
  ran ca approve ca
  wait "$making" || { cat "$1.txt" >&2; exit 1; }
  grep -E '^[→←]' "$1.txt" | sed "s/^→/$1 → $3:/; s/^←/$1 ← $3:/" | indented
}
made_ra ra "${url[ca]}" CA ra-1 --secret lra-1=pass:sesame --secret device-3=pass:battery-staple
# Its policy: the inventory decides about devices that show an IDevID, and they get the operator's names.
sed -i -e '/^\[inventory\]/,/^on = false/s/^on = false/on = true/' \
  -e 's/^#permissions = \["devices of manufacturers"\].*/permissions = ["devices of manufacturers"]/' \
  -e '/^name = "devices of manufacturers"/,/^$/s|^operations.*|&\nsubject = "/O=Operator/CN={serialNumber}.example"|' \
  -e 's/^approval_poll = "1m"/approval_poll = "1s"/' ra/ra.toml
printf 'manufacturer,serial,model\nAcme,4711,Thing 1\nAcme,4712,Thing 1\n' > devices.csv
"$cmpkit" store migrate ra | indented
ran ra inventory import ra devices.csv
serve ra ra 127.0.0.1:0

step '3. A local RA (LRA) stands where devices are installed, in front of that RA.' \
  'It vouches for what it passes on, by a signature around each message (RFC 9483 Section 5.2.2), and decides nothing.'
made_ra lra "${url[ra]}" RA lra-1
sed -i 's/^forwarding = "replace"/forwarding = "add"/' lra/ra.toml
serve ra lra 127.0.0.1:0
printf '   device → LRA (%s) → RA (%s) → CA (%s)\n' "${url[lra]}" "${url[ra]}" "${url[ca]}"

step '4. The device is onboarded.' \
  'It signs with its IDevID. The RA finds it in the inventory, gives it a name of the operator and signs for it to the CA.'
told device LRA "$cmpkit" enroll --verbose --server "${url[lra]}" --cert idevid.crt --key idevid.key \
  --extracerts idevid.chain.crt --trusted ca/root.crt --newkey device.key --certout device.crt \
  $(saved onboarded 'ir certConf' 'ip pkiconf')
ran ra inventory show ra Acme 4711

step '5. A device that nobody ordered is told no.' 'Its IDevID is as good, but 4713 is not in the inventory.'
serve ca factory 127.0.0.1:0
"$cmpkit" enroll --server "${url[factory]}" --ref station-1 --secret pass:assembly --trusted factory/root.crt \
  --subject /O=Acme/serialNumber=4713 --newkey stray.key --certout stray.crt --chainout stray.chain.crt > stray.txt
end factory
told stray LRA "$cmpkit" enroll --verbose --server "${url[lra]}" --cert stray.crt --key stray.key \
  --extracerts stray.chain.crt --trusted ca/root.crt --newkey stray.new.key --certout stray.new.crt \
  $(saved stray ir ip) && { echo 'it got in' >&2; exit 1; }

step '6. In operation it renews its certificate, with a new key.' \
  'Only the device can sign a key update: LRA and RA pass it on as it is, with their signatures around it. Meanwhile the' \
  'RA has been killed and started again.'
killed ra
serve ra ra "${url[ra]#http://}"
told device LRA "$cmpkit" update --verbose --server "${url[lra]}" --cert device.crt --key device.key \
  --trusted ca/root.crt --newkey device.new.key --certout device.new.crt \
  $(saved renewed 'kur certConf' 'kup pkiconf')

step '7. device-3 runs other software: the CMP client of OpenSSL, with a secret that the RA knows.' "$(openssl version)"
openssl ecparam -name secp384r1 -genkey -noout -out device-3.key
told device-3 RA openssl cmp -verbosity 4 -cmd ir -server "${url[ra]#http://}" -path .well-known/cmp -ref device-3 \
  -secret pass:battery-staple -recipient '/O=Operator/CN=Operator CA' -subject /CN=device-3 -newkey device-3.key \
  -certout device-3.crt -reqout messages/device-3.ir.der,messages/device-3.certConf.der \
  -rspout messages/device-3.ip.der,messages/device-3.pkiconf.der
for message in '→ ir' '← ip' '→ certConf' '← pkiconf'; do
  file=messages/device-3.${message#* }.der
  "$cmpkit" inspect "$file" > "$file.txt" || true  # its exit status says whether the message keeps all rules
  printf '   device-3 %s RA: %s; %s\n' "${message% *}" "$(sed -n 2p "$file.txt")" "$(grep '^rules:' "$file.txt")"
done

step '8. The CA gets a new root; the device, which trusts the old one, learns of it through LRA and RA.'
cp ca/root.crt old-root.crt
"$cmpkit" ca rollover ca | head -n 1 | indented
end ca
serve ca ca "${url[ca]#http://}"
told device LRA "$cmpkit" genm --server "${url[lra]}" --infotype rootCaCert --oldwithold old-root.crt \
  --cert device.new.crt --key device.new.key --trusted old-root.crt --newwithnew new-root.crt \
  --newwithold new-with-old.crt $(saved rollover genm genp)
openssl verify -CAfile old-root.crt new-with-old.crt | indented

step '9. The device is stolen: the RA has its certificate revoked, and the inventory lets it in no more.'
told RA CA "$cmpkit" revoke --verbose --server "${url[ca]}" --cert ra/ra.crt --key ra/ra.key \
  --extracerts ra/ra.chain.crt --trusted old-root.crt --oldcert device.new.crt --revreason keyCompromise \
  $(saved revoked rr rp)
ran ra inventory set ra Acme 4711 decommissioned
told thief LRA "$cmpkit" enroll --verbose --server "${url[lra]}" --cert idevid.crt --key idevid.key \
  --extracerts idevid.chain.crt --trusted old-root.crt --newkey thief.key --certout thief.crt \
  $(saved thief ir ip) && { echo 'it got in' >&2; exit 1; }

step '10. OpenSSL agrees: one certificate is good, the other revoked.'
"$cmpkit" ca crl ca --out ca.crl > /dev/null
for certificate in device-3 device.new; do
  { openssl verify -crl_check -CAfile new-root.crt -untrusted ca/ca.crt -CRLfile ca.crl "$certificate.crt" 2>&1 || true; } |
    indented
done

step '11. What is kept: certificates at the CA, devices at the RA, and logs of decisions that nobody altered.'
ran ca list ca
ran ra inventory list ra
ran ra stats ra
ran ca audit verify ca
ran ra audit verify ra

step '12. The logs of the servers.'
for each in lra ra ca; do
  end "$each"
  printf '   %s\n' "$each"
  indented < "$each.log"
done

printf '\nKeys, certificates and messages are in %s\n' "$folder"
printf 'Look into a message: %s inspect %s/messages/onboarded.ir.der\n' "$cmpkit" "$folder"
printf 'or, for the renewal: %s inspect %s/messages/renewed.kur.der\n' "$cmpkit" "$folder"
