import { backupPaths } from "./backup-paths.ts";

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

/** `start_due keeper|watcher`: notes what the store holds, and starts a backup or a drill that is due. */
export const due = `
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
  list_at=$((now + 60))
  ${backupPaths.list} > "$scratch/list.json" 2> "$scratch/said" || return 0
  read -r base drill failed <<< "$(jq -r '
    def newest: map(.at[0:19] + "Z" | fromdate) | max // 0;
    "\\(.backups | newest) \\(.drills | map(select(.proved)) | newest) \\(if (.drills | length) > 0 and (.drills[-1].proved | not) then 1 else 0 end)"' "$scratch/list.json")"
  [ -n "$failed" ] || return 0
  list_at=$((now + 600))
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
