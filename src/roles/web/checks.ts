import { haproxyPaths } from "../../formats/haproxy-parts.ts";
import type { Check } from "../../model/role.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { opensTls, webPort } from "./facts.ts";

/** Seen from a balancer: the host is well, and answers for the site's name. */
export function webChecks(host: Host, topology: Topology): readonly Check[] {
  const { site } = topology;
  const balancers = hostsOf(topology, "balancer").map((one) => one.name);
  const about = { role: "web" as const, host: host.name, from: balancers, within: 15 };
  return [
    {
      ...about,
      id: "web.alive",
      script: askScript(host, topology, "/.rampart/ping", "", "-eq 200"),
      promise: `${host.name} answers the balancers' health question.`,
    },
    {
      ...about,
      id: "web.page",
      script: askScript(
        host,
        topology,
        "/",
        ` -H 'Host: ${site.domain}'${opensTls(site) ? "" : ` -H 'X-Forwarded-For: ${host.inside}' -H 'X-Forwarded-Proto: https'`}`,
        "-lt 500",
      ),
      promise: `${host.name} answers for https://${site.domain}/.`,
    },
  ];
}

/** curl with a balancer's own certificate, or with a PROXY header as a balancer sends it: the same way that visitors' requests take. */
function askScript(host: Host, { site }: Topology, path: string, options: string, wanted: string): string {
  const name = opensTls(site) ? site.domain : tierName(site, "web");
  const { certificate, ca } = haproxyPaths;
  const port = webPort(site);
  const proof = opensTls(site) ? "--haproxy-protocol" : `--cert ${certificate}`;
  const url = `https://${name}:${port}${path}`;
  return `status=$(curl -sS -o /dev/null --max-time 5 -w '%{http_code}' --cacert ${ca} ${proof} --resolve ${name}:${port}:${host.inside}${options} ${url} 2>&1) || { echo "$status"; exit 1; }
[ "$status" ${wanted} ] || { echo "${host.name} answers $status at ${path}"; exit 1; }`;
}
