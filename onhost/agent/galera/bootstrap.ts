import { existsSync } from "node:fs";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { GaleraAnswer, GaleraPosition } from "../../../src/contract/galera.ts";
import { hasData, run } from "../process.ts";
import {
  forgetPosition,
  forgetView,
  isStopped,
  noHistory,
  permitFounding,
  readNote,
  recoverPosition,
  startServer,
  stopServer,
} from "./server.ts";
import { askOthers, holdFile, type Teller } from "./teller.ts";

// The steps of a bootstrap on one member; `rampart db bootstrap` calls them on all, in this order. Each refuses when the cluster runs.

const no = (reason: string): GaleraAnswer => ({ done: false, reason });
const yes: GaleraAnswer = { done: true, reason: "" };

/** Stops MariaDB, which waits for a cluster that does not come, and keeps it from being started. */
export async function hold(teller: Teller): Promise<GaleraAnswer> {
  const against = await running(teller);
  if (against !== undefined) return no(against);
  await mkdir(dirname(holdFile(teller.config)), { recursive: true, mode: 0o700 });
  await writeFile(holdFile(teller.config), "");
  await stopServer(teller.config, teller.view?.facts !== undefined);
  return yes;
}

/** Lets it join again; `forget` the cluster that it was in last, which will not come back. */
export async function release({ config }: Teller, forget: boolean): Promise<GaleraAnswer> {
  if (forget && (await isStopped())) await forgetView(config);
  await rm(holdFile(config), { force: true });
  return yes;
}

/** How far the data of this member go. Only a member that is held is asked: nothing may change afterwards. */
export async function position({ config }: Teller): Promise<GaleraPosition> {
  const none = (source: string): GaleraPosition => ({ host: config.me, history: null, seqno: -1, source });
  if (!existsSync(holdFile(config)) || !(await isStopped())) throw new Error("MariaDB is not held");
  if (!hasData(config.paths.data)) return none("its data folder is empty");
  const note = await readNote(config);
  if (note === undefined) return none("its data were given up, to be copied anew");
  if (note.history === noHistory)
    return none("its data are not whole: a copy was not finished, or it differed from the others");
  const found = await recoverPosition();
  if (found === undefined || found.history === noHistory) return none("MariaDB found no position in its data");
  if (note.history !== found.history) return none("Galera's note names another history than its data");
  return { host: config.me, history: found.history, seqno: found.seqno, source: "recovered from its data" };
}

/** Room that is left over after a copy, bytes. */
const spare = 256 * 2 ** 20;

/** Copies the data folder aside, but for what Galera makes anew. Resolves with the folder. */
export async function copyAside({ config }: Teller, name: string): Promise<GaleraAnswer> {
  if (!/^[\w-]+$/.test(name)) return no("that is no name of a folder");
  const { data, state } = config.paths;
  const size = Number((await run("du", ["-sB1", "--exclude=galera.cache", data], 600_000)).split("\t")[0]);
  const { bavail, bsize } = await statfs(state);
  const free = bavail * bsize;
  if (free < size + spare)
    return no(`a copy of its data takes ${mebibytes(size)} MiB, and ${mebibytes(free)} MiB are free in ${state}`);
  const folder = join(state, name);
  await rm(folder, { recursive: true, force: true });
  await run("cp", ["-a", "--reflink=auto", data, folder], 4 * 3_600_000);
  await rm(join(folder, "galera.cache"), { force: true });
  await run("sync", ["-f", folder], 600_000);
  return { done: true, reason: folder };
}

/**
 * Begins the cluster anew from this member's data. A new history is what keeps everybody apart who was not asked: whoever has more
 * of the old one than this member is then filled by a copy, and cannot carry on as if nothing had happened.
 */
export async function bootstrap(teller: Teller, newHistory: boolean): Promise<GaleraAnswer> {
  const { config } = teller;
  const against = await running(teller);
  if (against !== undefined) return no(against);
  if (!existsSync(holdFile(config)) || !(await isStopped())) return no("MariaDB is not held.");
  if (newHistory) await forgetPosition(config);
  else await forgetView(config);
  await permitFounding(config);
  await startServer(config, newHistory ? "found a new history" : "found");
  teller.startedAt = performance.now();
  await rm(holdFile(config), { force: true });
  return yes;
}

/** Why nothing is begun: a cluster runs, seen from here. */
async function running(teller: Teller): Promise<string | undefined> {
  const { config, view } = teller;
  if (view?.facts?.primary) return `${config.me} belongs to a cluster that runs.`;
  const others = await askOthers(teller);
  const found = Object.entries(others).find(([, peer]) => peer.primary);
  return found === undefined ? undefined : `${found[0]} belongs to a cluster that runs.`;
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
