import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SiteStatus } from "../../../src/model/status.ts";
import { rampart, rampartDone } from "./rampart.ts";
import { copyShop, scratch, shop } from "./site.ts";
import { eventually } from "./time.ts";

/** Tells the files that follow that the shop stands already, or that it did not come up. */
const marker = join(scratch, "shop.state");

/** The shop's lab, started by the first file that needs it and shared by all; the suite's end takes it down. */
export async function shopIsUp(): Promise<void> {
  if (existsSync(marker)) {
    const state = readFileSync(marker, "utf8");
    if (state !== "up") throw new Error(`the shop did not come up:\n${state}`);
    return;
  }
  copyShop();
  await rampartDone(["down"]);
  const result = await rampart(["up"], { timeoutMs: 600_000 });
  writeFileSync(marker, result.exitCode === 0 ? "up" : `${result.stdout}\n${result.stderr}`);
  if (result.exitCode !== 0) throw new Error(`rampart up failed:\n${result.stdout}\n${result.stderr}`);
  say(`rampart up: ${(result.durationMs / 1000).toFixed(1)} s`);
}

/** Takes down what `shopIsUp` brought up, if it did. */
export async function shopIsDown(): Promise<void> {
  if (!existsSync(join(shop.folder, "rampart.config.ts"))) return;
  const result = await rampart(["down"]);
  if (result.exitCode !== 0) throw new Error(`rampart down failed:\n${result.stdout}\n${result.stderr}`);
  say(`rampart down: ${(result.durationMs / 1000).toFixed(1)} s`);
}

/** The site's status as the command line gives it, whatever its exit code. */
export async function siteStatus(): Promise<SiteStatus & { readonly exitCode: number }> {
  const result = await rampart(["status", "--json"], { timeoutMs: 60_000 });
  return { ...(JSON.parse(result.stdout) as SiteStatus), exitCode: result.exitCode };
}

/** Waits until every host is well and no alert fires; resolves with the seconds that it took. */
export async function siteIsWell(withinSeconds: number): Promise<number> {
  return await eventually(withinSeconds, async () => {
    const status = await siteStatus();
    const ill = status.hosts.filter((host) => host.state !== "well");
    if (ill.length > 0 || status.alerts.length > 0 || !status.alertsKnown || status.exitCode !== 0)
      throw new Error(JSON.stringify({ ...status, hosts: ill }));
  });
}

/** A figure that the reader of the test's output wants to see. */
export function say(text: string): void {
  mkdirSync(scratch, { recursive: true });
  process.stderr.write(`  » ${text}\n`);
}
