import { backupProgram } from "./backup-common.ts";
import { backupPaths, canaryAccount, canarySeconds, shipSeconds } from "./backup-paths.ts";
import { paths } from "./paths.ts";

/**
 * Writes a row every few seconds, by an account that a read-only member refuses: whoever is the primary has it, and nobody
 * asks who that is. Rows older than nine days go. One client speaks for all rows: a process each would cost more than the row.
 */
export function canaryProgram(header: string): string {
  return `#!/bin/bash\n# ${header}\n${canary}`;
}

/**
 * Keeps the store at most a minute behind: one member ships its binary logs. Who that is, the store itself tells: as long as
 * it gets logs, all others wait; when it gets none, the next in line begins, replicas before the primary. No member has
 * to hear another, and nobody can be the only one that thinks somebody else does it.
 */
export function keepProgram(header: string): string {
  return backupProgram(header, `${repository}${shipping}${tidying}${due}${story}`);
}

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

const canary = String.raw`set -u
# A client that has ended is seen by what can no longer be written to it.
trap '' PIPE
exec {told}<> <(:) {silence}<> <(:)
rest() { read -rt "$1" -u $silence; }
client=0
number=0

begin() {
  exec {asks}> >(exec mariadb --no-defaults --protocol=socket --socket=${paths.socket} --user=${canaryAccount} --force --batch --unbuffered --skip-column-names rampart >&"$told" 2>&1)
  client=$!
}

# What it may have said too late is nobody's answer.
finish() {
  kill -KILL $client
  wait $client
  exec {asks}>&-
  client=0
  while read -t 0 -u $told; do read -rt 1 -u $told; done
} 2> /dev/null

# 1: refused, and the client is good for more. 2: it has lost MariaDB. 3: it said nothing for 4 s.
ask() {
  local first second
  [ $client != 0 ] || begin
  number=$((number + 1))
  printf '%s; SELECT %s, ROW_COUNT();\n' "$1" $number 2> /dev/null >&$asks || return 2
  while read -rt 4 -u $told first second _; do
    case "$first $second" in
      "$number -1") return 1 ;;
      "$number "*) return 0 ;;
      'ERROR 2'*) return 2 ;;
    esac
  done
  return 3
}

# A session that was cut since the last row is no reason to leave one out.
say() {
  local code before
  while :; do
    before=$client
    ask "$1"
    code=$?
    [ $code -ge 2 ] || return $code
    finish
    [ $code = 2 ] && [ $before != 0 ] || return $code
  done
}

round=0
while :; do
  began=$EPOCHSECONDS
  if say "INSERT INTO canary (at, host) VALUES (UTC_TIMESTAMP(6), '$HOSTNAME')"; then
    round=$((round + 1))
    [ $((round % 120)) != 0 ] || say "DELETE FROM canary WHERE at < UTC_TIMESTAMP(6) - INTERVAL 9 DAY LIMIT 20000"
    rest ${canarySeconds}
  else
    # Refused, as on every replica: asking more often would cost more than it tells.
    spent=$((EPOCHSECONDS - began))
    rest $((spent >= 0 && spent < ${3 * canarySeconds} ? ${3 * canarySeconds} - spent : 1))
  fi
done
`;

const repository = `
# Two that make one at the same time would make two keys for it, and one of them opens nothing: each of the first three hosts
# has ten seconds of its own for that, once a minute.
my_turn() { [ $((EPOCHSECONDS / 20 % 3)) = "$RANK" ] && [ $((EPOCHSECONDS % 20)) -lt 10 ]; }

# A repository is made once. Where one was and is none now, a disk is missing: nothing is begun anew then.
open_store() {
  local part code=0
  for part in base logs; do
    store $part cat config --no-lock > "$scratch/config" || code=$?
    if [ $code = 10 ] && [ ! -e $state/repository-$part ]; then
      code=0
      store $part init > /dev/null || { code=$?; ! grep -q 'already' "$scratch/said" || code=0; }
      [ $code = 0 ] || return $code
      store $part cat config --no-lock > "$scratch/config" || return $?
    fi
    [ $code = 0 ] || return $code
    jq -r .id "$scratch/config" > $state/repository-$part
  done
  began=$EPOCHSECONDS
}
`;

const shipping = String.raw`
# The time of a file's first event, which stands behind its four magic bytes.
begin_of() { od -An -tu4 -j4 -N4 "${paths.data}/$1" | tr -d ' '; }

first_file=
live_file=

# after: the sequence number before the first transaction in this host's logs ($@). By its first event: the list at the head of
# the file is empty on a member that was seeded. from: the time of the oldest. Both are known as long as that file is the same
# one: it is held open, so that another of its name cannot be taken for it.
know_first() {
  local file first=
  if [ "$first_file" = "$1" ] && [ "/proc/self/fd/$first_fd" -ef "${paths.data}/$1" ]; then return; fi
  [ -z "$first_file" ] || exec {first_fd}<&-
  first_file=
  for file in "$@"; do
    first=$( (mariadb-binlog --no-defaults ${paths.data}/"$file" 2> /dev/null || true) | grep -m 1 -oE '	GTID 1-[0-9]+-[0-9]+' || true)
    [ -z "$first" ] || break
  done
  [ -n "$first" ] || return 1
  after=$(($(sequence "$first") - 1))
  from=$(iso "$(begin_of "$1")")
  exec {first_fd}< "${paths.data}/$1"
  first_file=$1
}

# Of the file that is written to.
know_live() {
  [ "$live_file" != "$1" ] || return 0
  mkdir -p $state/live
  find $state/live -type f ! -name "$1" -delete
  live_from=$(begin_of "$1")
  live_file=$1
}

# One snapshot holds all binary logs of this member: closed files as they lie there, and the one that is written to up to a
# whole transaction. Files that were there before are not read again.
ship() {
  local facts covered at gtid live position file number last='' files='' upto
  facts=$(sql "SELECT DATE_FORMAT(MAX(at), '%Y-%m-%dT%H:%i:%s.%fZ'), TIMESTAMPDIFF(SECOND, '1970-01-01', MAX(at)) FROM rampart.canary;
    SELECT @@gtid_binlog_pos; SHOW MASTER STATUS; SHOW BINARY LOGS") || return 90
  {
    read -r covered at
    read -r gtid
    read -r live position _
    while read -r file _; do files+=" $file"; done
  } <<< "$facts" || true
  [ "$covered" != NULL ] && [ -n "$gtid" ] && [ -n "$position" ] && [ -n "$files" ] || return 91
  for file in $files; do
    [[ $file =~ [0-9]+$ ]] || return 92
    number=$((10#$BASH_REMATCH))
    if [ -n "$last" ] && [ "$number" != $((last + 1)) ]; then
      echo "a binary log is missing in ${paths.data}:$files" > "$scratch/said"
      return 92
    fi
    last=$number
  done
  upto=$(sequence "$gtid")
  know_first $files || return 91
  know_live "$live"
  head -c "$position" "${paths.data}/$live" > "$state/live/$live"
  {
    for file in $files; do [ "$file" = "$live" ] || printf '%s\n' "${paths.data}/$file"; done
    printf '%s\n' "$state/live/$live"
  } > "$scratch/paths"
  store logs backup --host "$HOST" --group-by host --retry-lock 30s --files-from-verbatim "$scratch/paths" \
    --tag logs --tag "after=$after" --tag "upto=$upto" --tag "gtid=$gtid" --tag "from=$from" --tag "to=$covered" > /dev/null || return $?
  echo "$at" > $state/figure-logs
  # Short files make short copies; on the primary, where it may hang behind commits that wait, they may grow.
  if [ "$standing" = replica ] && { [ "$position" -gt 33554432 ] || [ $((EPOCHSECONDS - live_from)) -gt 1800 ]; }; then
    sql 'FLUSH BINARY LOGS' || true
  fi
}
`;

const tidying = `
# Of the logs: the newest of each host, the last of each hour of a day, the last of each day for as long as the site says.
# One holds all days before it that the member still has.
tidy_logs() {
  local keep
  snapshots logs > "$scratch/logs.json" || return $?
  keep=$(jq -r --argjson days "$KEEP_DAILY" '
    def at: .time[0:19] + "Z" | fromdate;
    [.[] | select((.tags // []) | index("logs"))] as $all | now as $now
    | ([$all | group_by(.hostname)[] | max_by(at)] + [$all | group_by([.hostname, .time[0:13]])[] | max_by(at) | select(at > $now - 86400)]
      + [$all | group_by([.hostname, .time[0:10]])[] | max_by(at)]) | map(select(at > $now - ($days + 1) * 86400)) | map(.id) as $keep
    | $all | map(.id) - $keep | .[]' "$scratch/logs.json")
  [ -n "$keep" ] || return 0
  limit=600 store logs forget --retry-lock 1m --prune --repack-small --max-unused 5% $keep > /dev/null
}
`;

const due = `
IFS=: read -r hour minute <<< "$AT"
at_of_day=$(((10#$hour * 60 + 10#$minute) * 60))
# When a site that was just brought up has its first backup, and its first drill: other things come first.
first_base=180 first_drill=900

may_try() {
  recall "$state/tried-$1" 0
  [ $((EPOCHSECONDS - value)) -gt "$2" ]
}
begin_unit() {
  echo "$EPOCHSECONDS" > "$state/tried-$1"
  systemctl start --no-block "rampart-backup-$1.service"
}
# The list is asked for again at $1, or before.
again_at() { [ "$1" -ge "$list_at" ] || list_at=$1; }

# A missed backup or drill is made up for, by whoever ships the logs now.
start_due() {
  local now=$EPOCHSECONDS base drill failed young scheduled wanted
  list_at=$((now + 600))
  ${backupPaths.list} > "$scratch/list.json" 2> "$scratch/said" || return 0
  read -r base drill failed <<< "$(jq -r '
    def newest: map(.at[0:19] + "Z" | fromdate) | max // 0;
    "\\(.backups | newest) \\(.drills | map(select(.proved)) | newest) \\(if (.drills | length) > 0 and (.drills[-1].proved | not) then 1 else 0 end)"' "$scratch/list.json")"
  [ -n "$failed" ] || return 0
  [ "$base" = 0 ] || echo "$base" > $state/figure-base
  [ "$drill" = 0 ] || echo "$drill" > $state/figure-proven
  echo "$failed" > $state/figure-drill_failed
  [ "$1" = keeper ] || return 0
  recall ${backupPaths.since} "$now"
  young=$value
  scheduled=$((now - now % 86400 + at_of_day))
  [ $scheduled -le "$now" ] || scheduled=$((scheduled - 86400))
  if [ "$base" -lt $scheduled ]; then
    wanted=$scheduled
    [ "$base" != 0 ] || wanted=$((young + first_base))
    if [ "$now" -lt $wanted ]; then
      again_at $wanted
    elif may_try base 600; then
      begin_unit base
      return
    fi
  else
    again_at $((scheduled + 86400))
  fi
  if [ "$base" != 0 ] && [ "$DRILL_SECONDS" != 0 ]; then
    # Not at once after a backup, and one that failed is tried again after six hours.
    wanted=$((drill + DRILL_SECONDS + 1))
    [ $wanted -gt $((base + 180)) ] || wanted=$((base + 181))
    [ $wanted -gt $((young + first_drill)) ] || wanted=$((young + first_drill))
    if [ "$now" -lt $wanted ]; then
      again_at $wanted
    elif may_try drill 21600; then
      begin_unit drill
    fi
  fi
}
`;

const story = String.raw`
# A pipe that never speaks: it is waited for instead of a process that sleeps.
exec {silence}<> <(:)
keeper=0
began=$EPOCHSECONDS
last_time=
last_host=
listed=$((EPOCHSECONDS - 3300))
tidied=$EPOCHSECONDS

# my_time: when this host is to begin if nothing comes into the store until then. Its place in the order counts twenty seconds
# each: the hosts' order, the primary last. Before the first of them nothing must have come for 75 s, which is two shipments of
# ${shipSeconds} s and a slow store; a host that was not fit has its place from the moment at which it is, so that they do not begin all at once.
# With the keeper's host lost, of three, that is after 75, 95 or 115 s by a replica, or after at most 195 s by a primary that has no
# fit replica left. It ships within seconds then, all that came meanwhile too: the store is little more than 200 s behind at worst,
# and BackupLogsBehind alarms at 300 s.
reckon() {
  local order=$((20 * RANK)) quiet
  [ "$standing" != primary ] || order=$((order + 80))
  my_time=$((began + 5 + order))
  [ -n "$last_time" ] || return 0
  quiet=$((last_time + 75))
  # Whoever shipped last and was only interrupted goes on.
  if [ "$last_host" = "$HOST" ] && [ "$standing" = replica ] && [ $EPOCHSECONDS -lt $quiet ]; then
    my_time=$EPOCHSECONDS
  elif [ $((quiet + order)) -gt $my_time ]; then
    my_time=$((quiet + order))
  fi
}

trouble() {
  echo 1 > $state/figure-store_failed
  echo "$1" > $state/trouble
  echo "$1" >&2
}
no_trouble() {
  echo 0 > $state/figure-store_failed
  [ ! -e $state/trouble ] || rm -f $state/trouble
}

# Who shipped last, and when.
ask_store() {
  local code=0 newest covered=
  snapshots logs > "$scratch/snapshots.json" || code=$?
  if [ $code = 10 ] && [ ! -e $state/repository-logs ]; then
    my_turn || return 1
    code=0
    open_store || code=$?
    echo '[]' > "$scratch/snapshots.json"
  elif [ $code = 0 ] && [ ! -e $state/repository-logs ]; then
    open_store || code=$?
  fi
  if [ $code != 0 ]; then
    trouble "$(why_store $code)"
    return 1
  fi
  newest=$(jq -r '[.[] | select((.tags // []) | index("logs"))] | max_by(.time) // empty
    | "\(.time[0:19] + "Z" | fromdate) \(.hostname) \(.tags[] | select(startswith("to=")) | .[3:22] + "Z" | fromdate)"' "$scratch/snapshots.json")
  read -r last_time last_host covered <<< "$newest" || true
  # A clock that is ahead keeps nobody from asking again.
  [ -z "$last_time" ] || [ "$last_time" -le $EPOCHSECONDS ] || last_time=$EPOCHSECONDS
  [ -z "$covered" ] || echo "$covered" > $state/figure-logs
  no_trouble
}

# Who only watches looks at itself every minute, since a replica's place is another than the primary's; it asks the store when it
# would have to begin by what it knows, and not before.
begin_keeping() {
  next=$((EPOCHSECONDS + 60))
  if [ -n "$last_time" ]; then
    reckon
    if [ $EPOCHSECONDS -lt $my_time ]; then
      [ $next -lt $my_time ] || next=$my_time
      return 1
    fi
  fi
  ask_store || return 1
  # What was backed up and proved is known to others and changes once a day.
  if [ $((EPOCHSECONDS - listed)) -ge 3600 ]; then
    listed=$EPOCHSECONDS
    start_due watcher
  fi
  reckon
  [ $next -lt $my_time ] || next=$my_time
  [ $EPOCHSECONDS -ge $my_time ] || return 1
  keeper=1
  since=$EPOCHSECONDS
  kept_as=$standing
  ask_at=$((since + 60))
  list_at=0
  echo "$HOST ships binary logs from now on, as a $standing"
}

step_back() {
  keeper=0
  began=$EPOCHSECONDS
  next=$((began + ${shipSeconds}))
  [ -z "$first_file" ] || exec {first_fd}<&-
  first_file=
  live_file=
  echo "$HOST ships no binary logs any more: $1"
}

keep_on() {
  local code=0
  next=$((now + ${shipSeconds}))
  # A new primary leaves it to a replica; one that does it because nobody else did asks again every hour.
  if [ "$standing" = primary ] && { [ "$kept_as" != primary ] || [ $((now - since)) -gt 3600 ]; }; then
    step_back "it is the primary, and a replica may do it"
    return
  fi
  if [ "$now" -ge "$ask_at" ]; then
    ask_at=$((now + 120))
    # Two that began together: the later name goes, and the primary in any case. Asked right before a shipment: what another
    # shipped since this host's last is the newest.
    if ask_store && [ -n "$last_host" ] && [ "$last_host" != "$HOST" ] && [ "$last_time" -gt $((since + 30)) ] &&
      { [ "$standing" = primary ] || [[ $last_host < $HOST ]]; }; then
      step_back "$last_host does"
      return
    fi
  fi
  ship || code=$?
  case $code in
    0) no_trouble ;;
    90) trouble "MariaDB does not answer" ;;
    91) ;; # Nothing has been written yet.
    92) trouble "$(cat "$scratch/said")" ;;
    *) trouble "$(why_store $code)" ;;
  esac
  [ "$now" -lt "$list_at" ] || start_due keeper
  [ $((now - tidied)) -lt 3600 ] || { tidied=$now; tidy_logs || trouble "$(why_store $?)"; }
}

while :; do
  now=$EPOCHSECONDS
  if ! look; then
    [ $keeper = 0 ] || step_back "this member is not fit"
    began=$now
    next=$((now + ${shipSeconds}))
  elif [ $keeper = 1 ] || begin_keeping; then
    keep_on
  fi
  figures
  # Until there is a store, a host has something to do in its turn alone.
  if [ ! -e $state/repository-logs ]; then
    next=$((now - now % 60 + 20 * (RANK % 3)))
    [ $next -gt "$now" ] || next=$((next + 60))
  fi
  pause=$((next - EPOCHSECONDS))
  [ $pause -ge 1 ] || pause=1
  # Whatever the clock did meanwhile.
  [ $pause -le 60 ] || pause=60
  read -rt $pause -u $silence || true
done
`;
