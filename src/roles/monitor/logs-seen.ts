import { logsFolder, senderAddress } from "../../model/logs.ts";
import type { Host } from "../../model/topology.ts";

const metricsFile = "/var/lib/prometheus/node-exporter/rampart-logs.prom";

/** When a line of a host last came, by the time of its newest file, every fifteen seconds. */
export function logsSeenProgram(hosts: readonly Host[], head: string): string {
  const places = hosts.map((one) => `${one.name}:${senderAddress(one)}`).join(" ");
  return `#!/bin/sh
# ${head}
set -u
umask 022
cd ${logsFolder} || exit 1
while :; do
  {
    echo "# HELP rampart_logs_newest_timestamp_seconds When the newest line of a host came; 0: none ever has."
    echo "# TYPE rampart_logs_newest_timestamp_seconds gauge"
    for one in ${places}; do
      at=$(stat -c %Y "remote-\${one#*:}.journal" 2> /dev/null) || at=0
      echo "rampart_logs_newest_timestamp_seconds{sender=\\"\${one%%:*}\\"} $at"
    done
    echo "# HELP rampart_logs_bytes What the logs of all hosts take on the disk."
    echo "# TYPE rampart_logs_bytes gauge"
    echo "rampart_logs_bytes $(du -sB1 . | cut -f 1)"
  } > ${metricsFile}.new
  mv -f ${metricsFile}.new ${metricsFile}
  sleep 15
done
`;
}
