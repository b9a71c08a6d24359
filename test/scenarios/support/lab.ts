import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText } from "../../../src/lab/paths.ts";
import type { SiteStatus } from "../../../src/model/status.ts";
import { type RampartOptions, rampart, rampartDone, remember, said } from "./rampart.ts";
import { copyShop, scratch, shop } from "./site.ts";
import { eventually } from "./time.ts";

/** Tells the files that follow that the shop stands already, or why it did not come up. */
const marker = join(scratch, "shop.state");
/** Holds the process that runs the scenarios: their labs have fixed names, so there can be one run at a time. */
const owner = join(scratch, "owner");

/** The shop's lab, started by the first file that needs it and shared by all; the suite's end takes it down. */
export async function shopIsUp(): Promise<void> {
  claimLabs();
  if (existsSync(marker)) {
    const state = readFileSync(marker, "utf8");
    if (state !== "up") throw new Error(`the shop did not come up:\n${state}`);
    return;
  }
  copyShop();
  await rampartDone(["down"]);
  const result = await rampart(["up"], { timeoutMs: 600_000 });
  writeFileSync(marker, result.exitCode === 0 ? "up" : said(result));
  if (result.exitCode !== 0) throw new Error(`rampart up failed:\n${said(result)}`);
  say(`rampart up: ${(result.durationMs / 1000).toFixed(1)} s`);
}

/** To be called before a lab of the scenarios is touched; throws when another run has them. */
export function claimLabs(): void {
  mkdirSync(scratch, { recursive: true });
  const run = process.env.RAMPART_SCENARIOS_RUN ?? "";
  const holder = readText(owner);
  if (holder !== undefined && holder !== run && existsSync(`/proc/${holder}`))
    throw new Error(`process ${holder} runs the scenarios; two runs at once would meet in the same labs`);
  // What a run has left that was killed, or kept on purpose.
  if (holder !== run && process.env.RAMPART_SCENARIOS_KEEP !== "1") rmSync(marker, { force: true });
  writeFileSync(owner, run);
}

/** Takes down what this run brought up, and removes what it wrote. */
export async function labsAreDown(): Promise<void> {
  if (readText(owner) !== process.env.RAMPART_SCENARIOS_RUN) return;
  if (existsSync(join(shop.folder, "rampart.config.ts"))) {
    const result = await rampart(["down"]);
    if (result.exitCode !== 0) throw new Error(`rampart down failed:\n${said(result)}`);
    say(`rampart down: ${(result.durationMs / 1000).toFixed(1)} s`);
  }
  rmSync(scratch, { recursive: true, force: true });
}

/** The site's status as the command line gives it, whatever its exit code. */
export async function siteStatus(at: RampartOptions = {}): Promise<SiteStatus & { readonly exitCode: number }> {
  const result = await rampart(["status", "--json"], { timeoutMs: 60_000, ...at });
  return { ...(JSON.parse(result.stdout) as SiteStatus), exitCode: result.exitCode };
}

/** Waits until every host is well and no alert fires; resolves with the seconds that it took. */
export async function siteIsWell(withinSeconds: number): Promise<number> {
  return await eventually(withinSeconds, async () => {
    const status = await siteStatus();
    const { alerts, hosts, ...others } = status;
    const ill = hosts.filter((host) => host.state !== "well");
    if (ill.length > 0 || alerts.length > 0 || !status.alertsKnown || status.exitCode !== 0)
      throw new Error(`not well: ${JSON.stringify({ alerts, ill, ...others })}`);
  });
}

/** A figure that the reader of the test's output wants to see. */
export function say(text: string): void {
  remember(text);
  process.stderr.write(`  » ${text}\n`);
}
