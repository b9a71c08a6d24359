import type { Site } from "../model/site.ts";
import type { Host, Tier } from "../model/topology.ts";

/** Addresses that hosts already have, by host name: they keep them for as long as they live. */
export interface KnownAddresses {
  readonly [host: string]: { readonly inside?: string | undefined; readonly outside?: string | undefined };
}

interface Place {
  readonly name: string;
  readonly tier: Tier;
  readonly index: number;
  readonly service?: string;
  readonly region?: string;
  /** Third number of the inside address that a newcomer gets: 10.77.<block>.<index + 1>. */
  readonly block: number;
}

/** The hosts of a site, each with its addresses: a known host keeps its own, a newcomer gets the next free one. */
export function siteHosts(site: Site, known: KnownAddresses = {}): readonly Host[] {
  const taken = new Set(Object.values(known).flatMap(({ inside, outside }) => [inside ?? "", outside ?? ""]));
  const keep = (address: string) => {
    taken.add(address);
    return address;
  };
  return places(site).map(({ block, ...place }) => {
    const first = firstOutside(place.tier, site);
    const before = known[place.name];
    const outside = first === undefined ? undefined : keep(before?.outside ?? freeOutside(first + place.index, taken));
    const inside = place.tier === "probe" ? outside : (before?.inside ?? freeAddress(block, place.index, taken));
    return {
      ...place,
      inside: keep(inside ?? ""),
      ...(outside === undefined ? {} : { outside }),
      fqdn: `${place.name}.${site.name}.internal`,
    };
  });
}

/** Last number of the outside address that the first host of a tier gets; undefined: the tier stands inside only. */
function firstOutside(tier: Tier, site: Site): number | undefined {
  if (tier === "balancer") return 11;
  if (tier === "probe") return 41;
  // The monitor fetches what probes have seen; a site without them gives it no leg outside.
  return tier === "monitor" && site.monitor.regions.length > 0 ? 31 : undefined;
}

function places(site: Site): readonly Place[] {
  const tier = (name: Tier, prefix: string, count: number, block: number): Place[] =>
    Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index + 1}`, tier: name, index, block }));
  return [
    ...tier("balancer", "lb", site.balancer.hosts, 1),
    ...tier("web", "web", site.web.hosts, 2),
    ...site.app.flatMap((service, order) =>
      tier("app", service.name, service.hosts, 10 + order).map((place) => ({ ...place, service: service.name })),
    ),
    ...tier("database", "db", site.database?.hosts ?? 0, 3),
    ...tier("monitor", "mon", site.monitor.hosts, 4),
    ...site.monitor.regions.map(
      (region, index): Place => ({ name: `probe-${region}`, tier: "probe", index, region, block: 0 }),
    ),
  ];
}

/** The address of one's own place, or the next free one when services were reordered since it was given away. */
function freeAddress(block: number, index: number, taken: ReadonlySet<string>): string {
  for (let number = block * 256 + index + 1; number < 65_535; number += 1) {
    const address = `10.77.${Math.floor(number / 256)}.${number % 256}`;
    if (!taken.has(address) && number % 256 !== 255) return address;
  }
  throw new Error("the inside network 10.77.0.0/16 has no free address left");
}

/** The same outside. */
function freeOutside(wanted: number, taken: ReadonlySet<string>): string {
  for (let number = wanted; number < 255; number += 1) {
    const address = `198.51.100.${number}`;
    if (!taken.has(address)) return address;
  }
  throw new Error("the outside network 198.51.100.0/24 has no free address left");
}
