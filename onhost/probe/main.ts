import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ProbeSettings, probeSeconds } from "../../src/model/probe.ts";
import { openDoor, renewDoor } from "./door.ts";
import { noFigures, visitWentWell } from "./figures.ts";
import { lookAtPage, lookAtParts } from "./look.ts";
import { makeVisit } from "./visit.ts";
import { listen, newListener } from "./watch.ts";

// The program of a probe host: it looks at the site by its own clock, whether or not anybody asks, keeps what it saw for the
// monitor, and tells the operators itself when no monitor gives a sign of life.

const settings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ProbeSettings;
const figures = noFigures();
const memory = join(process.env.STATE_DIRECTORY ?? "/var/lib/rampart-probe", "told.json");
const listener = newListener(settings, figures, memory, log);

const door = await openDoor(listener);
process.on("SIGHUP", () => renewDoor(door, settings));
process.on("SIGTERM", () => process.exit(0));

void listen(listener);
void again(
  () => probeSeconds.page,
  () => lookAtPage(settings, figures),
);
void again(
  () => probeSeconds.others,
  () => lookAtParts(settings, figures),
);
if (settings.visit.length > 0) void visits();

/** Regions take turns, so that a moment's fault is met by one of them. */
async function visits(): Promise<void> {
  const place = settings.probes.findIndex(({ region }) => region === settings.region);
  await pause(5 + (place * probeSeconds.visit) / settings.probes.length);
  await again(
    () => (visitWentWell(figures.visit) ? probeSeconds.visit : probeSeconds.visitAgain),
    async () => {
      const visit = await makeVisit(settings, trusted());
      figures.visit = visit;
      figures.visits += 1;
      const failed = visit.steps.find(({ fault }) => fault !== undefined);
      if (failed === undefined) return;
      figures.visitsFailed += 1;
      log(`visit: ${failed.name}: ${failed.fault}`);
    },
  );
}

/** The authorities that vouch for the site; read anew, since they change while a CA is rotated. */
function trusted(): string {
  return settings.trust
    .split(" ")
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

async function again(seconds: () => number, deed: () => Promise<void>): Promise<never> {
  for (;;) {
    const began = performance.now();
    await deed().catch((error: unknown) => log(error instanceof Error ? error.message : String(error)));
    await pause(Math.max(0.2, seconds() - (performance.now() - began) / 1000));
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** One line in the journal. */
function log(text: string): void {
  process.stdout.write(`${text}\n`);
}
