#!/bin/sh
# The Cloud Agency's agent (docs/resource-agent.md): reads how busy this machine is, and tells the Agency. It needs sh, curl, openssl and /proc,
# takes no orders, and looks into nothing but /proc and the endpoint that its owner named.
set -u
umask 077
cd "${CLOUD_AGENCY_HOME:-/var/lib/cloud-agency}" || exit 1
. ./agent.conf

say() { printf 'cloud-agency: %s\n' "$*" >&2; }

# Since the machine was booted, in s/100: no clock that somebody sets is asked.
now() {
  read -r up _ </proc/uptime
  up=${up%.*}${up#*.}
  up=${up#"${up%%[!0]*}"}
}

# A process that has ended is there until whoever is to know of it does.
runs() { { read -r _ _ state _ <"/proc/$1/stat"; } 2>/dev/null && [ "$state" != Z ]; }

# One at a time, however it was started. A pid says nothing after a boot.
read -r boot </proc/sys/kernel/random/boot_id
if [ -f agent.pid ] && read -r known pid <agent.pid && [ "$known" = "$boot" ] && [ "$pid" != $$ ] && runs "$pid"; then exit 0; fi
printf '%s %s\n' "$boot" $$ >agent.pid

fetch() {
  # shellcheck disable=SC2086 # words, such as --interface eth1
  curl -sS --max-time 30 --cacert ca.pem ${CLOUD_AGENCY_CURL:-} "$@"
}

request() {
  [ -s key.pem ] || { openssl ecparam -name prime256v1 -genkey -noout -out key.new && mv key.new key.pem; }
  printf '[req]\ndistinguished_name=dn\n[dn]\n' >request.cnf
  openssl req -new -config request.cnf -key key.pem -subj "/CN=$placement" -out request.pem
}

# Asks for a certificate at a path: 0 it is there, 1 to be tried again, 2 refused. When to come for the next one stands in a header.
ask() {
  path=$1
  shift
  code=$(fetch "$@" -o answer -D headers -w '%{http_code}' -H 'Content-Type: application/pkcs10' --data-binary @request.pem "$url$path") || return 1
  case $code in
    200) ;;
    400 | 403) return 2 ;;
    *) return 1 ;;
  esac
  mv answer certificate.pem
  after=60
  while read -r name value; do
    case $name in [Rr]enew-[Aa]fter:) after=${value%%[!0-9]*} ;; esac
  done <headers
  now
  renew=$((up + after * 100))
}

enrol() {
  printf 'Authorization: Bearer %s\n' "$token" >authorization
  pause=2
  while :; do
    ask /enrol -H @authorization
    case $? in
      0) break ;;
      2)
        say "the Agency refuses this machine:"
        cat answer >&2
        exit 1
        ;;
    esac
    sleep "$pause"
    # Too early is soon over; an Agency that is away may be so for longer.
    [ "$code" = 503 ] || [ "$pause" -ge 60 ] || pause=$((pause * 2))
  done
  rm -f authorization
  say 'enrolled'
}

certify() { ask /renew --cert certificate.pem --key key.pem; }

# A share, to four places.
share() { printf '%s %d.%04d\n' "$1" $(($2 * 10000 / $3 / 10000)) $(($2 * 10000 / $3 % 10000)); }
wanted() { case " $metrics " in *" all "* | *" $1 "*) ;; *) return 1 ;; esac; }

cpu() {
  read -r _ user nice system idle iowait irq softirq stolen _ </proc/stat
  busy=$((user + nice + system + irq + softirq + stolen))
  all=$((busy + idle + iowait))
}

memory() {
  total=0 available=0
  while read -r name kib _; do
    case $name in
      MemTotal:) total=$kib ;;
      MemAvailable:) available=$kib ;;
    esac
  done </proc/meminfo
}

# Bytes through the machine's own interfaces: what goes between its containers does not leave it.
network() {
  in=0 out=0
  while read -r line; do
    case $line in
      lo:* | veth* | docker* | br-* | virbr* | *\|*) continue ;;
      *:*) set -- ${line#*:} ;;
      *) continue ;;
    esac
    in=$((in + $1)) out=$((out + $9))
  done </proc/net/dev
}

# Bytes from and to whole disks, in sectors of 512.
disk() {
  reads=0 writes=0
  while read -r _ _ name _ _ read_sectors _ _ _ written_sectors _; do
    case $name in
      sd[a-z] | sd[a-z][a-z] | vd[a-z] | xvd[a-z] | hd[a-z] | nvme*n[0-9] | mmcblk[0-9])
        reads=$((reads + read_sectors * 512)) writes=$((writes + written_sectors * 512))
        ;;
    esac
  done </proc/diskstats
}

filled() {
  df -P / 2>/dev/null | {
    read -r _
    read -r _ _ used free _
    [ "${used:-0}" -gt 0 ] && share disk_utilisation "$used" $((used + free))
  }
}

# How much this machine computes: signatures by P-256 a second, on all cores at once, of the processor time that they get, less what its host
# gives to others meanwhile; the middle one of three looks, of two seconds each. Others on this machine go first.
power() {
  cores=0
  while read -r name _; do case $name in cpu[0-9]*) cores=$((cores + 1)) ;; esac; done </proc/stat
  for _ in 1 2 3; do signatures; done | sort -n >looks
  { read -r _ && read -r middle && printf '%s\n' "$middle" >power; } <looks
}

signatures() {
  cpu
  all_before=$all stolen_before=$stolen
  nice -n 5 openssl speed -seconds 1 -multi "$cores" ecdsap256 2>/dev/null >speed || return 0
  cpu
  [ "$all" -gt "$all_before" ] || return 0
  while read -r _ _ _ curve _ _ rate _; do
    [ "$curve" != '(nistp256)' ] || printf '%d\n' $((${rate%%.*} * (all - all_before - stolen + stolen_before) / (all - all_before)))
  done <speed
}

look() {
  now && cpu && network && disk
  at=$up busy_before=$busy all_before=$all in_before=$in out_before=$out reads_before=$reads writes_before=$writes
}

# A second and less has no use; counters that went back, as after a change of interfaces, say nothing.
rate() { [ "$2" -ge "$3" ] && printf '%s %d\n' "$1" $((($2 - $3) * 100 / spent)); }

measure() {
  now && cpu && memory && network && disk
  spent=$((up - at))
  [ "$spent" -gt 0 ] || return 0
  # What it takes itself to see what it computes is no use of the machine.
  if [ -n "$computing" ]; then
    runs "$computing" || computing=
  elif wanted cpu_utilisation && [ "$all" -gt "$all_before" ]; then
    share cpu_utilisation $((busy - busy_before)) $((all - all_before))
  fi
  wanted memory_utilisation && [ "$total" -gt 0 ] && share memory_utilisation $((total - available)) "$total"
  wanted disk_utilisation && filled
  wanted network_in && rate network_in "$in" "$in_before"
  wanted network_out && rate network_out "$out" "$out_before"
  wanted disk_read && rate disk_read "$reads" "$reads_before"
  wanted disk_write && rate disk_write "$writes" "$writes_before"
  computed=
  [ -s power ] && read -r computed <power && printf 'computing_power %d\n' "$computed"
  at=$up busy_before=$busy all_before=$all in_before=$in out_before=$out reads_before=$reads writes_before=$writes
}

# What does not arrive is missing, and is not sent later: the Agency dates samples by when they come.
push() {
  code=$(fetch --cert certificate.pem --key key.pem -o answer -w '%{http_code}' -H 'Content-Type: text/plain; version=0.0.4' \
    --data-binary @"$1" "$url/v1/openmetrics") || code=000
  case $code in
    2*) refused=0 ;;
    403)
      [ "$refused" = 1 ] || { say 'the Agency refuses what this machine sends:' && cat answer >&2; }
      refused=1
      ;;
  esac
}

# A disk that is full now need not be so for ever.
until request; do sleep 60; done
refused=0
renew=0
computing=
again=0
rm -f power
if [ -s certificate.pem ]; then
  until certify; do
    if [ $? = 2 ]; then
      say 'the Agency refuses this machine:'
      cat answer >&2
      exit 1
    fi
    sleep 5
  done
else
  enrol
fi
look
while :; do
  sleep "$every"
  now
  if [ "$up" -ge "$renew" ]; then
    certify
    # Not at every beat, should the Agency be away.
    [ $? = 0 ] || renew=$((up + 1000))
  fi
  if [ "$up" -ge "$again" ] && wanted computing_power; then
    power &
    computing=$!
    again=$((up + 8640000))
  fi
  measure >samples
  push samples
  # Once a day only, so it is told until it is taken.
  [ -z "$computed" ] || case $code in 2*) grep -q '^refused' answer || rm -f power ;; esac
  if [ -n "$openmetrics" ]; then
    # An answer that does not say how long it is could be endless, and one that breaks off ends in the middle of a number.
    rm -f whole
    { curl -fsS --max-time 5 "$openmetrics" 2>/dev/null && : >whole; } | head -c 1000001 >scraped
    [ -f whole ] && [ "$(wc -c <scraped)" -le 1000000 ] && push scraped
  fi
done
