import { paths } from "./paths.ts";

// What the keeper does with the store: makes it, ships logs into it, tidies it up. The shell text uses $name only, never braces, so that String.raw leaves it alone.

/** `my_turn`, `open_store`. */
export const repository = `
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

/** `ship`: 0, an exit code of restic, 90 when MariaDB does not answer, 91 when nothing was written yet, 92 when a log is missing. */
export const shipping = String.raw`
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
    # One that was begun since then belongs to the next shipment.
    while read -r file _; do
      files+=" $file"
      [ "$file" != "$live" ] || break
    done
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

/** `tidy_logs`. */
export const tidying = `
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
