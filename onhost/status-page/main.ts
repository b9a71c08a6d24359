import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lookAt } from "./look.ts";
import { type Kept, keptAfter } from "./model.ts";
import { type About, statusHtml } from "./page.ts";

// On a monitor host: looks at Prometheus every 15 s and writes the public status page, which web hosts fetch. When Prometheus does not
// answer the page stays as it is, and web hosts call it stale.

const everyMs = 15_000;
const [settingsFile = "/etc/rampart/status-page.conf"] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsFile, "utf8").replace(/^#.*\n/, "")) as About & {
  readonly prometheus: string;
};
const folder = process.env.STATE_DIRECTORY ?? "/var/lib/rampart-status-page";
const keptFile = join(folder, "kept.json");

function kept(): Kept {
  try {
    return JSON.parse(readFileSync(keptFile, "utf8")) as Kept;
  } catch {
    return { days: {}, incidents: [] };
  }
}

/** Whole or not at all. */
function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

let said = "";
function say(text: string): void {
  if (text !== said && text !== "") console.error(text);
  said = text;
}

async function write(): Promise<void> {
  const before = kept();
  const look = await lookAt(settings.prometheus, settings.services, before, Math.floor(Date.now() / 1000));
  const after = keptAfter(before, look);
  put(keptFile, JSON.stringify(after));
  mkdirSync(join(folder, "public"), { recursive: true, mode: 0o755 });
  put(join(folder, "public", "status.html"), statusHtml(settings, look, after));
}

for (;;) {
  await write().then(
    () => say(""),
    (error: unknown) => say(`the page was not written: ${error instanceof Error ? error.message : String(error)}`),
  );
  await new Promise((done) => setTimeout(done, everyMs));
}
