import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { SiteStatus } from "../../../src/model/status.ts";
import { claimLabs } from "./lab.ts";
import { rampart, rampartDone } from "./rampart.ts";
import { beside, mailAccount, type Receivers, startReceivers } from "./receivers.ts";
import { place, root, scratch } from "./site.ts";
import { eventually } from "./time.ts";

// Four hosts and whoever is told of their faults, since nobody else's scenario should see them.

export const folder = join(scratch, "alerts");
export const site = { site: folder };
export const name = place === 0 ? "talerts" : `talerts${place}`;
const ports = { webhook: 9900, mail: 2525 };
const keep = process.env.RAMPART_SCENARIOS_KEEP === "1";

export interface Wanted {
  /** Where those stand who are told. */
  readonly at?: string;
  /** Keys of `monitor` that the site has from the beginning. */
  readonly always?: object;
  /** Starts places beside the hosts, and gives the keys of `monitor` that need them. */
  readonly later?: () => object;
}

export async function siteIsUp({ at = beside, always = {}, later = () => ({}) }: Wanted = {}): Promise<Receivers> {
  claimLabs();
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "examples/hello/app"), join(folder, "app"), { recursive: true });
  writeFileSync(join(folder, "mail.password"), `${mailAccount.password}\n`);
  // The authority is known when the receivers are up, and they need the lab's network.
  writeSite(always);
  if (!keep) await rampartDone(["down"], site);
  await rampartDone(["up"], { ...site, timeoutMs: 1_200_000 });
  const receivers = await startReceivers(name, join(folder, "receiver"), ports, at);
  writeFileSync(join(folder, "mail-ca.crt"), receivers.trust);
  const { user } = mailAccount;
  const email = { to: ["ops@alerts.example"], from: "rampart@alerts.example", server: `${at}:${ports.mail}`, user };
  const alerts = {
    webhook: `http://${at}:${ports.webhook}/rampart`,
    email: { ...email, password: "./mail.password" },
    trust: "./mail-ca.crt",
    dailyReport: "06:00",
  };
  writeSite({ ...always, alerts, ...later() });
  await rampartDone(["apply"], { ...site, timeoutMs: 600_000 });
  return receivers;
}

export async function siteIsDown(): Promise<void> {
  if (keep) return;
  await rampart(["down"], site);
  rmSync(folder, { recursive: true, force: true });
}

export async function statusOf(): Promise<SiteStatus> {
  return JSON.parse((await rampart(["status", "--json"], site)).stdout) as SiteStatus;
}

let written: object = {};

/** Writes the site file anew, with these keys of `monitor`. */
export function changeMonitor(keys: object): void {
  writeSite({ ...written, ...keys });
}

function writeSite(monitor: object): void {
  written = monitor;
  const app = { source: "./app", start: "node server.js", port: 3000, health: "/healthz", hosts: 1 };
  const text = {
    ...{ name, domain: "www.alerts.example", balancer: { hosts: 1 }, web: { hosts: 1 }, app: { hello: app } },
    monitor,
    environments: { lab: { httpsPort: 8844 + place, httpPort: 8881 + 20 * place } },
  };
  writeFileSync(
    join(folder, "rampart.config.ts"),
    `import { defineSite } from "rampart";\nexport default defineSite(${JSON.stringify(text)});\n`,
  );
}

/** Waits until no alert fires. */
export async function allQuiet(seconds: number): Promise<void> {
  await eventually(seconds, async () => {
    const { alerts, alertsKnown } = await statusOf();
    expect([alertsKnown, alerts.map((one) => one.name)]).toEqual([true, []]);
  });
}

/** The seconds until an alert came by webhook. */
export async function heard(
  told: Receivers,
  alert: string,
  status: "firing" | "resolved",
  since: number,
  within: number,
): Promise<number> {
  let at: number | undefined;
  await eventually(within, async () => {
    at = told.heard(alert, status, since);
    expect(at, `${alert} ${status}`).toBeDefined();
  });
  return ((at ?? 0) - since) / 1000;
}

/** The first letter after a moment that holds all of these. */
export async function letter(
  told: Receivers,
  since: number,
  within: number,
  ...texts: readonly string[]
): Promise<string> {
  let text = "";
  await eventually(within, async () => {
    const fits = told.letters.find((one) => one.at >= since && texts.every((part) => one.text.includes(part)));
    expect(fits, texts.join(", ")).toBeDefined();
    text = fits?.text ?? "";
  });
  return text;
}
