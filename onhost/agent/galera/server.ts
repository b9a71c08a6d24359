import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { removeDurably, writeDurably } from "../disk.ts";
import { killServer, run, unitState } from "../process.ts";
import type { MemberConfig } from "./config.ts";

const unit = "mariadb.service";

/** How MariaDB is to start this once; the word is taken away when it has started, or ended. */
export type Start = "join" | "found" | "found a new history";

const words: Readonly<Record<Start, string>> = {
  join: "_WSREP_NEW_CLUSTER=\n",
  found: "_WSREP_NEW_CLUSTER=--wsrep-new-cluster\n",
  // Without the position at which the old history stood.
  "found a new history": "_WSREP_NEW_CLUSTER=--wsrep-new-cluster\n_WSREP_START_POSITION=\n",
};

export async function startServer({ paths }: MemberConfig, how: Start): Promise<void> {
  await mkdir(dirname(paths.start), { recursive: true, mode: 0o700 });
  await writeFile(paths.start, words[how]);
  await run("systemctl", ["reset-failed", unit], 3000).catch(() => "");
  await run("systemctl", ["start", "--no-block", unit], 5000);
}

/**
 * Stops MariaDB, and waits until it is gone.
 * @param serves false: it does not answer. One that waits for the other members is deaf to SIGTERM (Galera 26.4), and has served nobody
 * since its start: it is killed.
 */
export async function stopServer({ paths }: MemberConfig, serves: boolean): Promise<void> {
  if (!serves) await killServer().catch(() => undefined);
  await run("systemctl", ["stop", unit], 300_000);
  await rm(paths.start, { force: true });
}

export async function isStopped(): Promise<boolean> {
  const { state, alive } = await unitState();
  return state === "stopped" && !alive;
}

/** Galera's own note of where its data stand, in the data folder. */
const noteOf = ({ paths }: MemberConfig) => join(paths.data, "grastate.dat");
/** Galera's note of who was in the cluster last: with it all of them can come back without anybody's word. */
const viewOf = ({ paths }: MemberConfig) => join(paths.data, "gvwstate.dat");

export interface Note {
  readonly history: string;
  readonly seqno: number;
}

export function parseNote(text: string): Note | undefined {
  const history = /^uuid:\s+([0-9a-f-]{36})\s*$/m.exec(text)?.[1];
  const seqno = /^seqno:\s+(-?\d+)\s*$/m.exec(text)?.[1];
  return history === undefined || seqno === undefined ? undefined : { history, seqno: Number(seqno) };
}

/** undefined: there is none. */
export async function readNote(config: MemberConfig): Promise<Note | undefined> {
  return parseNote(await readFile(noteOf(config), "utf8").catch(() => ""));
}

/** The member is to be filled by a copy of another one's data, whatever it holds. */
export async function forgetPosition(config: MemberConfig): Promise<void> {
  await removeDurably(noteOf(config));
  await removeDurably(viewOf(config));
}

/** Nobody of the old cluster is waited for. */
export async function forgetView(config: MemberConfig): Promise<void> {
  await removeDurably(viewOf(config));
}

/** Galera refuses to begin a cluster from data that it does not know to be the newest. Whoever calls this has compared all. */
export async function permitFounding(config: MemberConfig): Promise<void> {
  const file = noteOf(config);
  if (!existsSync(file)) return;
  const text = await readFile(file, "utf8");
  await writeDurably(file, text.replace(/^safe_to_bootstrap:.*$/m, "safe_to_bootstrap: 1"));
  await run("chown", ["mysql:mysql", file], 3000);
}

/** Where InnoDB stands, by Debian's own program: it starts MariaDB on the data, without a network, until its recovery is done. */
export async function recoverPosition(): Promise<Note | undefined> {
  const own = ["--reuid=mysql", "--regid=mysql", "--clear-groups", "--no-new-privs"];
  const said = await run("setpriv", [...own, "/usr/bin/galera_recovery"], 900_000);
  return parsePosition(said);
}

/** From `--wsrep_start_position=HISTORY:SEQNO`, to which other parts of GTIDs may be added behind a comma. */
export function parsePosition(text: string): Note | undefined {
  const found = /wsrep_start_position=([0-9a-f-]{36}):(-?\d+)/.exec(text);
  return found?.[1] === undefined ? undefined : { history: found[1], seqno: Number(found[2]) };
}

export const noHistory = "00000000-0000-0000-0000-000000000000";
