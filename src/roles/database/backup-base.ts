import { backupProgram } from "./backup-common.ts";
import { backupPaths } from "./backup-paths.ts";
import { paths } from "./paths.ts";

/** Makes a physical backup of this member into the store, and lets the oldest go. */
export function baseProgram(header: string): string {
  return backupProgram(header, baseText);
}

/** Says as JSON what the store holds (BackupList in model/backups.ts). */
export function listProgram(header: string): string {
  return backupProgram(header, listText);
}

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

const baseText = String.raw`
exec 9> $state/base.lock
flock -n 9 || refuse "a backup is being made on $HOST already" "Wait for its end: journalctl -u rampart-backup-base"
look || refuse "$HOST has no sound copy of the database now ($standing)" "See what is wrong: rampart db status"
code=0
store base cat config --no-lock > /dev/null || code=$?
[ $code = 0 ] || refuse_store $code

step "copying the database of $HOST ($standing) into the store"
limit=86400
export GOMAXPROCS=2
store base backup --json --host "$HOST" --retry-lock 10m --tag base --stdin-filename base.xb --stdin-from-command -- \
  mariadb-backup --no-defaults --backup --stream=xbstream --slave-info --parallel=2 --datadir=${paths.data} --socket=${paths.socket} --user=root \
  > "$scratch/summary" || code=$?
limit=60
if [ $code != 0 ]; then
  # What mariadb-backup complained of counts more than that restic saw it end.
  own=$(grep -aE 'mariabackup|mariadb-backup|ERROR|error:' "$scratch/said" | grep -vaE 'Fatal: unable to save|completed OK' | tail -n 1 | cut -c 1-300)
  if [ -n "$own" ] && ! grep -qaE 'no space|not enough space|ENOSPC' "$scratch/said"; then
    refuse "mariadb-backup did not succeed: $own" "Nothing was kept of it. See what is wrong: rampart db status"
  fi
  refuse_store $code
fi
position=$(grep -aE 'binlog position: filename .* GTID of the last change' "$scratch/said" | tail -n 1)
gtid=$(sed -n "s/.*GTID of the last change '\([^']*\)'.*/\1/p" <<< "$position")
at=$(grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}' <<< "$position" | head -n 1)
id=$(jq -r 'select(.message_type == "summary") | .snapshot_id' "$scratch/summary")
if [ -z "$gtid" ] || [ -z "$at" ]; then
  store base forget "$id" > /dev/null || true
  refuse "mariadb-backup did not say at which transaction its copy stands" "Nothing was kept of it; see journalctl -u rampart-backup-base"
fi
# Only now it counts: what has no such mark is left over from a run that was cut off.
at=$(iso "$(date -u -d "$at" +%s)")
store base tag --retry-lock 1m --add "at=$at" --add "gtid=$gtid" "$id" > /dev/null || refuse_store $?
seconds "$at" > $state/figure-base
figures
step "stands at $gtid, $at"
list=$(${backupPaths.list})
jq -c --arg at "$at" '.backups[] | select(.at == $at)' <<< "$list" | tail -n 1 | sed 's/^/RESULT /'

# The backup is there: a store that goes away now makes no failure of it.
step "letting go what is older than the site keeps"
limit=3600
# In the order of their making; whatever has no mark and is older than a day is what runs left that were cut off.
cut_off=$(snapshots base | jq -r '.[] | select((.tags // []) | (index("base") and (any(startswith("gtid=")) | not))) | select((.time[0:19] + "Z" | fromdate) < now - 86400) | .id') || cut_off=
[ -z "$cut_off" ] || store base forget --retry-lock 5m $cut_off > /dev/null || true
store base forget --retry-lock 5m --tag base --keep-last 2 --keep-daily "$KEEP_DAILY" --keep-weekly "$KEEP_WEEKLY" --keep-monthly "$KEEP_MONTHLY" \
  --group-by '' --prune > /dev/null || echo "tidying up did not succeed: $(why_store $?)" >&2
`;

const listText = `
code=0
snapshots base > "$scratch/base.json" || code=$?
[ $code = 0 ] || refuse_store $code
snapshots logs > "$scratch/logs.json" || code=$?
[ $code = 0 ] || refuse_store $code
jq -c -n --arg store "$STORE_NAME" --slurpfile base "$scratch/base.json" --slurpfile logs "$scratch/logs.json" '
  def of(name): (.tags // [])[] | select(startswith(name + "=")) | .[(name | length) + 1:];
  def tagged(name): select((.tags // []) | index(name));
  ([$logs[0][] | tagged("logs")] | sort_by(.time)) as $shipped
  | {
    store: $store,
    keeper: ($shipped | last | .hostname? // null),
    backups: ([$base[0][] | tagged("base") | select(any((.tags // [])[]; startswith("gtid=")))
      | { id: .short_id, host: .hostname, at: of("at"), gtid: of("gtid"),
          bytes: (.summary.total_bytes_processed // 0), stored: (.summary.data_added_packed // 0) }] | sort_by(.at)),
    logs: [$shipped[] | { id: .short_id, host: .hostname, after: (of("after") | tonumber), upTo: (of("upto") | tonumber),
      from: of("from"), to: of("to") }],
    drills: ([$base[0][] | tagged("drill") | { at: .time, host: .hostname, to: of("to"), proved: (of("proved") == "yes"),
      seconds: (of("seconds") | tonumber) }] | sort_by(.at))
  }'
`;
