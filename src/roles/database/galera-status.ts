import { galeraPaths } from "./paths.ts";

/**
 * The program that says in one line of JSON how this member stands (GaleraStatus in contract/galera.ts). With the word `check` it says
 * instead whether that is well: exit 1 and a reason when it is not.
 * @param votes members and arbiter.
 */
export function galeraStatusProgram(host: string, votes: number, header: string): string {
  return `#!/bin/sh\n# ${header}\nset -u\nhost=${host} votes=${votes}\n${text}`;
}

const text = String.raw`
answer=$(curl -sS --max-time 3 --unix-socket ${galeraPaths.socket} http://member/status 2>&1)
case $answer in
  '{'*) ;;
  *)
    answer=$(jq -cn --arg host "$host" --argjson votes "$votes" --arg error "the member program does not answer: $answer" '
      { mode: "galera", host: $host, teller: { up: false }, unit: "unknown", ready: null, primary: null, state: null,
        comment: null, size: null, votes: $votes, history: null, seqno: null, paused: null, pausedSeconds: null, queue: null, conflicts: null,
        writable: false, readable: false, belonged: false, held: false, doing: "", reason: "", error: $error }') ;;
esac
[ "$*" = check ] || { printf '%s\n' "$answer"; exit 0; }

wrong=$(printf '%s\n' "$answer" | jq -r '
  def because: if .reason == "" then "" else ": " + .reason end;
  if .teller.up | not then .error
  elif .held then .reason
  elif .primary == null then "MariaDB on \(.host) does not answer (\(.error))" + because
  elif .primary | not then .reason
  elif .state != 4 or (.ready | not) then "\(.host) does not have everything yet: it is \(.comment)"
  elif .size < .votes then "\(.size) of \(.votes) members (the arbiter counted) are in the cluster"
  elif .error != "" then .error
  else "" end') || wrong="what the member program said was not understood"
[ -z "$wrong" ] || { printf '%s\n' "$wrong"; exit 1; }
`;
