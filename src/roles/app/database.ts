import { agentPort } from "../../contract/database.ts";
import type { HaproxySection } from "../../formats/haproxy.ts";
import { haproxyPaths } from "../../formats/haproxy-parts.ts";
import { isGalera } from "../../model/galera.ts";
import { type Host, hostsOf, type Topology } from "../../model/topology.ts";
import { databasePorts } from "./facts.ts";

/**
 * Two ports on 127.0.0.1, for writes and for reads. Who serves which is not known here: every member is a candidate for both, and
 * its agent says what it may do. TLS passes through, from the program to MariaDB.
 */
export function databaseSections(topology: Topology): readonly HaproxySection[] {
  const hosts = hostsOf(topology, "database");
  if (hosts.length === 0) return [];
  if (isGalera(topology.site)) return galeraSections(hosts);
  const primary =
    "Who takes writes: the one member whose agent says so. Nobody is served through here, the others follow it.";
  const replicas = "Who takes reads: the replicas that are not too far behind, as their agents see it.";
  return [
    tcpDefaults,
    candidates("database_primary", "/write", primary, hosts),
    candidates("database_replicas", "/read", replicas, hosts),
    writes(hosts),
    reads(hosts),
  ];
}

/** Whoever may serve, and how it is asked whether it does. Nobody is served through here. */
function candidates(name: string, path: string, why: string, hosts: readonly Host[]): HaproxySection {
  return { kind: "backend", name, from: "tcp", why, lines: [...asked(path), ...hosts.map(candidate)] };
}

/** Mode galera: any member that has everything may serve both; see the ways themselves. */
function galeraSections(hosts: readonly Host[]): readonly HaproxySection[] {
  const whole = "every member that has everything, says its member program. Nobody is served through here.";
  return [
    tcpDefaults,
    candidates("database_primary", "/write", `Who could take writes: ${whole}`, hosts),
    candidates("database_replicas", "/read", `Who serves reads: ${whole}`, hosts),
    galeraWrites(hosts),
    galeraReads(hosts),
  ];
}

/**
 * One at a time, the same one for all app hosts: writes through several members to the same rows lose against each other when they
 * are certified, which the application sees as a deadlock at COMMIT.
 */
function galeraWrites(hosts: readonly Host[]): HaproxySection {
  return {
    kind: "listen",
    name: "database_write",
    from: "tcp",
    why: "Writes: to the first member that has everything. Through two at once, writes to the same rows would fail at COMMIT.",
    lines: [
      `bind 127.0.0.1:${databasePorts.write}`,
      ...patience,
      "# When a member further up is back, sessions go back to it: two app hosts must not choose two members.",
      ...hosts.map((host, index) => {
        const back = index < hosts.length - 1 ? " on-marked-up shutdown-backup-sessions" : "";
        return `${passage(host)}${back} track database_primary/${host.name}${index === 0 ? "" : " backup"}`;
      }),
      nobody,
    ],
  };
}

function galeraReads(hosts: readonly Host[]): HaproxySection {
  return {
    kind: "listen",
    name: "database_read",
    from: "tcp",
    why: "Reads: to all members that have everything, in turn. Each first applies what was acknowledged before (wsrep_sync_wait).",
    lines: [
      `bind 127.0.0.1:${databasePorts.read}`,
      "balance roundrobin",
      ...patience,
      ...hosts.map((host) => `${passage(host)} track database_replicas/${host.name}`),
      nobody,
    ],
  };
}

/**
 * A check is a TLS handshake, so there are few: the agent is told what is believed here, and keeps its answer back for most of a
 * second while that is right. When it changes, the answer comes at once; who has just answered is soon asked again.
 */
function asked(path: string): readonly string[] {
  const { certificate, ca } = haproxyPaths;
  return [
    "timeout connect 1s",
    "option httpchk",
    `http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host database.agent`,
    "http-check send-state",
    "http-check expect status 200",
    "# One answer that was lost cuts nobody off: the second try follows at once. A handshake may take as long as `inter`.",
    `default-server check port ${agentPort} inter 500ms fastinter 100ms downinter 100ms fall 2 rise 1`,
    `default-server check-ssl crt ${certificate} ca-file ${ca} verify required`,
  ];
}

/** The name that is asked for is the name that is verified. */
function candidate(host: Host): string {
  return `server ${host.name} ${host.inside}:3306 check-sni ${host.fqdn}`;
}

function writes(hosts: readonly Host[]): HaproxySection {
  return {
    kind: "listen",
    name: "database_write",
    from: "tcp",
    why: "Writes: to the primary, and to no other host whatever happens to it.",
    lines: [
      `bind 127.0.0.1:${databasePorts.write}`,
      ...patience,
      ...hosts.map((host) => `${passage(host)} track database_primary/${host.name}`),
      nobody,
    ],
  };
}

function reads(hosts: readonly Host[]): HaproxySection {
  return {
    kind: "listen",
    name: "database_read",
    from: "tcp",
    why: "Reads: to the replicas in turn; to the primary when none of them is there.",
    lines: [
      `bind 127.0.0.1:${databasePorts.read}`,
      "balance roundrobin",
      ...patience,
      ...hosts.map((host) => `${passage(host)} track database_replicas/${host.name}`),
      ...hosts.map((host) => `${passage(host, "-primary")} track database_primary/${host.name} backup`),
      nobody,
    ],
  };
}

/** HAProxy closes at once what it has no server for. A server that always refuses makes it ask again instead. */
const patience = [
  "# While nobody serves, a connection waits: it is tried again every 50 ms, for 5 s. Nothing was sent, so nothing is sent twice.",
  "timeout connect 50ms",
  "retries 100",
  "option redispatch 1",
];

const nobody = "server nobody 127.0.0.1:1 backup";

/** Sessions of a member that may no longer serve are cut: they would only hang, or be told that it is read-only. */
function passage(host: Host, as = ""): string {
  return `server ${host.name}${as} ${host.inside}:3306 tcp-ut 5s on-marked-down shutdown-sessions`;
}

const tcpDefaults: HaproxySection = {
  kind: "defaults",
  name: "tcp",
  lines: [
    "mode tcp",
    "log global",
    "option tcplog",
    "option dontlognull",
    "option dontlog-normal",
    "timeout check 2s",
    "# As long as MariaDB itself keeps a connection on which nothing is said (wait_timeout).",
    "timeout client 8h",
    "timeout server 8h",
    "timeout client-fin 10s",
    "timeout server-fin 10s",
    "option srvtcpka",
    "srvtcpka-idle 5s",
    "srvtcpka-intvl 2s",
    "srvtcpka-cnt 2",
  ],
};
