import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { LogExportSettings } from "../../src/model/export.ts";
import { frameOf, textOf } from "./frame.ts";
import { entriesAfter, newestEntry, writtenAt } from "./journal.ts";
import { type Place, placeOf } from "./place.ts";

// On a monitor host: sends what every host says to a place of the operators'. The store of journals is the queue, and what was sent of
// it a cursor for each host, which moves when the other side's system has acknowledged all that came before. So what could not be sent is
// sent later, as long as the store has it; after a failure some of it twice.

const everyMs = 5000;
const settings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as LogExportSettings;
const folder = process.env.STATE_DIRECTORY ?? "/var/lib/rampart-log-export";
const stateFile = join(folder, "sent.json");
const cursors = new Map<string, string>();
/** When a host's file was last written to, as of what was sent. */
const seen = new Map<string, bigint>();
/** `complete`: seconds since 1970. It outlives this process: one that is started again and again must not look like one that sends. */
const figures = { complete: 0, lines: 0, failures: 0 };
let keptAt = 0;
let place: Place | undefined;
// Nothing was said yet, and nothing needs to be while all is well.
let said = "";

function say(text: string): void {
  if (text !== said) console.error(text === "" ? "all is sent again" : text);
  said = text;
}

interface State {
  readonly complete: number;
  readonly cursors: Readonly<Record<string, string>>;
}

/** What the site had to say before it was asked for is not sent; what a host says that is added later is, from its first line. */
async function begin(): Promise<void> {
  let state: State;
  try {
    state = JSON.parse(readFileSync(stateFile, "utf8")) as State;
  } catch {
    for (const { host, journal } of settings.senders) {
      const cursor = textOf((await newestEntry(journal))?.__CURSOR);
      if (cursor !== "") cursors.set(host, cursor);
    }
    figures.complete = Math.floor(Date.now() / 1000);
    return keep();
  }
  figures.complete = state.complete;
  for (const [host, cursor] of Object.entries(state.cursors)) cursors.set(host, cursor);
}

/** Whole or not at all, whatever the power does. */
function keep(): void {
  const state: State = { complete: figures.complete, cursors: Object.fromEntries(cursors) };
  const file = openSync(`${stateFile}.new`, "w", 0o600);
  writeSync(file, JSON.stringify(state));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${stateFile}.new`, stateFile);
  keptAt = Date.now();
}

/** All that has come since the last round. Throws at its end what was wrong with one host's journal: the others' are sent all the same. */
async function round(): Promise<void> {
  const began = Date.now();
  place ??= await placeOf(settings);
  let wrong: unknown;
  let changed = false;
  for (const { host, journal } of settings.senders) {
    const written = writtenAt(journal);
    if (written === undefined || written === seen.get(host)) continue;
    try {
      await send(place, host, journal);
      seen.set(host, written);
      changed = true;
    } catch (error) {
      if (!place.isOpen()) throw error;
      wrong ??= error;
    }
  }
  if (changed || began - keptAt > 30_000) keep();
  if (wrong !== undefined) throw wrong;
  // Also when nothing was to be sent: a place that has closed is asked again.
  await place.taken();
  figures.complete = Math.floor(began / 1000);
}

/** Lines after which what was sent is waited for and kept. */
const batch = 2000;

async function send(to: Place, host: string, journal: readonly string[]): Promise<void> {
  let [lines, cursor] = [0, ""];
  const taken = async () => {
    if (cursor === "") return;
    await to.taken();
    cursors.set(host, cursor);
  };
  for await (const entry of entriesAfter(journal, cursors.get(host))) {
    await to.send(frameOf(entry, host));
    cursor = textOf(entry.__CURSOR) || cursor;
    lines += 1;
    figures.lines += 1;
    if (lines % batch > 0) continue;
    await taken();
    keep();
  }
  await taken();
}

/** Written over in place, always as long: whoever reads it meanwhile finds it whole. */
function tell(): void {
  const text = `# HELP rampart_log_export_complete_timestamp_seconds When all that there was had been sent.
# TYPE rampart_log_export_complete_timestamp_seconds gauge
rampart_log_export_complete_timestamp_seconds ${figures.complete}
# HELP rampart_log_export_lines_total Lines that were sent.
# TYPE rampart_log_export_lines_total counter
rampart_log_export_lines_total ${figures.lines}
# HELP rampart_log_export_failures_total Attempts that failed.
# TYPE rampart_log_export_failures_total counter
rampart_log_export_failures_total ${figures.failures}
`;
  const file = openSync(settings.figures, "r+");
  writeSync(file, text.padEnd(1023, "\n").concat("\n"), 0);
  closeSync(file);
}

await begin();
tell();
for (let pause = everyMs; ; ) {
  try {
    await round();
    say("");
    pause = everyMs;
  } catch (error) {
    figures.failures += 1;
    say(`logs are not sent: ${error instanceof Error ? error.message : String(error)}`);
    place?.close();
    place = undefined;
    pause = Math.min(30_000, pause * 2);
  }
  tell();
  await new Promise((resolve) => setTimeout(resolve, pause));
}
