import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { GaleraStatus } from "../../../src/contract/galera.ts";
import type { DatabaseStanding } from "../../../src/model/status.ts";
import { type Load, loadInWords, nothingWrong, startLoad, stopLoad, verdictOn, writeGap } from "./database.ts";
import { claimLabs, say } from "./lab.ts";
import { onHost, rampart, rampartDone, said } from "./rampart.ts";
import { place, root, scratch } from "./site.ts";
import { eventually } from "./time.ts";

// A site of its own with the shop's service on a Galera cluster, as small as such a site can be.

const folder = join(scratch, "galera");
export const site = { site: folder } as const;
const keep = process.env.RAMPART_SCENARIOS_KEEP === "1";

export async function siteIsUp(): Promise<void> {
  claimLabs();
  mkdirSync(folder, { recursive: true });
  const left = new Set(["node_modules", "test"]);
  if (!existsSync(join(folder, "shop")))
    cpSync(join(root, "examples/shop/shop"), join(folder, "shop"), {
      recursive: true,
      filter: (path) => !left.has(basename(path)),
    });
  writeSite({ hosts: 3 });
  await rampartDone(["up"], { ...site, timeoutMs: 900_000 });
}

export async function siteIsDown(): Promise<void> {
  if (keep) return;
  await rampart(["down"], site);
  rmSync(folder, { recursive: true, force: true });
}

export function writeSite(members: { readonly hosts: number; readonly arbiter?: "monitor" }): void {
  const text = {
    name: place === 0 ? "tgalera" : `tgalera${place}`,
    domain: "www.galera.example",
    balancer: { hosts: 1 },
    web: { hosts: 1 },
    app: {
      shop: {
        ...{ source: "./shop", build: "npm ci --omit=dev --no-audit --no-fund", migrate: "node migrate.js" },
        ...{ start: "node server.js", port: 3000, health: "/healthz", database: true, hosts: 1 },
        secrets: ["SESSION_SECRET"],
      },
    },
    database: { mode: "galera", backup: { store: "none" }, ...members },
    environments: { lab: { httpsPort: 9843 + place, httpPort: 9881 + 20 * place } },
  };
  const lines = `import { defineSite } from "rampart";\nexport default defineSite(${JSON.stringify(text, undefined, 2)});\n`;
  writeFileSync(join(folder, "rampart.config.ts"), lines);
}

export async function lab(deed: string, hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map((host) => rampartDone(["lab", deed, host], site)));
}

export async function on(host: string, script: string): Promise<string> {
  return await onHost(host, script, site);
}

/** What MariaDB on a member answers to root, or its complaint. */
export async function sql(host: string, statement: string): Promise<string> {
  return await on(host, `timeout 20 mariadb --batch --skip-column-names -e "${statement}" 2>&1 || true`);
}

export async function memberStatus(host: string): Promise<GaleraStatus> {
  return JSON.parse(await on(host, "/usr/local/lib/rampart/database-status")) as GaleraStatus;
}

export async function standing(): Promise<DatabaseStanding> {
  return JSON.parse((await rampart(["db", "--json"], site)).stdout) as DatabaseStanding;
}

/** All members have everything, and all votes are in. Resolves with the seconds that it took. */
export async function clusterIsWhole(withinSeconds: number): Promise<number> {
  return await eventually(withinSeconds, async () => {
    const { galera } = await standing();
    if (galera?.whole !== true) throw new Error(`the cluster is not whole: ${JSON.stringify(galera)}`);
  });
}

export interface GaleraDrill {
  readonly name: string;
  /** Does the harm; what it returns undoes it. */
  readonly harm: () => Promise<(() => Promise<void>) | undefined>;
  readonly seconds: number;
  /** How long writes may wait, in seconds; undefined: for as long as the harm lasts. */
  readonly gap: number | undefined;
  readonly members: readonly string[];
}

/** Harm under writers and readers: nothing acknowledged is lost or comes twice, and all members hold the same afterwards. */
export async function runGaleraDrill(drill: GaleraDrill): Promise<void> {
  await clusterIsWhole(120);
  await startLoad({}, site);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const heal = await drill.harm();
  await new Promise((resolve) => setTimeout(resolve, drill.seconds * 1000));
  await heal?.();
  const whole = await clusterIsWhole(180);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const load = await stopLoad(site);
  say(`${drill.name}: ${loadInWords(load)}; whole again after ${whole.toFixed(1)} s`);
  await judge(load, drill.members);
  // A busy machine makes everything slower; what is far beyond is wrong on any.
  const most = (drill.gap ?? Number.POSITIVE_INFINITY) * 4;
  if (writeGap(load) > most) throw new Error(`writes waited ${writeGap(load).toFixed(2)} s, more than ${most} s`);
}

export async function judge(load: Load, members: readonly string[]): Promise<void> {
  if (load.acknowledged.length < 20) throw new Error(`only ${load.acknowledged.length} writes were acknowledged`);
  const verdict = await verdictOn(load, members, site);
  if (JSON.stringify(verdict) !== JSON.stringify(nothingWrong)) throw new Error(JSON.stringify(verdict, undefined, 2));
}

/** A refusal, whose words are returned. */
export async function refused(words: readonly string[]): Promise<string> {
  const result = await rampart(words, site);
  if (result.exitCode === 0) throw new Error(`rampart ${words.join(" ")} was not refused\n${said(result)}`);
  return said(result);
}
