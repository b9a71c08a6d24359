import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson, removeDurably, writeDurably, writeForNow } from "./disk.ts";
import type { Memory } from "./model.ts";
import { openRecord } from "./record.ts";

/** What the agent keeps on disk beside `Memory`, for what MariaDB itself does not tell. */
export interface Notes {
  /** Members whose replication account is locked here: written after a lock, and before an unlock. */
  readonly locked: readonly string[];
  /** A rebuild is under way, or was cut off: what is in the data folder is not to be used. */
  readonly seeding: boolean;
  /** The operator wants this member built anew. */
  readonly wanted: Wanted | undefined;
}

/** What is true of one life of the server only: an agent that is started again must know it, a host that lost its power need not. */
export interface Passing {
  /** The last CHANGE MASTER: in which life of the server, by which secret, and whether its IO thread has run since. */
  readonly followed: { readonly start: string; readonly secret: string; readonly connected: boolean } | undefined;
  /** What semi-sync had counted when this server was opened for writes; more is a breach (rule 6). */
  readonly opened: { readonly start: string; readonly term: number; readonly breaches: number } | undefined;
}

/** An operator's wish; from which member, or whichever fits. */
export interface Wanted {
  readonly from: string | undefined;
}

/** All of it, and how to change it: what is changed of `memory` and `notes` is on the disk when the promise is kept. */
export interface Kept {
  memory: Memory;
  notes: Notes;
  passing: Passing;
  readonly remember: (change: Partial<Memory>) => Promise<void>;
  readonly note: (change: Partial<Notes>) => Promise<void>;
  readonly noteForNow: (change: Partial<Passing>) => Promise<void>;
}

const nothing: Memory = { seen: 0, promised: 0, noted: undefined, led: 0 };
const blank: Notes = { locked: [], seeding: false, wanted: undefined };

export async function recall(folder: string): Promise<Kept> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = { notes: join(folder, "notes.json"), passing: join(folder, "passing.json") };
  const record = await openRecord<Memory>(join(folder, "memory"));
  const { followed, opened, ...notes }: Partial<Notes & Passing> = (await readJson<Notes & Passing>(files.notes)) ?? {};
  let turn: Promise<unknown> = Promise.resolve();
  const kept: Kept = {
    memory: { ...nothing, ...record.value, ...(await earlier(folder, record.write)) },
    notes: { ...blank, ...notes },
    // Earlier versions kept both in one file.
    passing: (await readWhole<Passing>(files.passing)) ?? { followed, opened },
    remember: (change) => {
      const written = turn.then(async () => {
        const next = { ...kept.memory, ...change };
        await record.write(next);
        kept.memory = next;
      });
      turn = written.catch(() => undefined);
      return written;
    },
    note: async (change) => {
      const next = { ...kept.notes, ...change };
      await writeDurably(files.notes, JSON.stringify(next));
      kept.notes = next;
    },
    noteForNow: async (change) => {
      const next = { ...kept.passing, ...change };
      await writeForNow(files.passing, JSON.stringify(next));
      kept.passing = next;
    },
  };
  return kept;
}

/** What an agent of an earlier version remembers: taken over once. */
async function earlier(folder: string, write: (memory: Memory) => Promise<void>): Promise<Memory | undefined> {
  const file = join(folder, "memory.json");
  const memory = await readJson<Memory>(file);
  if (memory === undefined) return undefined;
  await write({ ...nothing, ...memory });
  await removeDurably(file);
  return memory;
}

/** A file that a power cut broke speaks of a life of the server that is over. */
async function readWhole<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
