import { fail } from "../../base/problem.ts";
import { shellQuote } from "../../base/text.ts";
import type { AppService, Site } from "../../model/site.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { interactive, streaming } from "../../ssh/attached.ts";
import { goneHosts, targetsOf } from "../hosts.ts";
import { nearest } from "../nearest.ts";
import type { OpenSite } from "../site.ts";

/**
 * `db shell [--read] [SERVICE]`: a MariaDB client with the rights of a service and no more. It runs on a host of that service, where its
 * certificate and its ways to the primary and the replicas are: no other account, and no password leaves the host.
 */
export async function shell(open: OpenSite, service: string | undefined, read: boolean): Promise<number> {
  const chosen = serviceFor(open.site, service);
  const target = targetsOf(open)(hostFor(open, chosen));
  const argv = ["sh", "-c", clientScript(chosen, read)];
  return process.stdin.isTTY ? await interactive(target, argv) : await streaming(target, argv, { stdin: "inherit" });
}

/**
 * As the service's own account. Ctrl-C does not reach the client: it would answer with KILL QUERY, which makes a commit that still waits
 * for a replica look acknowledged. No new connection by itself: a transaction that was begun would be gone without a word.
 */
export function clientScript({ name }: AppService, read: boolean): string {
  const port = read ? '"$DATABASE_READ_PORT"' : '"$DATABASE_PORT"';
  const user = shellQuote(`app-${name}`);
  return `. ${shellQuote(`/etc/rampart/app/${name}.env`)}
export MYSQL_PWD="$DATABASE_PASSWORD" MYSQL_HISTFILE=/dev/null
exec setpriv --reuid ${user} --regid ${user} --clear-groups --no-new-privs -- mariadb --no-defaults --sigint-ignore --skip-reconnect \\
  --prompt='\\u@\\d ${read ? "(reads)" : "(writes)"}> ' --host="$DATABASE_HOST" --port=${port} --user="$DATABASE_USER" --protocol=tcp \\
  --ssl-ca="$DATABASE_CA" --ssl-cert="$DATABASE_CERT" --ssl-key="$DATABASE_KEY" --ssl-verify-server-cert "$DATABASE_NAME"`;
}

function serviceFor(site: Site, wanted: string | undefined): AppService {
  const able = site.app.filter((one) => one.database);
  const names = able.map((one) => one.name);
  const [first] = able;
  if (wanted === undefined && able.length === 1 && first !== undefined) return first;
  const found = able.find((one) => one.name === wanted);
  if (found !== undefined) return found;
  const guess = wanted === undefined ? undefined : nearest(wanted, names);
  return fail("No shell was opened", {
    path: wanted ?? "SERVICE",
    reason: wanted === undefined ? "several services have a database." : "is no service with a database.",
    remedy: `${guess ? `Did you mean "${guess}"? ` : ""}Name one: ${names.join(", ")}`,
  });
}

function hostFor(open: OpenSite, { name }: AppService): string {
  const gone = goneHosts(open);
  const host = appHosts(open.topology, name).find((one) => !gone.has(one));
  return (
    host ??
    fail("No shell was opened", {
      path: name,
      reason: "none of its hosts is up, and its certificate lies there.",
      remedy: "Bring one back: rampart up",
    })
  );
}

function appHosts(topology: Topology, service: string): readonly string[] {
  return hostsOf(topology, "app")
    .filter((host) => host.service === service)
    .map((host) => host.name);
}
