export type Name = "a" | "b" | "c";
export type Threads = "io" | "sql" | "both";
export type Answer = "ok" | "waiting" | "failed";

/** What is seen of a running member. */
export interface Sight {
  readonly runs: boolean;
  /** Transactions in its binary log, acknowledged or not. */
  readonly logged: number;
  /** Transactions that its relay files hold beyond what it has applied. */
  readonly unapplied: number;
  /** Rows that a reader finds there. */
  readonly rows: number;
  readonly acking: boolean;
  readonly receiving: "no" | "connecting" | "yes" | "refused";
  /** What `Gtid_IO_Pos` shows; undefined: nothing. */
  readonly told: number | undefined;
  /** Replicas that it counts as connected. */
  readonly connected: readonly Name[];
}

/** Three members and a client, real or not. Every call returns when it is done; what follows from it has come after `settle`. */
export interface Rig {
  /** A client begins a write: a row each, or a table that is made. */
  readonly write: (on: Name, what?: "row" | "definition") => Promise<() => Promise<Answer>>;
  readonly look: (member: Name) => Promise<Sight>;
  readonly settle: () => Promise<void>;
  readonly requireAcks: (member: Name) => Promise<void>;
  /** Whether it acknowledges; takes effect when its IO thread connects. */
  readonly acknowledge: (member: Name, on: boolean) => Promise<void>;
  readonly stop: (member: Name, threads: Threads) => Promise<void>;
  readonly start: (member: Name, threads: Threads) => Promise<void>;
  readonly changeMaster: (member: Name, source: Name) => Promise<void>;
  /** Takes writes from now on, and follows nobody. */
  readonly open: (member: Name) => Promise<void>;
  readonly setServerId: (member: Name, id: number) => Promise<void>;
  /** SIGKILL. */
  readonly kill: (member: Name) => Promise<void>;
  /** Starts it; `truncate`: with --init-rpl-role=SLAVE. It may refuse. */
  readonly begin: (member: Name, how: "plain" | "truncate") => Promise<void>;
  readonly freeze: (member: Name) => Promise<void>;
  readonly thaw: (member: Name) => Promise<void>;
}

/** How often it is looked again until what should be is so. */
const patience = 20;

/** Waits until a member is seen so. Throws when it never is. */
export async function sees(rig: Rig, member: Name, wanted: Partial<Sight>): Promise<void> {
  const keys = Object.keys(wanted) as (keyof Sight)[];
  let found: Partial<Sight> = {};
  for (let looks = 0; looks < patience; looks++) {
    await rig.settle();
    const sight = await rig.look(member);
    found = Object.fromEntries(keys.map((key) => [key, sight[key]]));
    if (text(found) === text(wanted)) return;
  }
  throw new Error(`${member} should be ${text(wanted)}, and is ${text(found)}`);
}

/** Waits until the answer to a write is this one. Throws when it never is. */
export async function stands(answered: () => Promise<Answer>, wanted: Answer, rig: Rig): Promise<void> {
  let found: Answer | undefined;
  for (let looks = 0; looks < patience; looks++) {
    await rig.settle();
    found = await answered();
    if (found === wanted) return;
  }
  throw new Error(`the write should be ${wanted}, and is ${found}`);
}

function text(sight: Partial<Sight>): string {
  return JSON.stringify(sight, (_, value) => value ?? null);
}
