import { guardWords } from "./guard.ts";

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
flock -n 8 || { echo "|| another apply is at work on this host"; exit 1; }
# What an apply left behind that lost its host to a power cut; never the folder of one that is at work.
find "\${S%/*}" -mindepth 1 -maxdepth 1 ! -path "$S" -exec rm -rf -- {} +

start() { echo "@@ start $1"; }
finish() { echo "@@ done $1"; }
say_fail() { echo "@@ fail $1"; tail -n 20 "$out" | sed 's/^/|| /'; }
fail() { take_back; put_back; say_fail "$1"; exit 1; }
try() { "$@" > "$out" 2>&1 < /dev/null; }

# attempt SCRIPT: as \`sh -c\` would, without another shell.
attempt() { (set +u; eval "$1") > "$out" 2>&1 < /dev/null; }

# place: reads lines CHANGE PAYLOAD MODE OWNER GROUP FILE and puts all of these files in one process (three for each of thirty
# files would be most of a host's apply). The old file is kept aside until the unit that reads it has taken the new one.
place() { perl -e "$place_program" "$S" > "$out" 2>&1 || fail "$(cat "$S/failed" 2>/dev/null || echo 0)"; }
place_program='
use strict;
my $staging = shift;
while (my $line = <STDIN>) {
  chomp $line;
  my ($change, $payload, $mode, $owner, $group, $file) = split / /, $line, 6;
  next if eval { put("$staging/$payload", "$staging/backup/$payload", $mode, $owner, $group, $file); 1 };
  warn "$file: $@";
  note("$staging/failed", $change);
  exit 1;
}
sub put {
  my ($from, $backup, $mode, $owner, $group, $file) = @_;
  my ($user, $gid) = (scalar getpwnam $owner, scalar getgrnam $group);
  defined $user or die "there is no account $owner\\n";
  defined $gid or die "there is no group $group\\n";
  -d $file and !-l $file and die "a folder has its name\\n";
  make_folder($1) if $file =~ m{^(.+)/};
  if (-l $file or -e $file) { link $file, $backup or system("cp", "-a", "--", $file, $backup) == 0 or die "could not be kept\\n" }
  note("$backup.path", "$file\\n");
  my $new = "$file.rampart-new";
  rename $from, $new or system("mv", "-f", "--", $from, $new) == 0 or die "could not be written\\n";
  chown $user, $gid, $new and chmod oct $mode, $new and utime undef, undef, $new and rename $new, $file or give_up($new);
}
sub give_up {
  my ($new) = @_;
  my $why = "$!\\n";
  unlink $new;
  die $why;
}
sub make_folder {
  my ($folder) = @_;
  return if -d $folder;
  make_folder($1) if $folder =~ m{^(.+)/};
  mkdir $folder, 0755 or -d $folder or die "$folder: $!\\n";
}
sub note {
  my ($file, $text) = @_;
  open my $handle, ">", $file or die "$file: $!\\n";
  print $handle $text;
  close $handle or die "$file: $!\\n";
}
'

${guardWords}
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
  # Unattended upgrades may hold the lock; and dpkg refuses all work until what a power cut left half-done is finished.
  set -- -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install "$@"
  apt-get "$@" || { dpkg --force-confold --configure -a; apt-get -qq update && apt-get "$@"; }
}

# mark UNIT…: from now on a file that changes is one that the unit has not taken yet.
mark() { for unit; do : > "/var/lib/rampart/units/.new/$unit"; done; }

# bring DEED UNIT…: all at once; "unwell" then names those that are not well.
unwell=" "
bring() {
  try systemctl "$@" || true
  shift
  for state in $(systemctl is-active "$@"); do
    case $state in
      active|reloading) ;;
      activating) comes_up "$1" || unwell="$unwell$1 " ;;
      deactivating) comes_up "$1" || unwell="$unwell$1 " ;;
      *) passed_over "$1" || { may_end "$1" && comes_up "$1"; } || unwell="$unwell$1 " ;;
    esac
    shift
  done
}

# comes_up UNIT: one that failed and is started again by systemd has 10 s; one that cannot start never gets there.
comes_up() {
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    sleep 0.5
    ! ends_well "$1" || return 0
    [ "$(systemctl is-active "$1")" != active ] || return 0
  done
  return 1
}

# ends_well UNIT: its file names exits that are no failure (SuccessExitStatus), it ended with one of them, and is started again.
ends_well() {
  may_end "$1" && [ "$(systemctl show -P SubState "$1")" = auto-restart ] && [ "$(systemctl show -P Result "$1")" = success ]
}

may_end() { [ -n "$(systemctl show -P SuccessExitStatus "$1")" ]; }

# passed_over UNIT: by a condition of its own. A unit that was never tried has the result "no", too, but no time of it.
passed_over() {
  [ "$(systemctl show -P ConditionResult "$1")" = no ] && [ "$(systemctl show -P ConditionTimestampMonotonic "$1")" != 0 ]
}

# reload UNIT: a reload, or a restart where nothing runs that could reload.
reload() {
  if systemctl is-active -q "$1"; then try systemctl reload "$1"; else try systemctl restart "$1"; fi || { unwell="$unwell$1 "; return; }
  systemctl is-active -q "$1" || unwell="$unwell$1 "
}

# ask_owner UNIT SCRIPT: whoever starts and stops it restarts it. One that does not run is started with the new files anyway.
ask_owner() { ! systemctl is-active -q "$1" || attempt "$2" || unwell="$unwell$1 "; }

# settle DEED CHANGE UNIT FILE…: the unit runs with these files; or it does not, which is told at the end.
taken="" refused="" refused_change=""
settle() {
  deed=$1 change=$2 unit=$3
  shift 3
  case $unwell in *" $unit "*)
    [ -n "$refused" ] || { why "$unit"; refused_change=$change; }
    refused="$refused $deed:$unit"
    return
  esac
  for file; do printf '%s\\n' "$file" >> "$S/taken"; done
  taken="$taken $unit"
  finish "$change"
}
why() { { cat "$out"; journalctl -q -n 12 -o cat -u "$1"; } > "$out.why" 2>&1; }

# settled: what was taken is remembered; after a refusal the others' files go back, and the units run with what they had.
settled() {
  if [ -n "$taken" ]; then
    (cd /var/lib/rampart/units/.new && for unit in $taken; do [ ! -e "$unit" ] || set -- "$@" "$unit"; done; [ $# = 0 ] || mv -f -t .. -- "$@")
  fi
  taken=""
  [ -n "$refused" ] || return 0
  put_back
  for one in $refused; do
    systemctl reset-failed "\${one#*:}" 2>/dev/null
    case $one in
      owned:*) ;;
      start:*) systemctl stop "\${one#*:}" 2>/dev/null ;;
      *) systemctl restart "\${one#*:}" 2>/dev/null ;;
    esac
  done
  mv "$out.why" "$out"
  say_fail "$refused_change"
  exit 1
}
`;
