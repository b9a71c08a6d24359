import { type HaproxySection, haproxyFile } from "../../formats/haproxy.ts";
import {
  globalSection,
  haproxyPaths,
  httpDefaults,
  metricsFrontend,
  noteRequest,
} from "../../formats/haproxy-parts.ts";
import { peersSections } from "../../formats/haproxy-peers.ts";
import { poolSections, usePool } from "../../formats/haproxy-pool.ts";
import {
  banTables,
  countsLogins,
  loginLines,
  memberNetworks,
  requestLimits,
  tellServices,
  visitorTable,
} from "../../formats/haproxy-visitors.ts";
import type { AppService } from "../../model/site.ts";
import { type Host, offersOf, type Topology, tierName } from "../../model/topology.ts";
import { opensTls, poolName, serviceHeader, servicesPort } from "./facts.ts";

/**
 * haproxy.cfg of a web host: takes requests from the nginx beside it and spreads them over the hosts of their service. It
 * does what nginx cannot: active health checks, tries elsewhere, draining by socket, figures by service.
 */
export function webHaproxy(host: Host, topology: Topology): string {
  const { site } = topology;
  const peers = opensTls(site) && countsLogins(site) ? peersSections(host, topology) : [];
  const sections = [
    globalSection(peers.length === 0 ? [] : [`localpeer ${host.name}`]),
    httpDefaults("1h"),
    ...peers,
    ...(site.app.length > 0 ? [servicesFrontend(topology)] : []),
    ...servicePools(topology),
    ...(opensTls(site) ? [visitorTable({ ...site, limits: { ...site.limits, ...onlyErrors } })] : []),
    ...(opensTls(site) ? banTables(site, peers.length > 0) : []),
    metricsFrontend(host.inside, tierName(site, "monitor")),
  ];
  const why = "spreads requests over the hosts of the services.";
  return haproxyFile(sections, `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`);
}

/** Requests are counted by nginx, which sees those for files too. */
const onlyErrors = { requests: false, connections: false, open: false } as const;

function servicesFrontend(topology: Topology): HaproxySection {
  const { site } = topology;
  return {
    kind: "frontend",
    name: "services",
    from: "http",
    why: "nginx on this host asks here; it has chosen the service already.",
    lines: [
      `bind 127.0.0.1:${servicesPort}`,
      ...noteRequest("var(txn.request)"),
      "http-request set-var(txn.request) req.hdr(X-Request-ID)",
      "http-request set-src hdr(X-Forwarded-For)",
      ...(opensTls(site) ? visitorLines(topology) : []),
      `http-request set-var(txn.service) req.hdr(${serviceHeader})`,
      `http-request del-header ${serviceHeader}`,
      "http-request set-log-level silent if { path /.rampart/ping }",
      "http-request return status 200 content-type text/plain string alive if { path /.rampart/ping }",
      "# An answer of unknown length is a stream: nginx passes each piece at once.",
      "http-response set-header X-Accel-Buffering no unless { res.hdr(Content-Length) -m found }",
      ...site.app.flatMap((service) => usePool(poolName(service), `{ var(txn.service) -m str ${service.name} }`)),
    ],
  };
}

/** What the balancers do when they open TLS. */
function visitorLines(topology: Topology): readonly string[] {
  const { site } = topology;
  return [
    `http-request set-var(txn.member) bool(true) if { src ${memberNetworks(topology).join(" ")} }`,
    "http-request track-sc0 src table visitors if !{ var(txn.member) -m bool }",
    ...requestLimits({ ...site, limits: { ...site.limits, ...onlyErrors } }, "txn.member"),
    ...loginLines(site, "txn.member"),
    ...tellServices(site),
  ];
}

const poolsOf = new WeakMap<Topology, readonly HaproxySection[]>();

/** The same on all web hosts, so they are made once. */
function servicePools(topology: Topology): readonly HaproxySection[] {
  const pools = poolsOf.get(topology) ?? topology.site.app.flatMap((service) => servicePool(service, topology));
  poolsOf.set(topology, pools);
  return pools;
}

function servicePool(service: AppService, topology: Topology): readonly HaproxySection[] {
  return poolSections({
    name: poolName(service),
    why: `The service ${service.name}.`,
    tlsName: tierName(topology.site, service.name),
    health: service.health,
    servers: offersOf(topology, `app.${service.name}`).map(({ host, address, port }) => ({
      name: host,
      address,
      port,
    })),
    atOnce: service.concurrency,
    lines: [502, 503, 504].map((status) => `errorfile ${status} ${haproxyPaths.errors}/rampart-${status}.http`),
  });
}
