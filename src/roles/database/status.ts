import { mostVoters } from "./members.ts";
import { paths } from "./paths.ts";

/**
 * The program that says in one line of JSON how MariaDB on this host stands (DatabaseStatus in contract/database.ts), as the
 * agent knows it. With the word `check` it says instead whether that is well: exit 1 and a reason when it is not.
 * @param members how many there are in all.
 */
export function statusProgram(host: string, members: number, header: string): string {
  const voters = Math.min(mostVoters, members - 1);
  return `#!/bin/sh\n# ${header}\nset -u\nhost=${host} voters=${voters}\n${text}`;
}

const text = String.raw`
answer=$(curl -sS --max-time 3 --unix-socket ${paths.agentSocket} http://agent/status 2>&1)
case $answer in
  '{'*) ;;
  *)
    answer=$(jq -cn --arg host "$host" --arg error "the agent does not answer: $answer" '
      { host: $host, standing: "unset", readOnly: null, semiSync: null, clients: null, unacknowledged: null, voter: false,
        lagSeconds: null, ioRunning: null, sqlRunning: null, error: $error, gtid: null, received: null, broken: null,
        doing: "", reason: "", agent: { up: false }, store: { reachable: false, leader: null }, cluster: null,
        promise: { holds: false, reason: $error } }') ;;
esac
[ "$*" = check ] || { printf '%s\n' "$answer"; exit 0; }

wrong=$(printf '%s\n' "$answer" | jq -r --argjson wanted "$voters" '
  def because: if .reason == "" then "" else ": " + .reason end;
  if .agent.up | not then .error
  elif .cluster == null then
    if .store.reachable then "the cluster is not founded yet" + because else "etcd does not answer \(.host)" end
  elif .broken != null then "\(.host) must be built anew: \(.broken)"
  elif .readOnly == null then "MariaDB on \(.host) does not answer: \(.error)" + because
  elif .cluster.primary == .host then
    if .cluster.leader != .host or .readOnly then "\(.host) is the primary but takes no writes" + because
    elif .promise.holds | not then "the promise does not hold: \(.promise.reason)"
    elif (.cluster.voters | length) < $wanted then
      "only \(.cluster.voters | length) of \($wanted) replicas that should acknowledge may do so yet" + because
    else "" end
  elif .readOnly | not then "\(.host) takes writes, and \(.cluster.primary) is the primary"
  elif .ioRunning != "Yes" or .sqlRunning != "Yes" then
    "replication on \(.host) does not run" + (if .error == "" then because else ": " + .error end)
  elif .lagSeconds == null or .lagSeconds >= 5 then "\(.host) is \(.lagSeconds // "an unknown number of") s behind the primary"
  elif .voter and .semiSync != true then "\(.host) does not acknowledge writes yet" + because
  else "" end') || wrong="what the agent said was not understood"
[ -z "$wrong" ] || { printf '%s\n' "$wrong"; exit 1; }
`;
