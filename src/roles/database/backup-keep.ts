import { backupProgram } from "./backup-common.ts";
import { backupPaths, canaryAccount, canarySeconds, shipSeconds } from "./backup-paths.ts";
import { paths } from "./paths.ts";

/**
 * Writes a row every few seconds, by an account that a read-only member refuses: whoever is the primary has it, and nobody
 * asks who that is. Rows older than nine days go.
 */
export function canaryProgram(header: string): string {
  return `#!/bin/bash
# ${header}
set -u
say() { timeout 4 mariadb --no-defaults --protocol=socket --socket=${paths.socket} --user=${canaryAccount} rampart -e "$1" 2> /dev/null; }
round=0
while :; do
  if say "INSERT INTO canary (at, host) VALUES (UTC_TIMESTAMP(6), '$(hostname)')"; then
    round=$((round + 1))
    [ $((round % 120)) != 0 ] || say "DELETE FROM canary WHERE at < UTC_TIMESTAMP(6) - INTERVAL 9 DAY LIMIT 20000"
    sleep ${canarySeconds}
  else
    # Refused, as on every replica: asking more often would cost more than it tells.
    sleep ${3 * canarySeconds}
  fi
done
`;
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

const repository = `
# Two that make one at the same time would make two keys for it, and one of them opens nothing: each of the first three hosts
# has ten seconds of its own for that, once a minute.
my_turn() {
  local now
  now=$(date +%s)
  [ $((now / 20 % 3)) = "$RANK" ] && [ $((now % 20)) -lt 10 ]
}

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
  began=$(date +%s)
}
`;

const shipping = String.raw`
# The sequence number before the first transaction in this host's logs. By its first event: the list at the head of the file
# is empty on a member that was seeded.
before_first() {
  local file first
  if [ "$(cat $state/first 2> /dev/null | cut -d ' ' -f 1)" = "$1:$(stat -c %Y ${paths.data}/"$1")" ]; then
    cut -d ' ' -f 2 $state/first
    return
  fi
  for file in "$@"; do
    first=$( (mariadb-binlog --no-defaults ${paths.data}/"$file" 2> /dev/null || true) | grep -m 1 -oE '	GTID 1-[0-9]+-[0-9]+' || true)
    [ -z "$first" ] || break
  done
  [ -n "$first" ] || return 1
  echo "$1:$(stat -c %Y ${paths.data}/"$1") $(($(sequence "$first") - 1))" > $state/first
  cut -d ' ' -f 2 $state/first
}

# The time of a file's first event, which stands behind its four magic bytes.
begin_of() { od -An -tu4 -j4 -N4 "${paths.data}/$1" | tr -d ' '; }

numbers_follow() { awk '{ sub(/.*\./, ""); n = $0 + 0; if (NR > 1 && n != last + 1) exit 1; last = n }'; }

# One snapshot holds all binary logs of this member: closed files as they lie there, and the one that is written to up to a
# whole transaction. Files that were there before are not read again.
ship() {
  local facts covered gtid live position files after from oldest
  facts=$(sql "SELECT DATE_FORMAT(MAX(at), '%Y-%m-%dT%H:%i:%s.%fZ') FROM rampart.canary; SELECT @@gtid_binlog_pos; SHOW MASTER STATUS") || return 90
  covered=$(sed -n 1p <<< "$facts")
  gtid=$(sed -n 2p <<< "$facts")
  live=$(sed -n 3p <<< "$facts" | cut -f 1)
  position=$(sed -n 3p <<< "$facts" | cut -f 2)
  [ "$covered" != NULL ] && [ -n "$gtid" ] && [ -n "$position" ] || return 91
  files=$(sql 'SHOW BINARY LOGS' | cut -f 1) || return 90
  numbers_follow <<< "$files" || { echo "a binary log is missing in ${paths.data}: $(tr '\n' ' ' <<< "$files")" > "$scratch/said"; return 92; }
  after=$(before_first $files) || return 91
  oldest=$(head -n 1 <<< "$files")
  from=$(iso "$(begin_of "$oldest")")
  mkdir -p $state/live
  find $state/live -type f ! -name "$live" -delete
  head -c "$position" "${paths.data}/$live" > "$state/live/$live"
  {
    grep -vxF "$live" <<< "$files" | sed 's|^|${paths.data}/|' || true
    echo "$state/live/$live"
  } > "$scratch/paths"
  store logs backup --host "$HOST" --group-by host --retry-lock 30s --files-from-verbatim "$scratch/paths" \
    --tag logs --tag "after=$after" --tag "upto=$(sequence "$gtid")" --tag "gtid=$gtid" --tag "from=$from" --tag "to=$covered" > /dev/null || return $?
  seconds "$covered" > $state/figure-logs
  # Short files make short copies; on the primary, where it may hang behind commits that wait, they may grow.
  if [ "$standing" = replica ] && { [ "$position" -gt 33554432 ] || [ $(($(date +%s) - $(begin_of "$live"))) -gt 1800 ]; }; then
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
# The newest moment at which a backup should have begun.
scheduled() {
  local today
  today=$(seconds "$(date -u +%Y-%m-%d) $AT")
  [ "$today" -le "$(date +%s)" ] && echo "$today" || echo $((today - 86400))
}
may_try() { [ ! -e "$state/tried-$1" ] || [ $(($(date +%s) - $(stat -c %Y "$state/tried-$1"))) -gt "$2" ]; }

# A missed backup or drill is made up for, by whoever ships the logs now.
start_due() {
  local now base drill
  now=$(date +%s)
  ${backupPaths.list} > "$scratch/list.json" 2> "$scratch/said" || return 0
  jq -e . "$scratch/list.json" > /dev/null || return 0
  base=$(jq -r '[.backups[].at[0:19] + "Z" | fromdate] | max // 0' "$scratch/list.json")
  # One that failed is tried again after six hours.
  drill=$(jq -r '[.drills[] | select(.proved) | .at[0:19] + "Z" | fromdate] | max // 0' "$scratch/list.json")
  [ "$base" = 0 ] || echo "$base" > $state/figure-base
  [ "$drill" = 0 ] || echo "$drill" > $state/figure-proven
  jq -r 'if (.drills | length) > 0 and (.drills[-1].proved | not) then 1 else 0 end' "$scratch/list.json" > $state/figure-drill_failed
  [ "$1" = keeper ] || return 0
  if [ "$base" -lt "$(scheduled)" ] && may_try base 600; then
    touch $state/tried-base
    systemctl start --no-block rampart-backup-base.service
  # Not at once after a backup: a site that was just brought up has enough to do.
  elif [ "$base" != 0 ] && [ $((now - base)) -gt 180 ] && [ "$DRILL_SECONDS" != 0 ] && [ $((now - drill)) -gt "$DRILL_SECONDS" ] && may_try drill 21600; then
    touch $state/tried-drill
    systemctl start --no-block rampart-backup-drill.service
  fi
}
`;

const story = String.raw`
keeper=0
began=$(date +%s)
asked=0
listed=0
tidied=$(date +%s)

# How long the store must have been without logs before this host begins: the hosts' order, the primary last.
patience() {
  local each=25 first=30
  [ -n "$last_time" ] || first=5
  echo $((first + each * RANK + ($([ "$standing" = primary ] && echo 4 || echo 0)) * each))
}

trouble() {
  echo 1 > $state/figure-store_failed
  echo "$1" > $state/trouble
  echo "$1" >&2
}

# Who shipped last, and when.
ask_store() {
  local now=$1 code=0 newest
  asked=$now
  snapshots logs > "$scratch/snapshots.json" || code=$?
  if [ $code = 10 ] && [ ! -e $state/repository-logs ]; then
    asked=0
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
  newest=$(jq -r '[.[] | select((.tags // []) | index("logs"))] | max_by(.time) // empty | "\(.time[0:19] + "Z" | fromdate) \(.hostname) \(.tags[] | select(startswith("to=")) | .[3:])"' "$scratch/snapshots.json")
  last_time=$(cut -d ' ' -f 1 <<< "$newest")
  last_host=$(cut -d ' ' -f 2 <<< "$newest")
  [ -z "$newest" ] || seconds "$(cut -d ' ' -f 3 <<< "$newest")" > $state/figure-logs
  echo 0 > $state/figure-store_failed
  rm -f $state/trouble
}

begin_keeping() {
  local now=$1 last
  [ $((now - asked)) -ge 25 ] || return 1
  ask_store "$now" || return 1
  # What was backed up and proved changes once a day: whoever only watches asks for it every five minutes.
  [ $((now - listed)) -lt 300 ] || { listed=$now; start_due watcher; }
  last=$began
  [ -z "$last_time" ] || [ "$last_time" -lt "$began" ] || last=$last_time
  [ $((now - last)) -ge "$(patience)" ] || return 1
  keeper=1
  since=$now
  kept_as=$standing
  asked=0
  echo "$HOST ships binary logs from now on, as a $standing"
}

step_back() {
  keeper=0
  began=$(date +%s)
  asked=0
  echo "$HOST ships no binary logs any more: $1"
}

keep_on() {
  local now=$1 code=0
  # A new primary leaves it to a replica; one that does it because nobody else did asks again every hour.
  if [ "$standing" = primary ] && { [ "$kept_as" != primary ] || [ $((now - since)) -gt 3600 ]; }; then
    step_back "it is the primary, and a replica may do it"
    return
  fi
  if [ $((now - asked)) -ge 60 ] && ask_store "$now"; then
    # Two that began together: the later name goes, and the primary in any case.
    if [ -n "$last_host" ] && [ "$last_host" != "$HOST" ] && [ "$last_time" -gt $((since + 30)) ] &&
      { [ "$standing" = primary ] || [[ $last_host < $HOST ]]; }; then
      step_back "$last_host does"
      return
    fi
    start_due keeper
  fi
  ship || code=$?
  case $code in
    0) echo 0 > $state/figure-store_failed; rm -f $state/trouble ;;
    90) trouble "MariaDB does not answer" ;;
    91) ;; # Nothing has been written yet.
    92) trouble "$(cat "$scratch/said")" ;;
    *) trouble "$(why_store $code)" ;;
  esac
  [ $((now - tidied)) -lt 3600 ] || { tidied=$now; tidy_logs || trouble "$(why_store $?)"; }
}

while :; do
  now=$(date +%s)
  if ! look; then
    [ $keeper = 0 ] || step_back "this member is not fit"
    began=$now
  elif [ $keeper = 1 ] || begin_keeping "$now"; then
    keep_on "$now"
  fi
  figures
  spent=$(($(date +%s) - now))
  # Until there is a store, its turn is not to be missed.
  [ -e $state/repository-logs ] && pause=${shipSeconds} || pause=5
  sleep $((spent < pause ? pause - spent : 1))
done
`;
