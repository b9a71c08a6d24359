import type { HaproxySection } from "../../formats/haproxy.ts";
import { type Host, hostsOf, type Topology } from "../../model/topology.ts";
import { databasePorts } from "./facts.ts";

/** Who takes writes and who takes reads. */
interface Standing {
  readonly primary: Host;
  readonly replicas: readonly Host[];
}

/**
 * The one place that says who is primary: in this version the first host, and nobody else ever. What will know it better
 * (an agent that follows the election) takes its place here.
 */
function standing(topology: Topology): Standing | undefined {
  const [primary, ...replicas] = hostsOf(topology, "database");
  return primary === undefined ? undefined : { primary, replicas };
}

/** Two ports on 127.0.0.1: writes to the primary, reads to the replicas. TLS passes through, from the program to MariaDB. */
export function databaseSections(topology: Topology): readonly HaproxySection[] {
  const hosts = standing(topology);
  if (hosts === undefined) return [];
  const { primary, replicas } = hosts;
  // A check is a connection without a log-in, which MariaDB counts: every 2 s, once a host.
  const checked = "check inter 2s fastinter 500ms downinter 1s fall 2 rise 1";
  // Who waits on a host that is down should hear of it now; its connections would only hang.
  const common = "on-marked-down shutdown-sessions";
  const server = (host: Host) => `server ${host.name} ${host.inside}:3306 tcp-ut 5s`;
  return [
    tcpDefaults,
    {
      kind: "listen",
      name: "database_write",
      from: "tcp",
      why: "Writes: the primary, and no other host whatever happens to it.",
      lines: [`bind 127.0.0.1:${databasePorts.write}`, `default-server ${common} ${checked}`, server(primary)],
    },
    {
      kind: "listen",
      name: "database_read",
      from: "tcp",
      why: "Reads: the replicas in turn; the primary when none of them is there.",
      lines: [
        `bind 127.0.0.1:${databasePorts.read}`,
        "balance roundrobin",
        `default-server ${common}`,
        ...replicas.map((host) => `${server(host)} ${checked}`),
        `${server(primary)} track database_write/${primary.name} backup`,
      ],
    },
  ];
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
    "timeout connect 1s",
    "timeout check 2s",
    "timeout queue 5s",
    "# As long as MariaDB itself keeps a connection on which nothing is said (wait_timeout).",
    "timeout client 8h",
    "timeout server 8h",
    "timeout client-fin 10s",
    "timeout server-fin 10s",
    "option srvtcpka",
    "srvtcpka-idle 5s",
    "srvtcpka-intvl 2s",
    "srvtcpka-cnt 2",
    "retries 3",
    "option redispatch 1",
  ],
};
