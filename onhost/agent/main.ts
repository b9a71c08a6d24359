import { type Agent, changing, newAgent, reconfigure, writable } from "./agent.ts";
import { readConfig } from "./config.ts";
import { cycle } from "./cycle.ts";
import type { Doors } from "./doors.ts";
import { renew, watch } from "./etcd.ts";
import { housekeeping, keepHouse } from "./housekeeping.ts";
import { settings } from "./model.ts";
import { keepAlive, tellReady } from "./notify.ts";
import { hostStops } from "./process.ts";
import { handOver } from "./requests.ts";
import { openDoors, renewDoors } from "./serve.ts";

/** Time between two looks, ms: at rest, when whatever changes in etcd or ends a session with MariaDB wakes it besides; and while writes wait. */
const rest = 1000;
const hurry = 25;
/** How long an action of a leader may take before its lease is left to end, ms. */
const longest = 15_000;

const file = process.argv[2] ?? "/etc/rampart/database/agent.json";

/** The database's agent of this host. It ends only by a signal; what it has promised is on the disk. */
async function run(): Promise<void> {
  const agent = await newAgent(readConfig(file), settings);
  agent.wake = wake;
  const doors = await openDoors(agent, log);
  process.on("SIGHUP", () => reread(agent, doors));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void leave(agent));
  setInterval(() => void keepLease(agent), settings.lease / 4);
  // On a host that has no time for it a look may be late; systemd ends only one that hangs.
  keepAlive(() => awake(agent, longest, 2 * settings.lease));
  follow(agent);
  tellReady();
  const house = housekeeping();
  for (;;) {
    const again = await cycle(agent, log).catch((error: unknown) => {
      log(`The look failed: ${error instanceof Error ? error.stack : String(error)}`);
      return false;
    });
    keepHouse(house, agent, log);
    if (!again) await pause(changing(agent) ? hurry : rest);
  }
}

/** Until it is time, or something has happened: during the last look already, perhaps. */
function pause(most: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, woken ? 10 : most);
    wakeUp = over;
    function over(): void {
      clearTimeout(timer);
      wakeUp = undefined;
      woken = false;
      resolve();
    }
  });
}

let woken = false;
let wakeUp: (() => void) | undefined;

function wake(): void {
  woken = true;
  wakeUp?.();
}

/** How long a primary whose host is being shut down tries to hand over, ms. */
const farewell = 5000;
let leaving = false;

/** An agent that is only started anew leaves everything as it is; where the whole host goes down, the primary hands over first. */
async function leave(agent: Agent): Promise<void> {
  if (leaving) return;
  leaving = true;
  setTimeout(() => process.exit(0), farewell + 1000);
  if (writable(agent) && (await hostStops())) {
    const against = await handOver(agent, "the shutdown of its host", performance.now() + farewell).catch(String);
    log(against === undefined ? "This host goes down; another member leads." : `This host goes down: ${against}`);
  }
  process.exit(0);
}

let renewing = false;

/** Renews the lease while the cycle runs: an agent that hangs must lose it. */
async function keepLease(agent: Agent): Promise<void> {
  if (renewing || !awake(agent, longest, agent.settings.lease) || followsAnother(agent)) return;
  renewing = true;
  await renew(agent.etcd, agent.settings.lease).catch(() => undefined);
  renewing = false;
}

/** The lease of a key that another has by now may end. */
function followsAnother({ last, config }: Agent): boolean {
  const leader = last?.view.store?.leader?.member;
  return leader !== undefined && leader !== config.me;
}

let actingSince: number | undefined;

/**
 * @param most how long an action of a leader may take, ms.
 * @param late how long ago the last look may have been, ms.
 */
function awake({ last, acting, etcd }: Agent, most: number, late: number): boolean {
  const now = performance.now();
  actingSince = acting === undefined ? undefined : (actingSince ?? now);
  if (actingSince !== undefined) return etcd.lease === "0" || acting === "rebuild" || now - actingSince < most;
  return last === undefined || now - last.at < late;
}

/** Looks at once when anything changes in etcd. */
function follow(agent: Agent): void {
  let over = false;
  const again = () => {
    if (over) return;
    over = true;
    setTimeout(() => follow(agent), 1000);
  };
  watch(agent.etcd, wake, again);
}

function reread(agent: Agent, doors: Doors): void {
  try {
    reconfigure(agent, readConfig(file));
    renewDoors(doors, agent);
    log("Configuration and certificates were read again.");
  } catch (error) {
    log(`What is new could not be read, so the old holds: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One line in the journal. */
function log(text: string): void {
  process.stdout.write(`${text}\n`);
}

await run();
