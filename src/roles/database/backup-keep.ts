import { backupProgram } from "./backup-common.ts";
import { due } from "./backup-due.ts";
import { shipSeconds } from "./backup-paths.ts";
import { repository, shipping, tidying } from "./backup-ship.ts";

/**
 * Keeps the store at most a minute behind: one member ships its binary logs. Who that is, the store itself tells: as long as
 * it gets logs, all others wait; when it gets none, the next in line begins, replicas before the primary. No member has
 * to hear another, and nobody can be the only one that thinks somebody else does it.
 */
export function keepProgram(header: string): string {
  return backupProgram(header, `${repository}${shipping}${tidying}${due}${story}`);
}

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

const story = String.raw`
# The site names another store than before: it is one to begin, whatever the old one held.
recall $state/store "$STORE"
[ "$value" = "$STORE" ] || rm -f $state/repository-* $state/tried-*
echo "$STORE" > $state/store

# A pipe that never speaks: it is waited for instead of a process that sleeps.
exec {silence}<> <(:)
keeper=0
began=$EPOCHSECONDS
last_time=
last_host=
listed=$((EPOCHSECONDS - 300))
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
  if [ $((EPOCHSECONDS - listed)) -ge 600 ]; then
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

now=$EPOCHSECONDS
while :; do
  # A clock that was set back: whatever was to come at a time begins anew.
  [ $EPOCHSECONDS -ge "$now" ] || { began=$EPOCHSECONDS since=$EPOCHSECONDS tidied=$EPOCHSECONDS listed=0 last_time= ask_at=0 list_at=0; }
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
    ! my_turn || next=$((now + 5))
  fi
  pause=$((next - EPOCHSECONDS))
  [ $pause -ge 1 ] || pause=1
  # Whatever the clock did meanwhile.
  [ $pause -le 60 ] || pause=60
  read -rt $pause -u $silence || true
done
`;
