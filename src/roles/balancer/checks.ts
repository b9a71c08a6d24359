import type { Check } from "../../model/role.ts";
import { type Host, hostsOf, type Topology } from "../../model/topology.ts";

/** What must be true of a balancer, and, told once, of the site as visitors see it. */
export function balancerChecks(host: Host, topology: Topology): readonly Check[] {
  const about = { role: "balancer" as const, host: host.name };
  const first = hostsOf(topology, "balancer")[0];
  return [
    {
      ...about,
      id: "balancer.address",
      from: [host.name],
      script: addressScript(topology),
      within: 10,
      promise: "Exactly one balancer holds both virtual addresses.",
    },
    ...(first?.name === host.name
      ? [
          {
            ...about,
            id: "balancer.site",
            from: "visitor" as const,
            script: siteScript(topology),
            within: 20,
            promise: `https://${topology.site.domain}/ answers visitors.`,
          },
        ]
      : []),
  ];
}

/** The holder asks whether anybody else answers for the address, the others whether anybody does (RFC 5227). */
function addressScript({ networks }: Topology): string {
  const { virtual, virtualInside, outsideInterface: card } = networks;
  return `held=$(ip -o -4 addr show | grep -cE ' (${literal(virtual)}|${literal(virtualInside)})/' || true)
case $held in
  2) arping -D -q -c 2 -w 1 -I ${card} ${virtual} && exit 0
     echo "two balancers hold ${virtual}"; exit 1 ;;
  0) arping -q -c 3 -w 1 -f -I ${card} ${virtual} && exit 0
     echo "no balancer holds ${virtual}; see: systemctl status keepalived haproxy"; exit 1 ;;
  *) echo "only one of ${virtual} and ${virtualInside} is here"; exit 1 ;;
esac`;
}

/** The visitor's seat offers the site's CA as $CA. */
function siteScript({ site, networks }: Topology): string {
  return `status=$(curl -sS -o /dev/null --max-time 5 -w '%{http_code}' --cacert "$CA" --resolve ${site.domain}:443:${networks.virtual} https://${site.domain}/ 2>&1) || { echo "$status"; exit 1; }
[ "$status" -lt 500 ] || { echo "https://${site.domain}/ answers $status"; exit 1; }`;
}

function literal(address: string): string {
  return address.replaceAll(".", "\\.");
}
