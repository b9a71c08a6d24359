import { RampartError } from "../../base/problem.ts";
import type { DatabaseStatus } from "../../contract/database.ts";
import { backupOf } from "../../model/backup.ts";
import { hostsOf } from "../../model/topology.ts";
import { askMembers } from "../database-members.ts";
import type { OpenSite } from "../site.ts";

/** The database hosts that answer, each as it sees itself: replicas that follow first, the primary last. */
export async function answeringHosts(
  open: OpenSite,
): Promise<readonly { readonly host: string; readonly status: DatabaseStatus }[]> {
  requireBackups(open);
  const known = (await askMembers(open)).flatMap(({ host, status }) =>
    status === undefined ? [] : [{ host, status }],
  );
  return known.toSorted((one, other) => rank(one.status) - rank(other.status));
}

/** A host for a deed: the one that is named, or the first that has a sound copy. */
export async function chosenHost(open: OpenSite, named: string | undefined, title: string): Promise<string> {
  requireBackups(open);
  const names = hostsOf(open.topology, "database").map(({ name }) => name);
  if (named !== undefined && !names.includes(named)) {
    const reason = `"${named}" is no database host; there are ${names.join(", ")}.`;
    throw new RampartError(title, [{ path: "--on", reason, remedy: "Name one of these." }], "rampart db status");
  }
  if (named !== undefined) return named;
  const [first] = await answeringHosts(open);
  if (first !== undefined) return first.host;
  throw new RampartError(
    title,
    [{ path: "database", reason: "no database host answered.", remedy: "See what is wrong: rampart status" }],
    "rampart status",
  );
}

/** The primary that takes writes. */
export async function primaryHost(open: OpenSite, title: string): Promise<string> {
  const primary = (await answeringHosts(open)).find(
    ({ status }) => status.standing === "primary" && status.readOnly === false,
  );
  if (primary !== undefined) return primary.host;
  throw new RampartError(
    title,
    [
      {
        path: "database",
        reason: "no member takes writes now.",
        remedy: "What was restored stays. See why: rampart db status",
      },
    ],
    "rampart db status",
  );
}

function requireBackups({ site }: OpenSite): void {
  if (backupOf(site) !== undefined) return;
  throw new RampartError("There are no backups", [
    {
      path: "database.backup.store",
      reason: site.database === undefined ? "the site has no database." : 'it is "none": nothing is backed up.',
      remedy: 'Take the key out, or name a store: store: "monitor". Then: rampart apply',
    },
  ]);
}

function rank({ standing, sqlRunning, ioRunning }: DatabaseStatus): number {
  if (standing === "replica") return sqlRunning === "Yes" && ioRunning === "Yes" ? 0 : 2;
  return standing === "primary" ? 1 : 3;
}
