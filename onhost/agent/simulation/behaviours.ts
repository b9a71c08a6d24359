import { type Name, type Rig, sees, stands } from "./rig.ts";

// What MariaDB does with replication and acknowledgements, as DATABASE.md numbers it: each is tried on the model of the simulation and
// on real servers, so that what the simulation proves holds for these. Three members, all at rest: "a" takes writes, "b" and "c" follow it,
// nobody needs or gives acknowledgements yet. Numbers count the transactions since then.

export interface Behaviour {
  /** The point of DATABASE.md, "What MariaDB really does". */
  readonly point: number;
  readonly name: string;
  readonly tryOn: (rig: Rig) => Promise<void>;
}

export const behaviours: readonly Behaviour[] = [
  {
    point: 1,
    name: "any one replica that acknowledges is enough, and a write without one waits until there is one",
    tryOn: async (rig) => {
      await bothAcknowledge(rig);
      await stands(await rig.write("a"), "ok", rig);
      await rig.stop("b", "io");
      await stands(await rig.write("a"), "ok", rig);
      await rig.stop("c", "io");
      const write = await rig.write("a");
      await stands(write, "waiting", rig);
      await rig.start("b", "io");
      await stands(write, "ok", rig);
    },
  },
  {
    point: 1,
    name: "a replica acknowledges from its next connection on, not before",
    tryOn: async (rig) => {
      await rig.requireAcks("a");
      const write = await rig.write("a");
      await stands(write, "waiting", rig);
      await rig.acknowledge("b", true);
      await stands(write, "waiting", rig);
      await sees(rig, "b", { acking: false });
      await reconnect(rig, "b");
      await sees(rig, "b", { acking: true });
      await stands(await rig.write("a"), "ok", rig);
      await stands(write, "ok", rig);
    },
  },
  {
    point: 2,
    name: "what is not acknowledged is hidden on the primary, counted in its binary log, and shown by a replica that does not acknowledge",
    tryOn: async (rig) => {
      await rig.requireAcks("a");
      const write = await rig.write("a");
      await stands(write, "waiting", rig);
      await sees(rig, "a", { logged: 1, rows: 0 });
      await sees(rig, "c", { logged: 1, rows: 1 });
    },
  },
  {
    point: 6,
    name: "a replica that only stops receiving applies what it has",
    tryOn: async (rig) => {
      await receivedAlone(rig);
      await rig.start("c", "sql");
      await sees(rig, "c", { logged: 2, unapplied: 0, rows: 2 });
    },
  },
  {
    point: 6,
    name: "starting a replica with both threads stopped throws away what was received and not applied",
    tryOn: async (rig) => {
      await receivedAlone(rig);
      await rig.stop("c", "io");
      await sees(rig, "c", { unapplied: 2, told: 2 });
      await rig.start("c", "both");
      await sees(rig, "c", { logged: 0, unapplied: 0, rows: 0 });
    },
  },
  {
    point: 6,
    name: "CHANGE MASTER throws it away at once, though Gtid_IO_Pos goes on showing it",
    tryOn: async (rig) => {
      await receivedAlone(rig);
      await rig.stop("c", "io");
      await rig.changeMaster("c", "a");
      await sees(rig, "c", { logged: 0, unapplied: 0, told: 2 });
    },
  },
  {
    point: 6,
    name: "a restart keeps it, though Gtid_IO_Pos shows nothing; what throws it away is the start of a thread",
    tryOn: async (rig) => {
      await receivedAlone(rig);
      await rig.kill("c");
      await rig.begin("c", "plain");
      await sees(rig, "c", { logged: 0, unapplied: 2, told: undefined });
      await rig.start("c", "sql");
      await sees(rig, "c", { logged: 0, unapplied: 0, rows: 0 });
    },
  },
  {
    point: 7,
    name: "after a crash a plain start commits what nobody acknowledged",
    tryOn: async (rig) => {
      await unacknowledged(rig, "row");
      await rig.begin("a", "plain");
      await sees(rig, "a", { runs: true, logged: 1, rows: 1 });
    },
  },
  {
    point: 7,
    name: "and a start as replica takes it back",
    tryOn: async (rig) => {
      await unacknowledged(rig, "row");
      await rig.begin("a", "truncate");
      await sees(rig, "a", { runs: true, logged: 0, rows: 0 });
    },
  },
  {
    point: 7,
    name: "a truncated primary that rejoins without acknowledging skips its own lost transactions, with every sign green",
    tryOn: async (rig) => {
      await succeeded(rig);
      await rejoined(rig);
      await sees(rig, "a", { receiving: "yes", logged: 2, rows: 1 });
      await sees(rig, "b", { logged: 2, rows: 2 });
    },
  },
  {
    point: 7,
    name: "one that acknowledges gets them",
    tryOn: async (rig) => {
      await succeeded(rig);
      await rig.acknowledge("a", true);
      await rejoined(rig);
      await sees(rig, "a", { receiving: "yes", logged: 2, rows: 2 });
    },
  },
  {
    point: 7,
    name: "and so does one with a server number that was never used",
    tryOn: async (rig) => {
      await succeeded(rig);
      await rig.setServerId("a", 9);
      await rejoined(rig);
      await sees(rig, "a", { receiving: "yes", logged: 2, rows: 2 });
    },
  },
  {
    point: 7,
    name: "one that was started plainly is refused, for it has what nobody else has",
    tryOn: async (rig) => {
      await unacknowledged(rig, "row");
      await rig.open("b");
      await stands(await rig.write("b"), "ok", rig);
      await rig.begin("a", "plain");
      await rejoined(rig);
      await sees(rig, "a", { receiving: "refused", rows: 1 });
    },
  },
  {
    point: 8,
    name: "a definition that nobody acknowledged is not taken back",
    tryOn: async (rig) => {
      await unacknowledged(rig, "definition");
      await rig.begin("a", "truncate");
      await sees(rig, "a", { runs: true, logged: 1 });
    },
  },
  {
    point: 8,
    name: "and after a row that nobody acknowledged it keeps the server from starting",
    tryOn: async (rig) => {
      await unacknowledged(rig, "row", "definition");
      await rig.begin("a", "truncate");
      await sees(rig, "a", { runs: false });
    },
  },
  {
    point: 10,
    name: "a frozen replica is counted as connected, and acknowledges nothing",
    tryOn: async (rig) => {
      await bothAcknowledge(rig);
      await rig.stop("c", "io");
      await rig.freeze("b");
      const write = await rig.write("a");
      await stands(write, "waiting", rig);
      await sees(rig, "a", { connected: ["b"] });
      await rig.thaw("b");
      await stands(write, "ok", rig);
    },
  },
];

async function reconnect(rig: Rig, member: Name): Promise<void> {
  await rig.stop(member, "io");
  await rig.start(member, "io");
}

async function bothAcknowledge(rig: Rig): Promise<void> {
  for (const member of ["b", "c"] as const) {
    await rig.acknowledge(member, true);
    await reconnect(rig, member);
    await sees(rig, member, { acking: true });
  }
  await rig.requireAcks("a");
}

/** The primary is dead, and c has received two transactions of which it has applied none. */
async function receivedAlone(rig: Rig): Promise<void> {
  await rig.stop("c", "sql");
  await stands(await rig.write("a"), "ok", rig);
  await stands(await rig.write("a"), "ok", rig);
  await sees(rig, "c", { logged: 0, unapplied: 2, told: 2 });
  await rig.kill("a");
}

/** The primary died with writes that nobody has received. */
async function unacknowledged(rig: Rig, ...writes: readonly ("row" | "definition")[]): Promise<void> {
  await rig.requireAcks("a");
  await rig.stop("b", "io");
  await rig.stop("c", "io");
  for (const what of writes) await stands(await rig.write("a", what), "waiting", rig);
  await sees(rig, "a", { logged: writes.length });
  await rig.kill("a");
}

/** b has a transaction of which a never heard that it was received; a died, b leads, and a was started as replica. */
async function succeeded(rig: Rig): Promise<void> {
  await rig.requireAcks("a");
  await stands(await rig.write("a"), "waiting", rig);
  await sees(rig, "b", { logged: 1 });
  await rig.kill("a");
  await rig.open("b");
  await stands(await rig.write("b"), "ok", rig);
  await rig.begin("a", "truncate");
  await sees(rig, "a", { runs: true, logged: 0 });
}

async function rejoined(rig: Rig): Promise<void> {
  await rig.changeMaster("a", "b");
  await rig.start("a", "both");
}
