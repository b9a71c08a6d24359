import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readJson, writeDurably } from "./disk.ts";
import type { Memory } from "./model.ts";

/** What the agent keeps on disk beside `Memory`, for what MariaDB itself does not tell. */
export interface Notes {
  /** Members whose replication account is locked here: written after a lock, and before an unlock. */
  readonly locked: readonly string[];
  /** The last CHANGE MASTER: in which life of the server, by which secret, and whether its IO thread has run since. */
  readonly followed: { readonly start: string; readonly secret: string; readonly connected: boolean } | undefined;
  /** A rebuild is under way, or was cut off: what is in the data folder is not to be used. */
  readonly seeding: boolean;
  /** What semi-sync had counted when this server was opened for writes; more is a breach (rule 6). */
  readonly opened: { readonly start: string; readonly term: number; readonly breaches: number } | undefined;
  /** The operator wants this member built anew. */
  readonly wanted: Wanted | undefined;
}

/** An operator's wish; from which member, or whichever fits. */
export interface Wanted {
  readonly from: string | undefined;
}

/** Both, and how to change them: what is changed is on the disk when the promise is kept. */
export interface Kept {
  memory: Memory;
  notes: Notes;
  readonly remember: (change: Partial<Memory>) => Promise<void>;
  readonly note: (change: Partial<Notes>) => Promise<void>;
}

const nothing: Memory = { seen: 0, promised: 0, noted: undefined, led: 0 };
const blank: Notes = { locked: [], followed: undefined, seeding: false, opened: undefined, wanted: undefined };

export async function recall(folder: string): Promise<Kept> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = { memory: join(folder, "memory.json"), notes: join(folder, "notes.json") };
  const kept: Kept = {
    memory: { ...nothing, ...(await readJson<Memory>(files.memory)) },
    notes: { ...blank, ...(await readJson<Notes>(files.notes)) },
    remember: async (change) => {
      const next = { ...kept.memory, ...change };
      await writeDurably(files.memory, JSON.stringify(next));
      kept.memory = next;
    },
    note: async (change) => {
      const next = { ...kept.notes, ...change };
      await writeDurably(files.notes, JSON.stringify(next));
      kept.notes = next;
    },
  };
  return kept;
}
