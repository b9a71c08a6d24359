import { restoredInstance, restoredNames } from "../../contract/backup.ts";
import { backupProgram } from "./backup-common.ts";
import { backupPaths, canarySeconds } from "./backup-paths.ts";
import { paths } from "./paths.ts";

/**
 * `backup-prove NAME TIME`: whether a restored instance is the database as it was at the beginning of that second. Row by row: the
 * canary's rows before that second that the live database has are all there, and none of that second or after. Where the live
 * database has none, the restored rows must follow one another up to that second. Besides, every table of the services is
 * compared with the live one: not a proof, since life goes on, but what an operator wants to see before the swap.
 */
export function proveProgram(header: string): string {
  return backupProgram(header, `${canary}${tables}${story}`);
}

/** `backup-drill`: restores a recent second into an instance that is taken away again, and records in the store how it went. */
export function drillProgram(header: string): string {
  return backupProgram(header, drill);
}

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

const canary = String.raw`
name=$1
T=$(seconds "$2")
end=$(date -u -d "@$T" '+%Y-%m-%d %H:%M:%S')
socket=${restoredInstance("$name").socket}
restored() { printf '%s\n' "$1" | client "$socket"; }
unproved() { refuse "the restore to $2 cannot be proved: $1" "It is not to be trusted. Take another second or backup: rampart db backups"; }

rows="SELECT DATE_FORMAT(at, '%Y-%m-%d %H:%i:%s.%f'), host FROM rampart.canary WHERE at < '$end' AND at >= "
oldest='SELECT MIN(at) FROM rampart.canary'
`;

const tables = String.raw`
# Rows and checksum of each table of the services' databases, one table a line. $1: sql or restored.
facts() {
  local database table place
  for database in $DATABASES; do
    "$1" "SELECT table_name FROM information_schema.tables WHERE table_schema = '$database' AND table_type = 'BASE TABLE' ORDER BY 1" |
      while IFS= read -r table; do
        printf '%s\t%s\t' "$database" "$table"
        place=$(quoted "$database").$(quoted "$table")
        printf 'SELECT COUNT(*) FROM %s; CHECKSUM TABLE %s;\n' "$place" "$place" |
          timeout 3600 mariadb --no-defaults --protocol=socket --socket="$2" --user=root --batch --raw --skip-column-names |
          awk -F '\t' 'NR == 1 { rows = $1 } NR == 2 { print rows "\t" $NF }'
      done
  done
}
`;

const story = String.raw`
step "comparing the canary" >&2
late=$(restored "SELECT COUNT(*) FROM rampart.canary WHERE at >= '$end'") || unproved "it has no canary" "$2"
[ "$late" = 0 ] || unproved "it holds $late rows of the canary that were written at $2 or after" "$2"
last=$(restored "SELECT MAX(at) FROM rampart.canary")
[ "$last" != NULL ] || unproved "its canary is empty" "$2"
from=$(restored "$oldest")
live_from=$(sql "$oldest" 2> /dev/null) || live_from=NULL
live_last=$(sql "SELECT MAX(at) FROM rampart.canary" 2> /dev/null) || live_last=NULL
if [ "$live_from" != NULL ] && [[ $live_from < $end ]] && [[ ! $live_last < $end ]]; then
  by='live rows'
  [[ $live_from < $from ]] || from=$live_from
  sql "$rows'$from' ORDER BY at, host" > "$scratch/live"
  restored "$rows'$from' ORDER BY at, host" > "$scratch/restored"
  count=$(wc -l < "$scratch/restored")
  if ! cmp -s "$scratch/live" "$scratch/restored"; then
    unproved "the canary differs: $(diff "$scratch/live" "$scratch/restored" | grep -c '^<' || true) rows are missing, $(diff "$scratch/live" "$scratch/restored" | grep -c '^>' || true) are too many" "$2"
  fi
else
  # The live table does not reach over that second, or is gone.
  by='own rows'
  count=$(restored "SELECT COUNT(*) FROM rampart.canary")
  gap=$((T - $(seconds "$last")))
  [ $gap -le $((${canarySeconds} * 6)) ] || unproved "its newest row of the canary is $gap s older than $2" "$2"
fi
step "comparing tables" >&2
facts restored "$socket" > "$scratch/restored.tables"
facts sql ${paths.socket} > "$scratch/live.tables"
jq -c -n --arg by "$by" --argjson rows "$count" --arg last "$(date -u -d "$last" +%Y-%m-%dT%H:%M:%S.%6NZ)" \
  --rawfile restored "$scratch/restored.tables" --rawfile live "$scratch/live.tables" '
  def facts: [split("\n")[] | select(. != "") | split("\t") | { key: "\(.[0])\t\(.[1])", value: { rows: (.[2] | tonumber), checksum: .[3] } }] | from_entries;
  ($restored | facts) as $r | ($live | facts) as $l
  | { proof: { by: $by, rows: $rows, last: $last },
      tables: [($r + $l) | keys_unsorted[] | . as $key | split("\t") | { database: .[0], table: .[1], restored: $r[$key], live: $l[$key] }] }'
`;

const instance = restoredInstance(restoredNames.drill);

const drill = String.raw`
begun=$(date +%s)
list=$(${backupPaths.list}) || exit 3
reach=$(jq -r '[.logs[].to] | max // empty' <<< "$list")
newest=$(jq -r '[.backups[].at] | max // empty' <<< "$list")
[ -n "$reach" ] && [ -n "$newest" ] || refuse "the store holds no backup with logs yet" "Make one: rampart db backup"
# Right after a backup its logs are seconds long: wait for something to replay.
while [ $(($(seconds "$reach") - $(seconds "$newest"))) -lt 15 ]; do
  [ $(($(date +%s) - begun)) -lt 180 ] || refuse "the logs in the store do not go beyond the newest backup" "See why: docs/runbooks/BackupLogsBehind.md"
  sleep 5
  list=$(${backupPaths.list}) || exit 3
  reach=$(jq -r '[.logs[].to] | max // empty' <<< "$list")
done
to=$(iso "$(seconds "$reach")")
proved=yes
${backupPaths.restore} ${restoredNames.drill} "$to" 2> "$scratch/why" | tee "$scratch/out" || proved=no
cat "$scratch/why" >&2
took=$(($(date +%s) - begun))
[ $proved = no ] || proof=$(sed -n 's/^RESULT //p' "$scratch/out")
systemctl stop ${instance.unit} 2> /dev/null || true
rm -rf ${instance.folder}
if moved; then
  step "the site names another store now: what was proved was in the old one"
  exit 0
fi
[ $proved = no ] || date +%s > $state/figure-proven
[ $proved = yes ] && echo 0 > $state/figure-drill_failed || echo 1 > $state/figure-drill_failed
figures
code=0
{ [ $proved = yes ] && printf '%s\n' "$proof" || cat "$scratch/why"; } |
  store base backup --host "$HOST" --retry-lock 5m --tag drill --tag "to=$to" --tag "proved=$proved" --tag "seconds=$took" --stdin --stdin-filename drill.json > /dev/null || code=$?
[ $code = 0 ] || refuse_store $code
store base forget --retry-lock 1m --tag drill --group-by '' --keep-last 50 > /dev/null || true
[ $proved = yes ]
`;
