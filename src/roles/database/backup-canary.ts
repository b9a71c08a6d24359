import { canaryAccount, canarySeconds } from "./backup-paths.ts";
import { paths } from "./paths.ts";

/**
 * Writes a row every few seconds, by an account that a read-only member refuses: whoever is the primary has it, and nobody
 * asks who that is. Rows older than nine days go. One client speaks for all rows: a process each would cost more than the row.
 */
export function canaryProgram(header: string): string {
  return `#!/bin/bash\n# ${header}\n${canary}`;
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
