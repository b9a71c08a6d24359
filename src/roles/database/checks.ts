import { shellQuote } from "../../base/text.ts";
import type { Check } from "../../model/role.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { type Members, members } from "./members.ts";
import { paths } from "./paths.ts";

/** What must be true of a database host: its door answers as itself, and it is what the site wants it to be. */
export function databaseChecks(host: Host, topology: Topology): readonly Check[] {
  const tier = members(topology);
  if (tier === undefined) return [];
  return [...doorChecks(host, topology), standingCheck(host, tier)];
}

/**
 * From the hosts of a service that uses the database, which hold a certificate for it; without one, from another member.
 * `ping` needs no account: the server's refusal counts as an answer, a wrong certificate does not.
 */
function doorChecks(host: Host, topology: Topology): readonly Check[] {
  const service = topology.site.app.find((one) => one.database);
  const users = service ? hostsOf(topology, "app", service.name) : [];
  const neighbours = hostsOf(topology, "database").filter((other) => other.name !== host.name);
  const isPrimary = members(topology)?.primary.name === host.name;
  const fromUsers = service !== undefined && users.length > 0 && isPrimary;
  const from = (fromUsers ? users : neighbours).map((one) => one.name);
  if (from.length === 0) return [];
  const key = fromUsers ? `/etc/rampart/tls/${service.name}-database` : "/etc/mysql/tls/server";
  return [
    {
      id: "database.door",
      role: "database",
      host: host.name,
      from,
      script: doorScript(host, tierName(topology.site, "database"), key),
      within: 20,
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

/** Asked on the host itself: only MariaDB knows whether its replication runs and its writes are acknowledged. */
function standingCheck(host: Host, { primary, voters }: Members): Check {
  return {
    id: "database.standing",
    role: "database",
    host: host.name,
    from: [host.name],
    script: `${paths.status} check`,
    within: 20,
    promise:
      host.name !== primary.name
        ? `${host.name} replicates, less than 5 s behind the primary.`
        : voters.length > 0
          ? `${host.name} is the primary, takes writes, and a replica acknowledges them.`
          : `${host.name} takes writes.`,
  };
}
