import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import { allQuiet, heard, letter, site, siteIsDown, siteIsUp } from "./support/alert-site.ts";
import { say } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson, said } from "./support/rampart.ts";
import { outside, type Receivers } from "./support/receivers.ts";

// The site as three regions see it: one alone is a note, most of them a page, and when the monitor dies they speak themselves.

const regions = ["eu", "us", "asia"];
const address = "198.51.100.10";
let told: Receivers;

beforeAll(async () => {
  told = await siteIsUp({ at: outside, always: { regions } });
  await allQuiet(120);
}, 1_800_000);

afterAll(async () => {
  await told?.stop();
  await siteIsDown();
});

/** How often an alert was told by webhook since a moment. */
function times(alert: string, status: string, since: number): number {
  const all = told.posted.filter(({ at }) => at >= since).flatMap(({ alerts }) => alerts);
  return all.filter(({ labels, status: has }) => labels.alertname === alert && has === status).length;
}

const lose = (region: string) => onHost(`probe-${region}`, `ip route add blackhole ${address}/32`, site);
const find = (region: string) => onHost(`probe-${region}`, `ip route del blackhole ${address}/32`, site);

test("every region sees the site; what is open is what is declared, with hosts that stand outside, too", async () => {
  interface Seen {
    readonly regions: readonly { readonly region: string; readonly checks: Readonly<Record<string, boolean | null>> }[];
  }
  const seen = await rampartJson<Seen>(["regions"], site);
  const well = { dns: true, tcp: true, tls: true, page: true };
  expect(seen.regions.map(({ region, checks }) => [region, checks])).toEqual(regions.map((one) => [one, well]));
  const verified = await rampart(["firewall", "verify"], { ...site, timeoutMs: 300_000 });
  expect(verified.exitCode, said(verified)).toBe(0);
  const looked = await rampart(["verify"], { ...site, timeoutMs: 300_000 });
  expect(looked.exitCode, said(looked)).toBe(0);
});

test("one region loses the site: a note that names it, and nobody is woken", async () => {
  const began = Date.now();
  await lose("us");
  try {
    const seconds = await heard(told, "SiteDownInRegion", "firing", began, 120);
    say(`one region without the site: told after ${seconds.toFixed(1)} s`);
    const status = await rampart(["regions"], site);
    expect([status.exitCode, status.stdout]).toEqual([1, expect.stringContaining("us")]);
  } finally {
    await find("us");
  }
  await heard(told, "SiteDownInRegion", "resolved", began, 120);
  expect([times("SiteDownOutside", "firing", began), times("SiteDown", "firing", began)]).toEqual([0, 0]);
  const labels = told.posted.flatMap(({ alerts }) => alerts).map((one) => one.labels);
  const regional = labels.filter(({ alertname }) => alertname === "SiteDownInRegion");
  expect(new Set(regional.map(({ region }) => region))).toEqual(new Set(["us"]));
  await allQuiet(60);
});

test("most regions lose it while the monitor inside sees it: a page", async () => {
  const began = Date.now();
  await Promise.all(["eu", "asia"].map(lose));
  try {
    const seconds = await heard(told, "SiteDownOutside", "firing", began, 90);
    say(`two of three regions without the site: told after ${seconds.toFixed(1)} s`);
  } finally {
    await Promise.all(["eu", "asia"].map(find));
  }
  await heard(told, "SiteDownOutside", "resolved", began, 120);
  expect(times("SiteDown", "firing", began)).toBe(0);
  await allQuiet(90);
});

test("the monitor loses its power: the probes tell it within a minute by webhook and mail, once, and take it back", async () => {
  const began = Date.now();
  await rampartDone(["lab", "cut", "mon1"], site);
  const seconds = await heard(told, "MonitorSilent", "firing", began, 90);
  say(`monitor without power: told by the probes after ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(60);
  const text = await letter(told, began, 20, "page: MonitorSilent");
  expect(text).toContain("no sign of life of mon1 reached any region");
  expect(text).toContain("The site itself answers in");
  await sleep(10_000);
  expect(times("MonitorSilent", "firing", began)).toBe(1);
  const back = Date.now();
  await rampartDone(["lab", "start", "mon1"], site);
  await heard(told, "MonitorSilent", "resolved", back, 120);
  await letter(told, back, 20, "resolved: MonitorSilent");
  expect(times("MonitorSilent", "resolved", back)).toBe(1);
  await allQuiet(180);
});

test("while the webhook refuses, a letter is enough; the password of the mail account is the probe's alone", async () => {
  told.behave("webhook", "refuse");
  const began = Date.now();
  await rampartDone(["lab", "cut", "mon1"], site);
  await letter(told, began, 90, "page: MonitorSilent");
  const said = await onHost("probe-eu", "journalctl -q --no-pager -u rampart-probe --since=-3min", site);
  expect(said).toContain("told by one way only: the webhook answers 503");
  told.behave("webhook", "take");
  const back = Date.now();
  await rampartDone(["lab", "start", "mon1"], site);
  await heard(told, "MonitorSilent", "resolved", back, 120);
  expect(await onHost("probe-eu", "stat -c '%a %U %G' /etc/rampart/probe/mail.password", site)).toBe(
    "640 root rampart-probe",
  );
  await allQuiet(180);
});

test("the day is told region by region", async () => {
  const day = new Date().toISOString().slice(0, 10);
  interface Day {
    readonly inside: number;
    readonly regions: readonly { readonly region: string; readonly availability: number }[];
    readonly alerts: readonly { readonly name: string }[];
  }
  const report = await rampartJson<Day>(["report", "--day", day], site);
  expect(report.regions.map(({ region }) => region).toSorted()).toEqual(regions.toSorted());
  for (const { region, availability } of report.regions) {
    expect(availability, region).toBeGreaterThan(0.5);
    // Each of them was without the site for a while.
    expect(availability, region).toBeLessThan(1);
  }
  expect(report.inside).toBeGreaterThan(0.9);
  expect(report.alerts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["SiteDownInRegion", "SiteDownOutside"]),
  );
  const { stdout } = await rampartDone(["report", "--day", day], site);
  say(stdout);
  for (const region of regions) expect(stdout).toMatch(new RegExp(`${region} +\\d+\\.\\d{3} %`));
});
