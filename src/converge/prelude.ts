/**
 * The words that an apply script is written in. The script runs in its staging folder and goes on to its end even when the
 * operator's connection is cut: a host is never left half-way. Progress goes to standard output as `@@ start|done|fail N`.
 */
export const scriptPrelude = `set -u
trap '' HUP PIPE
S=$(pwd)
out=$S/out
umask 022
# Debian's hook for old init scripts runs perl for every unit that still ships one: seconds of a host's first apply.
export SYSTEMCTL_SKIP_SYSV=1
mkdir -p "$S/backup"
: > "$S/taken"
exec 8>>/run/rampart/apply.lock
flock -n 8 || { echo "@@ fail 0"; echo "|| another apply is at work on this host"; exit 1; }

start() { echo "@@ start $1"; }
finish() { echo "@@ done $1"; }
say_fail() { echo "@@ fail $1"; tail -n 20 "$out" | sed 's/^/|| /'; }
fail() { put_back; say_fail "$1"; exit 1; }
try() { "$@" > "$out" 2>&1 < /dev/null; }

# put PAYLOAD FILE MODE OWNER GROUP: the old file is kept aside until the unit that reads it has taken the new one.
put() {
  folder=\${2%/*}
  [ -d "$folder" ] || mkdir -p "$folder" || return 1
  if [ -e "$2" ]; then cp -a -- "$2" "$S/backup/$1" || return 1; fi
  printf '%s\\n' "$2" > "$S/backup/$1.path"
  install -m "$3" -o "$4" -g "$5" -- "$S/$1" "$2.rampart-new" && mv -f -- "$2.rampart-new" "$2"
}

put_back() {
  for note in "$S"/backup/*.path; do
    [ -e "$note" ] || continue
    file=$(cat "$note")
    grep -qxF -- "$file" "$S/taken" && continue
    if [ -e "\${note%.path}" ]; then mv -f -- "\${note%.path}" "$file"; else rm -f -- "$file"; fi
  done
  systemctl daemon-reload 2>/dev/null
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  set -- -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold install "$@"
  apt-get "$@" || { apt-get -qq update && apt-get "$@"; }
}

# mark UNIT…: from now on a file that changes is one that the unit has not taken yet.
mark() { for unit; do : > "/var/lib/rampart/units/$unit.new"; done; }

# taken UNIT FILE…: the unit runs with these files.
taken() {
  [ -e "/var/lib/rampart/units/$1.new" ] && mv -f "/var/lib/rampart/units/$1.new" "/var/lib/rampart/units/$1"
  shift
  for file; do printf '%s\\n' "$file" >> "$S/taken"; done
}

# bring start|reload|restart UNIT: done, and well afterwards.
bring() {
  if [ "$1" != start ]; then
    if [ "$1" = reload ] && ! systemctl is-active -q "$2"; then try systemctl restart "$2"; else try systemctl "$1" "$2"; fi || { why "$2"; return 1; }
  fi
  case $(systemctl is-active "$2") in
    active|reloading|activating) return 0 ;;
    *) [ "$(systemctl show -P ConditionResult "$2")" = no ] && return 0; why "$2"; return 1 ;;
  esac
}
why() { { cat "$out"; journalctl -q -n 12 -o cat -u "$1"; } > "$out.why" 2>&1; mv "$out.why" "$out"; }

# revive UNIT: after a refused change it runs again with the files that it had.
revive() { systemctl reset-failed "$1" 2>/dev/null; [ "$2" = start ] || systemctl restart "$1" 2>/dev/null; }
`;
