import { figuresFolder } from "../../contract/figures.ts";
import { logsFolder, senderAddress } from "../../model/logs.ts";
import type { Host } from "../../model/topology.ts";

const metricsFile = `${figuresFolder}/rampart-logs.prom`;

/** When a line of a host last came, by the time of its newest file, every fifteen seconds: one process looks at all files. */
export function logsSeenProgram(hosts: readonly Host[], head: string): string {
  const places = hosts.map((one) => `[${senderAddress(one)}]=${one.name}`).join(" ");
  const senders = hosts.map(({ name }) => name).join(" ");
  return `#!/bin/bash
# ${head}
set -u
umask 022
cd ${logsFolder} || exit 1
declare -A sender=(${places}) newest
# A pipe that never speaks: it is waited for.
exec {silence}<> <(:)
while :; do
  for name in ${senders}; do newest[$name]=0; done
  bytes=0
  # Blocks are of 512 bytes.
  while read -r at blocks path; do
    bytes=$((bytes + 512 * blocks))
    [[ $path =~ ^remote-([^/@]*)[.]journal$ ]] || continue
    name=\${sender[\${BASH_REMATCH[1]}]:-}
    [ -z "$name" ] || newest[$name]=\${at%%.*}
  done < <(find . -printf '%T@ %b %P\\n' 2> /dev/null)
  {
    echo "# HELP rampart_logs_newest_timestamp_seconds When the newest line of a host came; 0: none ever has."
    echo "# TYPE rampart_logs_newest_timestamp_seconds gauge"
    for name in ${senders}; do
      echo "rampart_logs_newest_timestamp_seconds{sender=\\"$name\\"} \${newest[$name]}"
    done
    echo "# HELP rampart_logs_bytes What the logs of all hosts take on the disk."
    echo "# TYPE rampart_logs_bytes gauge"
    echo "rampart_logs_bytes $bytes"
  } > ${metricsFile}.new
  mv -f ${metricsFile}.new ${metricsFile}
  read -rt 15 -u "$silence"
done
`;
}
