import { strictConfinement } from "../../formats/hardening.ts";
import { systemdAssignment, systemdFile } from "../../formats/systemd.ts";
import type { CertificateResource, UnitResource } from "../../model/resource.ts";
import type { Check } from "../../model/role.ts";
import type { DeclaredFlow, Host, Service, Topology } from "../../model/topology.ts";
import { holdsStore, storeHosts } from "./members.ts";
import { paths } from "./paths.ts";

// etcd, in which the agents agree on who is primary. It holds a few hundred bytes and a lease.

export const storePort = 2379;
export const peerPort = 2380;

/** The name that every certificate of the store has, those of its members and those of the agents. */
function storeName({ name }: { readonly name: string }): string {
  return `store.${name}.internal`;
}

export function storeServices(host: Host, site: { readonly name: string }): readonly Service[] {
  if (!holdsStore(host)) return [];
  const common = {
    ...({ role: "database", host: host.name, address: host.inside, protocol: "tcp" } as const),
    tlsName: storeName(site),
  };
  return [
    { ...common, name: "database.store", port: storePort, summary: "etcd, in which the agents agree" },
    { ...common, name: "database.store-peer", port: peerPort, summary: "members of etcd among themselves" },
  ];
}

export function storeFlows(): readonly DeclaredFlow[] {
  const flow = { role: "database", from: { kind: "tier", tier: "database" }, path: "database.hosts" } as const;
  return [
    { ...flow, to: "database.store", why: "The agents agree in etcd on who is primary." },
    { ...flow, to: "database.store-peer", why: "The members of etcd keep each other's records." },
  ];
}

/** Every database host has it: also where no member of etcd is, the agent shows itself with it. */
export function storeCertificate(host: Host, { site }: Topology): CertificateResource {
  return {
    kind: "certificate",
    role: "database",
    path: "database",
    why: "Members of etcd and the agents show each other that they belong to the database.",
    commonName: host.fqdn,
    dnsNames: [storeName(site), host.fqdn],
    // etcd looks whether a client's certificate fits the address that it comes from.
    ipAddresses: [host.inside],
    usages: ["server", "client"],
    certificateFile: paths.storeCertificate,
    keyFile: paths.storeKey,
    group: holdsStore(host) ? "etcd" : "root",
  };
}

/** etcd's options, as environment variables (op-guide/configuration of etcd 3.5). */
export function storeSettings(host: Host, topology: Topology, header: string): string {
  const { site } = topology;
  const peer = ({ fqdn }: Host) => `https://${fqdn}:${peerPort}`;
  const values: readonly (readonly [string, string] | string)[] = [
    ["NAME", host.name],
    ["DATA_DIR", paths.storeData],
    "The members that begin together. Looked at once, before the first member has data; later the store itself knows.",
    [
      "INITIAL_CLUSTER",
      storeHosts(topology)
        .map((one) => `${one.name}=${peer(one)}`)
        .join(","),
    ],
    ["INITIAL_CLUSTER_STATE", "new"],
    ["INITIAL_CLUSTER_TOKEN", storeName(site)],
    ["INITIAL_ADVERTISE_PEER_URLS", peer(host)],
    ["LISTEN_PEER_URLS", `https://${host.inside}:${peerPort}`],
    ["ADVERTISE_CLIENT_URLS", `https://${host.fqdn}:${storePort}`],
    ["LISTEN_CLIENT_URLS", `https://${host.inside}:${storePort}`],
    "Nobody is heard without a certificate of the site, no member without one of the store. Of clients it cannot be asked:",
    "etcd's own gateway, which the agents speak to, fails with CLIENT_CERT_ALLOWED_HOSTNAME (3.5). Firewalls let members in only.",
    ["TLS_MIN_VERSION", "TLS1.3"],
    ...(["", "PEER_"] as const).flatMap((who): readonly (readonly [string, string])[] => [
      [`${who}CERT_FILE`, paths.storeCertificate],
      [`${who}KEY_FILE`, paths.storeKey],
      [`${who}TRUSTED_CA_FILE`, paths.ca],
      [`${who}CLIENT_CERT_AUTH`, "true"],
    ]),
    ["PEER_CERT_ALLOWED_HOSTNAME", storeName(site)],
    "Milliseconds. A lease cannot be shorter than one and a half elections.",
    ["HEARTBEAT_INTERVAL", "100"],
    ["ELECTION_TIMEOUT", "1000"],
    "The votes of an hour are history enough.",
    ["AUTO_COMPACTION_MODE", "periodic"],
    ["AUTO_COMPACTION_RETENTION", "1h"],
    ["QUOTA_BACKEND_BYTES", String(256 * 2 ** 20)],
    ["LOG_LEVEL", "warn"],
  ];
  const lines = values.map((one) =>
    typeof one === "string" ? `# ${one}` : systemdAssignment(`ETCD_${one[0]}`, one[1]),
  );
  return `# ${header}\n${lines.join("\n")}\n`;
}

/** What Rampart adds to Debian's etcd.service. */
export function storeDropIn(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["After", "network-online.target"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          "A member is ready only when most of them are there: whoever waited for that at the first start would wait for hosts",
          "that are still to be made.",
          ["Type", "exec"],
          "A member that lost its data joins as a new one; see there.",
          ["ExecStartPre", `+${paths.storeProgram}`],
          ["EnvironmentFile", `-${paths.storeStart}`],
          ["ExecStartPost", `+/bin/touch ${paths.storeMember}`],
          ["Restart", "always"],
          ["RestartSec", "1"],
          "A member that comes late to its heartbeats loses its office; so the database would get another primary.",
          ["Nice", "-10"],
          ["OOMScoreAdjust", "-950"],
          ...strictConfinement,
          ["ReadWritePaths", "/var/lib/etcd"],
        ],
      },
    ],
    header,
  );
}

export function storeUnit(): UnitResource {
  return {
    ...{ kind: "unit", role: "database", path: "database", name: "etcd.service", state: "running" },
    why: "The agents agree in it on who is primary.",
    // A new certificate is read at the next connection; only the CA is read once.
    reloadOn: [],
    restartOn: [paths.storeSettings, paths.storeDropIn, paths.ca].map((path) => `file:${path}`),
  };
}

/** Asked on the host itself; the answer means that the member has a leader, so that most of them are there. */
export function storeCheck(host: Host): readonly Check[] {
  if (!holdsStore(host)) return [];
  return [
    {
      id: "database.store",
      role: "database",
      host: host.name,
      from: [host.name],
      script: [
        `answer=$(curl -sS --max-time 5 --cacert ${paths.ca} --cert ${paths.storeCertificate} --key ${paths.storeKey} https://${host.fqdn}:${storePort}/health 2>&1)`,
        `case $answer in *'"health":"true"'*) exit 0 ;; esac`,
        `printf '%s\\n' "$answer"`,
        "exit 1",
      ].join("\n"),
      within: 60,
      promise: `etcd on ${host.name} has a leader, so that the agents can agree on a primary.`,
    },
  ];
}
