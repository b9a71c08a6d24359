import { shellQuote } from "../../base/text.ts";
import { isGalera } from "../../model/galera.ts";
import type { Check } from "../../model/role.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { paths } from "./paths.ts";
import { storeCheck } from "./store.ts";

/** Seconds in which the agents of a new site have founded the cluster, on a machine that makes all of its hosts at once. */
const standsWithin = 120;

/** What must be true of a database host: its door answers as itself, and it keeps its part of the promise. */
export function databaseChecks(host: Host, topology: Topology): readonly Check[] {
  const galera = isGalera(topology.site);
  const standing = galera ? galeraCheck(host) : standingCheck(host);
  return [...(galera ? [] : storeCheck(host)), ...doorChecks(host, topology), standing];
}

/**
 * One host's from those of a service that uses the database, which hold a certificate for it; the others' from a member.
 * `ping` needs no account: the server's refusal counts as an answer, a wrong certificate does not.
 */
function doorChecks(host: Host, topology: Topology): readonly Check[] {
  const service = topology.site.app.find((one) => one.database);
  const users = service ? hostsOf(topology, "app", service.name) : [];
  const neighbours = hostsOf(topology, "database").filter((other) => other.name !== host.name);
  // In mode galera members have no way to each other's port: they talk by others.
  const galera = isGalera(topology.site);
  const fromUsers = service !== undefined && users.length > 0 && (host.index === 0 || galera);
  const from = (fromUsers ? users : galera ? [] : neighbours).map((one) => one.name);
  if (from.length === 0) return [];
  const key = fromUsers ? `/etc/rampart/tls/${service.name}-database` : "/etc/mysql/tls/server";
  return [
    {
      id: "database.door",
      role: "database",
      host: host.name,
      from,
      script: doorScript(host, tierName(topology.site, "database"), key),
      within: standsWithin,
      promise: `${host.name} answers at ${host.inside}:3306 by TLS, with a certificate of this site.`,
    },
  ];
}

function doorScript(host: Host, name: string, key: string): string {
  const target = `${host.inside}:3306`;
  return [
    `answer=$(timeout 5 openssl s_client -starttls mysql -connect ${target} -verify_return_error -verify_hostname ${shellQuote(name)} -CAfile ${paths.ca} -cert ${shellQuote(`${key}.crt`)} -key ${shellQuote(`${key}.key`)} < /dev/null 2>&1)`,
    `case $answer in *"Verify return code: 0 (ok)"*) exit 0 ;; esac`,
    `reason=$(printf '%s\\n' "$answer" | sed -n -e 's/^[0-9A-F]*:error:[^:]*:[^:]*:[^:]*:\\([^:]*\\).*/\\1/p' -e 's/^Verify return code: //p' | head -n 1)`,
    `[ -n "$reason" ] || reason="no answer within 5 s"`,
    `echo "${target}: $reason"`,
    "exit 1",
  ].join("\n");
}

/**
 * Asked on the host itself: only its agent knows how it stands. Whether it is primary or replica is the agents' affair, so
 * that the same promise holds for each.
 */
function standingCheck(host: Host): Check {
  return {
    id: "database.standing",
    role: "database",
    host: host.name,
    from: [host.name],
    script: `${paths.status} check`,
    within: standsWithin,
    promise: `${host.name} is the primary and replicas acknowledge its writes, or it follows less than 5 s behind.`,
  };
}

/** Asked on the host itself, of the member program. */
function galeraCheck(host: Host): Check {
  return {
    ...standingCheck(host),
    within: joinedWithin,
    promise: `${host.name} has everything that the cluster has, and all members and the arbiter belong to it.`,
  };
}

/** Seconds until the last member of a new cluster has got its copy: each waits for the one before. */
const joinedWithin = 240;
