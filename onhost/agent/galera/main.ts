import type { Doors } from "../doors.ts";
import { renewIdentity } from "../doors.ts";
import { connections, identity } from "../https.ts";
import { keepAlive, tellReady } from "../notify.ts";
import { hostStops, killServer } from "../process.ts";
import { readMemberConfig } from "./config.ts";
import { decide } from "./decide.ts";
import { keepHouse, newHouse } from "./house.ts";
import { openDoors } from "./serve.ts";
import { permitFounding, startServer } from "./server.ts";
import { askOthers, look, newTeller, type Teller } from "./teller.ts";

/** Time between two looks, and between two questions to the others, ms. */
const rest = 200;
const asking = 1000;

const file = process.argv[2] ?? "/etc/rampart/database/member.json";

/** The member program of this host: tells how its member stands, and starts MariaDB. It ends only by a signal, and MariaDB goes on. */
async function run(): Promise<void> {
  const teller = newTeller(readMemberConfig(file));
  const doors = await openDoors(teller);
  const house = newHouse();
  let lookedAt = performance.now();
  process.on("SIGHUP", () => reread(teller, doors));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void leave(teller));
  keepAlive(() => performance.now() - lookedAt < 10_000 || teller.busy !== "");
  void listen(teller);
  tellReady();
  for (;;) {
    try {
      if (teller.busy === "") await turn(teller);
      else teller.view = await look(teller);
      lookedAt = performance.now();
    } catch (error) {
      log(`The look failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
    keepHouse(house, teller, log);
    await pause(rest);
  }
}

/** A look, and what follows from it. */
async function turn(teller: Teller): Promise<void> {
  const view = await look(teller);
  teller.view = view;
  const { action, reason } = decide(view);
  if (reason !== teller.decision.reason) log(`${reason}.`);
  teller.decision = { action, reason };
  if (action === "wait" || teller.busy !== "") return;
  if (action === "found") {
    // Nobody answered anything else a moment ago; what was heard then is not enough to begin a cluster on.
    const peers = await askOthers(teller);
    if (decide({ ...view, peers }).action !== "found") return;
    await permitFounding(teller.config);
  }
  teller.startedAt = performance.now();
  await startServer(teller.config, action);
}

/** A MariaDB that waits for the others would keep the host from going down; see `stopServer`. */
async function leave({ view }: Teller): Promise<void> {
  if (view?.unit === "starting" && (await hostStops())) await killServer().catch(() => undefined);
  process.exit(0);
}

async function listen(teller: Teller): Promise<void> {
  for (;;) {
    teller.peers = await askOthers(teller).catch(() => ({}));
    await pause(asking);
  }
}

function reread(teller: Teller, doors: Doors): void {
  try {
    teller.config = readMemberConfig(file);
    teller.connections.destroy();
    teller.connections = connections(identity(teller.config.paths));
    renewIdentity(doors, teller.config.paths);
    log("Configuration and certificates were read again.");
  } catch (error) {
    log(`What is new could not be read, so the old holds: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One line in the journal. */
function log(text: string): void {
  process.stdout.write(`${text}\n`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await run();
