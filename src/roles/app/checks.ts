import { haproxyPaths } from "../../formats/haproxy-parts.ts";
import type { Check } from "../../model/role.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { serviceOf } from "./facts.ts";

/** Seen from a web host: the program is well. Seen from the host itself: its way to the database is open. */
export function appChecks(host: Host, topology: Topology): readonly Check[] {
  const service = serviceOf(host, topology.site);
  const about = { role: "app" as const, host: host.name };
  return [
    {
      ...about,
      id: "app.health",
      from: hostsOf(topology, "web").map((one) => one.name),
      script: healthScript(host, topology),
      within: 30,
      promise: `${service.name} on ${host.name} answers ${service.health} with 200.`,
    },
    ...(service.database
      ? [
          {
            ...about,
            id: "app.database",
            from: [host.name],
            script: databaseScript,
            within: 15,
            promise: `${host.name} reaches a database for writes and one for reads.`,
          },
        ]
      : []),
  ];
}

function healthScript(host: Host, { site }: Topology): string {
  const service = serviceOf(host, site);
  const name = tierName(site, service.name);
  const { certificate, ca } = haproxyPaths;
  const url = `https://${name}:${service.port}${service.health}`;
  return `status=$(curl -sS -o /dev/null --max-time 5 -w '%{http_code}' --cacert ${ca} --cert ${certificate} --resolve ${name}:${service.port}:${host.inside} ${url} 2>&1) || { echo "$status; see: rampart logs ${host.name} app-${service.name}"; exit 1; }
[ "$status" -eq 200 ] || { echo "${service.health} answers $status; see: rampart logs ${host.name} app-${service.name}"; exit 1; }`;
}

/** Reads go to the primary when no replica serves them, so one member that takes writes is enough for both. */
const databaseScript = `standing=$(echo 'show stat' | socat -t2 - ${haproxyPaths.socket} | awk -F, '$1 == "database_primary" && $2 == "BACKEND" { print $18 }')
[ "$standing" = UP ] || { echo "no database host takes writes; see: rampart db status"; exit 1; }`;
