import { RampartError } from "../../base/problem.ts";
import { type DatabaseStatus, databaseStatusProgram } from "../../contract/database.ts";
import { backupOf } from "../../model/backup.ts";
import { hostsOf } from "../../model/topology.ts";
import { run } from "../../ssh/run.ts";
import { goneHosts, targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";

type Seen = Pick<DatabaseStatus, "standing" | "sqlRunning" | "ioRunning" | "readOnly">;

/** The database hosts that answer, each as it sees itself: replicas that follow first, the primary last. */
export async function answeringHosts(
  open: OpenSite,
): Promise<readonly { readonly host: string; readonly seen: Seen }[]> {
  requireBackups(open);
  const gone = goneHosts(open);
  const names = hostsOf(open.topology, "database").flatMap(({ name }) => (gone.has(name) ? [] : [name]));
  const answers = await Promise.all(
    names.map(async (host) => {
      const { stdout } = await run(targetsOf(open)(host), databaseStatusProgram, { timeoutMs: 8000 });
      return { host, seen: statusOf(stdout) };
    }),
  );
  const known = answers.flatMap(({ host, seen }) => (seen === undefined ? [] : [{ host, seen }]));
  return known.toSorted((one, other) => rank(one.seen) - rank(other.seen));
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
    ({ seen }) => seen.standing === "primary" && seen.readOnly === false,
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

function rank({ standing, sqlRunning, ioRunning }: Seen): number {
  if (standing === "replica") return sqlRunning === "Yes" && ioRunning === "Yes" ? 0 : 2;
  return standing === "primary" ? 1 : 3;
}

function statusOf(output: string): Seen | undefined {
  try {
    return JSON.parse(output) as Seen;
  } catch {
    return undefined;
  }
}
