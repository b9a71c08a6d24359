import { restoredInstance } from "../../contract/backup.ts";
import { backupProgram } from "./backup-common.ts";
import { backupPaths } from "./backup-paths.ts";

/**
 * `backup-restore NAME TIME`: an instance beside the database, with its state at the beginning of a second. It has a folder and a
 * socket of its own and no network. Nothing of the live database is changed. A restore that cannot be proved takes
 * its instance away again.
 */
export function restoreProgram(header: string): string {
  return backupProgram(header, `${arguments_}${planning}${fetching}${replaying}${story}`);
}

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

/** A jq program on what `backup-list` says: the backup and the logs that lead to the second $to; nothing when none do. */
export const followedChains = `def sequence: split("-") | last | tonumber;
def stamp: .[0:19];
# Logs follow one another: each must hold the transaction with which the ones before it end.
def follow($logs; $at; $second):
  [$logs[] | select(.after < $at and .upTo >= $at)] as $next
  | [$next[] | select((.to | stamp) >= $second)] as $last
  | if ($last | length) > 0 then [$last | min_by(.upTo)]
    else ([$next[] | select(.upTo > $at)] | max_by(.upTo)) as $one
      | if $one == null then null
        else follow($logs; $one.upTo; $second) as $rest | if $rest == null then null else [$one] + $rest end end
    end;
($to | stamp) as $second
| .logs as $logs
| [.backups[] | select((.at | stamp) < $second)] | sort_by(.at) | reverse
| [.[] | . as $backup | { backup: $backup, logs: follow($logs; ($backup.gtid | sequence); $second) } | select(.logs != null)]
| first // empty`;

/** An awk program that passes on what mariadb-binlog prints, as long as the transactions follow one another. */
export const gapless = String.raw`
  / \tGTID 1-/ {
    match($0, /\tGTID 1-[0-9]+-[0-9]+/)
    n = split(substr($0, RSTART, RLENGTH), parts, "-")
    if (parts[n] + 0 != last + 1) { print "transaction " last + 1 " is missing: " parts[n] " follows on " last > bad; exit 1 }
    last = parts[n] + 0
    gtid = substr($0, RSTART + 6, RLENGTH - 6)
  }
  { print }
  END { print last, gtid > done }`;

const arguments_ = `
name=$1
to=$2
root=${restoredInstance("$name").folder}
socket=${restoredInstance("$name").socket}
begun=$(date +%s)
exec 9> "$state/restore-$name.lock"
flock -n 9 || refuse "such a restore is under way on $HOST already" "Wait for its end, or name another host: --on HOST"
T=$(seconds "$to") || refuse "$to is no time" "Write it as 2026-11-20T14:03:22Z"
to=$(iso "$T")
[ "$T" -le "$(date +%s)" ] || refuse "$to is in the future: $HOST has $(iso "$(date +%s)")" "Name a time that has been"
`;

const planning = `
list() { ${backupPaths.list} > "$scratch/list.json" || exit 3; }
covered() { jq -r '[.logs[].to] | max // empty' "$scratch/list.json"; }

# Which backup, and which logs follow on it without a gap, are in the store. Decided before anything is fetched.
plan() {
  local first reach wait=0
  list
  first=$(jq -r '[.backups[].at] | min // empty' "$scratch/list.json")
  [ -n "$first" ] || refuse "the store holds no backup yet" "Make one: rampart db backup"
  [ "$T" -gt "$(seconds "$first")" ] || refuse "nothing in the store is as old as $to: the oldest backup is of $first" "Name a later time: rampart db backups"
  reach=$(covered)
  while [ -z "$reach" ] || [ "$(seconds "$reach")" -lt "$T" ]; do
    [ $wait != 0 ] || step "waiting until the store's logs reach $to"
    wait=$((wait + 5))
    # The longest time for which nobody may ship: the keeper is lost, and only the primary is left (backup-keep).
    [ $wait -le 240 ] || refuse "the logs in the store reach up to $reach, not to $to" "Name an earlier time, or see why they are behind: docs/runbooks/BackupLogsBehind.md"
    sleep 5
    list
    reach=$(covered)
  done
  jq -c --arg to "$to" '${followedChains}' "$scratch/list.json" > "$scratch/plan.json"
  [ -s "$scratch/plan.json" ] || refuse "binary logs between the backups and $to are missing in the store: no backup can be brought to that second" "Times that can be reached: rampart db backups"
  backup=$(jq -r .backup.id "$scratch/plan.json")
}

enough_room() {
  local needed free
  needed=$(jq -r '(.backup.bytes * 1.3 / 1048576 | floor) + 512' "$scratch/plan.json")
  free=$(df --output=avail -BM ${backupPaths.restored} | tail -n 1 | tr -dc 0-9)
  [ "$free" -gt "$needed" ] || refuse "the restored instance needs about $needed MiB on $HOST, and $free MiB are free" "Make room, or name another host: --on HOST"
}
`;

const fetching = String.raw`
# An instance of an earlier restore under that name goes.
take_away() {
  systemctl stop "${restoredInstance("$name").unit}" 2> /dev/null || true
  rm -rf "$root"
}

fetch() {
  local code=0
  install -d -m 0711 ${backupPaths.restored}
  install -d -m 0750 -g mysql "$root"
  mkdir -m 0700 "$root/data" "$root/logs"
  step "fetching the backup of $(jq -r '"\(.backup.at), made on \(.backup.host)"' "$scratch/plan.json")"
  limit=86400
  store base dump --no-lock "$backup" base.xb | mbstream -x -p 2 -C "$root/data" || code=$?
  [ $code = 0 ] || refuse_store $code
  jq -r '.logs[].id' "$scratch/plan.json" > "$scratch/chains"
  while read -r chain; do
    store logs restore --no-lock "$chain" --target "$root/logs/$chain" > /dev/null || refuse_store $?
  done < "$scratch/chains"
  limit=60
  step "preparing it"
  mariadb-backup --no-defaults --prepare --use-memory=256M --target-dir="$root/data" > "$root/prepare.log" 2>&1 ||
    refuse "the backup could not be prepared: $(tail -n 1 "$root/prepare.log")" "See $root/prepare.log on $HOST; an older backup may do"
  # Where the copy really stands is in it.
  base_gtid=$(cut -f 3 "$root/data/mariadb_backup_binlog_info" | head -n 1)
  [ -n "$base_gtid" ] || refuse "the backup does not say at which transaction it stands" "An older backup may do: rampart db backups"
  chown -R mysql:mysql "$root/data"
}

start_instance() {
  cat > "$root/server.cnf" << END
[mariadbd]
datadir=$root/data
socket=$socket
pid_file=$root/server.pid
skip_networking=ON
skip_slave_start=ON
skip_log_bin=ON
server_id=1
gtid_domain_id=1
innodb_buffer_pool_size=$BUFFER_POOL
innodb_flush_log_at_trx_commit=0
innodb_doublewrite=OFF
innodb_log_file_size=256M
max_allowed_packet=1G
character_set_server=utf8mb4
performance_schema=OFF
END
  chown mysql:mysql "$root"
  chmod 0644 "$root/server.cnf"
  systemctl start "${restoredInstance("$name").unit}" || refuse "the restored instance does not start" "See why: journalctl -u rampart-restored@$name"
}
`;

const replaying = String.raw`
follow='${gapless}'

files_of() { find "$root/logs/$1" -type f -name 'bin.[0-9]*' | awk -F/ '{ print $NF, $0 }' | sort | cut -d ' ' -f 2; }

# The transaction on which logs follow must be the very same one there, not another one of its number: one that the backup's
# host had and the next primary did not would be history that never was.
same_transaction() {
  local gtid=$1 seen
  shift
  seen=$(mariadb-binlog --no-defaults --start-position="1-1-$(($(sequence "$gtid") - 1))" --stop-position="$gtid" "$@" 2> /dev/null | grep -oE '	GTID 1-[0-9]+-[0-9]+' | tail -n 1 | cut -d ' ' -f 2) || seen=
  [ "$seen" = "$gtid" ]
}

replay() {
  local at=$base_gtid chain files
  while read -r chain; do
    files=$(files_of "$chain")
    sed 's/.*\.//' <<< "$files" | awk 'NR > 1 && $1 + 0 != last + 1 { exit 1 } { last = $1 + 0 }' || refuse "a binary log is missing among those of snapshot $chain" "Name another time: rampart db backups"
    same_transaction "$at" $files || refuse "the binary logs of snapshot $chain do not hold $at: they tell another history than the backup's" "Name another time: rampart db backups"
    step "replaying binary logs from $at on"
    printf '%s\n' "$(sequence "$at") $at" > "$root/positions"
    rm -f "$root/gap"
    if ! mariadb-binlog --no-defaults --start-position="$at" --stop-datetime="$(date -u -d "@$T" '+%Y-%m-%d %H:%M:%S')" $files 2> "$root/replay.log" |
      awk -v last="$(sequence "$at")" -v gtid="$at" -v bad="$root/gap" -v done="$root/positions" "$follow" |
      mariadb --no-defaults --protocol=socket --socket="$socket" --user=root --binary-mode --max-allowed-packet=1G 2>> "$root/replay.log"; then
      refuse "the binary logs could not be replayed: $(cat "$root/gap" 2> /dev/null || tail -n 1 "$root/replay.log")" "Nothing of the live database was touched. See $root/replay.log on $HOST"
    fi
    at=$(cut -d ' ' -f 2 "$root/positions")
  done < "$scratch/chains"
  reached=$at
  rm -rf "$root/logs"
}
`;

const story = String.raw`
plan
take_away
enough_room
trap 'rm -rf "$scratch"; if [ ! -e "$root/result.json" ]; then take_away; fi' EXIT
fetch
start_instance
replay
step "proving it by the canary"
${backupPaths.prove} "$name" "$to" > "$scratch/proof.json" || exit 3
jq -c -n --arg host "$HOST" --arg to "$to" --slurpfile plan "$scratch/plan.json" --arg gtid "$reached" \
  --argjson replayed $(($(sequence "$reached") - $(sequence "$base_gtid"))) --argjson seconds $(($(date +%s) - begun)) \
  --argjson bytes "$(du -sb --exclude='ib_logfile*' "$root/data" | cut -f 1)" --slurpfile proof "$scratch/proof.json" \
  '{ host: $host, to: $to, backup: ($plan[0].backup | { id, host, at }), gtid: $gtid, replayed: $replayed, seconds: $seconds, bytes: $bytes } + $proof[0]' > "$root/result.new"
mv "$root/result.new" "$root/result.json"
sed 's/^/RESULT /' "$root/result.json"
`;
