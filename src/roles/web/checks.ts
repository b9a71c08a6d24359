import { haproxyPaths } from "../../formats/haproxy-parts.ts";
import type { Check } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { opensTls, webPort } from "./facts.ts";

/** Seen from a balancer: the host is well, and answers for the site's name. */
export function webChecks(host: Host, topology: Topology): readonly Check[] {
  const { site } = topology;
  const balancers = hostsOf(topology, "balancer").map((one) => one.name);
  const about = { role: "web" as const, host: host.name, from: balancers, within: 15 };
  const inside = tierName(site, "web");
  const asVisitor = `-H 'Host: ${site.domain}'`;
  const told = `-H 'X-Forwarded-For: ${host.inside}' -H 'X-Forwarded-Proto: https'`;
  // Behind a PROXY header no name of the inside is served; of the others the site's own CA vouches for this one in any case.
  const page = opensTls(site)
    ? { name: site.environment.localDomain, options: asVisitor }
    : { name: inside, options: `${asVisitor} ${told}` };
  return [
    {
      ...about,
      id: "web.alive",
      script: askScript(host, site, { path: "/.rampart/ping", name: inside, options: "", wanted: "-eq 200" }),
      promise: `${host.name} answers the balancers' health question.`,
    },
    {
      ...about,
      id: "web.page",
      script: askScript(host, site, { path: "/", ...page, wanted: "-lt 500" }),
      promise: `${host.name} answers for https://${site.domain}/.`,
    },
  ];
}

interface Question {
  readonly path: string;
  /** By which the host is asked, and known by its certificate. */
  readonly name: string;
  readonly options: string;
  /** What the status must be, as `test` has it. */
  readonly wanted: string;
}

/** curl with a balancer's own certificate, and with a PROXY header where a balancer sends one: the way that requests take. */
function askScript(host: Host, site: Site, { path, name, options, wanted }: Question): string {
  const { certificate, ca } = haproxyPaths;
  const port = webPort(site);
  const proof = `--cacert ${ca} --cert ${certificate}${opensTls(site) ? " --haproxy-protocol" : ""}`;
  return `status=$(curl -sS -o /dev/null --max-time 5 -w '%{http_code}' ${proof} --resolve ${name}:${port}:${host.inside} ${options} https://${name}:${port}${path} 2>&1) || { echo "$status"; exit 1; }
[ "$status" ${wanted} ] || { echo "${host.name} answers $status at ${path}"; exit 1; }`;
}
