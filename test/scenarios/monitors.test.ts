import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import { allQuiet, changeMonitor, heard, letter, site, siteIsDown, siteIsUp, statusOf } from "./support/alert-site.ts";
import { say } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson, said } from "./support/rampart.ts";
import type { Receivers } from "./support/receivers.ts";
import { eventually } from "./support/time.ts";

// Two monitor hosts: whatever is lost of them, each alert is told, and once.

let told: Receivers;

beforeAll(async () => {
  told = await siteIsUp({ always: { hosts: 2 } });
  await allQuiet(120);
}, 1_800_000);

afterAll(async () => {
  await told?.stop();
  await siteIsDown();
});

const amtool = "amtool --alertmanager.url=http://127.0.0.1:9093";
const stopApp = async () => await onHost("hello1", "systemctl stop app-hello", site);
const startApp = async () => await onHost("hello1", "systemctl start app-hello", site);

/** How often each page and ticket was told by webhook since a moment: "SiteDown firing" → 1. */
function timesOf(since: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { at, alerts } of told.posted) {
    if (at < since) continue;
    for (const { labels, status } of alerts) {
      const what = [labels.alertname, labels.host, status].filter((part) => part !== undefined).join(" ");
      counts[what] = (counts[what] ?? 0) + 1;
    }
  }
  return counts;
}

function lettersOf(since: number, ...texts: readonly string[]): number {
  return told.letters.filter((one) => one.at >= since && texts.every((part) => one.text.includes(part))).length;
}

/** What a command tells that ends with 1 while something is wrong. */
async function sees<T>(command: "alerts" | "top"): Promise<T> {
  return JSON.parse((await rampart([command, "--json"], site)).stdout) as T;
}

async function hearEachOther(seconds: number): Promise<void> {
  await eventually(seconds, async () => {
    for (const host of ["mon1", "mon2"]) {
      const members = "curl -fsS http://127.0.0.1:9093/metrics | sed -n 's/^alertmanager_cluster_members //p'";
      expect(await onHost(host, members, site), host).toBe("2");
    }
  });
}

test("each of them watches all, the other one too; what is open is what is declared", async () => {
  await hearEachOther(60);
  const verified = await rampart(["firewall", "verify"], { ...site, timeoutMs: 300_000 });
  expect(verified.exitCode, said(verified)).toBe(0);
  const looked = await rampart(["verify"], { ...site, timeoutMs: 300_000 });
  expect(looked.exitCode, said(looked)).toBe(0);
  for (const [host, other] of [
    ["mon1", "mon2"],
    ["mon2", "mon1"],
  ] as const) {
    const question = `up{host="${other}",job=~"monitor.*"}`;
    const answer = await onHost(host, `promtool query instant http://127.0.0.1:9090 '${question}'`, site);
    expect(answer.match(/=> 1 @/g)?.length, answer).toBe(3);
  }
});

test("neither speaks to anybody else: not to a host of the site, and not without its certificate", async () => {
  const tls = "--cacert /etc/rampart/ca.crt -o /dev/null -sS -m 5 -w '%{http_code}'";
  const url = "https://mon2.$(hostname -d):8413/prometheus";
  const mine = "--cert /etc/prometheus/tls/monitor.crt --key /etc/prometheus/tls/monitor.key";
  const hosts = "--cert /etc/nginx/tls/peer.crt --key /etc/nginx/tls/peer.key";
  expect(await onHost("mon1", `curl ${tls} ${mine} ${url} || true`, site)).toContain("200");
  expect(await onHost("mon1", `curl ${tls} ${hosts} ${url} || true`, site)).not.toContain("200");
  expect(await onHost("mon1", `curl ${tls} ${url} || true`, site)).toContain("400");
  const shake = "openssl s_client -connect mon2.$(hostname -d):9094 -CAfile /etc/rampart/ca.crt -tls1_3 -quiet";
  const refused = await onHost("mon1", `(sleep 2 | timeout 5 ${shake} 2>&1 || true)`, site);
  expect(refused).toMatch(/certificate required/i);
});

test("both see it, one tells it: three faults, each told once and taken back once, by webhook and by letter", async () => {
  const seconds: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const broken = Date.now();
    await stopApp();
    seconds.push(await heard(told, "SiteDown", "firing", broken, 30));
    await letter(told, broken, 60, "SiteDown, page");
    // Longer than one waits for the other.
    await sleep(15_000);
    const mended = Date.now();
    await startApp();
    await heard(told, "SiteDown", "resolved", mended, 60);
    await letter(told, mended, 60, "SiteDown, resolved");
    await allQuiet(60);
    await sleep(10_000);
    const counts = timesOf(broken);
    expect(counts["SiteDown firing"], JSON.stringify(counts)).toBe(1);
    expect(counts["SiteDown resolved"], JSON.stringify(counts)).toBe(1);
    expect(lettersOf(broken, "SiteDown, page")).toBe(1);
  }
  say(`two monitors, site down: told after ${seconds.map((one) => one.toFixed(1)).join(", ")} s`);
});

test.each(["mon1", "mon2"])(
  "%s loses its power: the other tells it, and whatever happens meanwhile, once",
  async (lost) => {
    const [other = ""] = ["mon1", "mon2"].filter((name) => name !== lost);
    const began = Date.now();
    await rampartDone(["lab", "cut", lost], site);
    const seconds = await heard(told, "HostDown", "firing", began, 60);
    say(`${lost} without power: told by ${other} after ${seconds.toFixed(1)} s`);
    const broken = Date.now();
    await stopApp();
    const later = await heard(told, "SiteDown", "firing", broken, 30);
    say(`site down meanwhile: told after ${later.toFixed(1)} s`);
    const { alerts, alertsKnown } = await statusOf();
    expect([alertsKnown, alerts.map(({ name }) => name)]).toEqual([
      true,
      expect.arrayContaining(["HostDown", "SiteDown"]),
    ]);
    const standing = await sees<{ alerts: readonly { name: string; state: string }[] }>("alerts");
    expect(standing.alerts.filter(({ state }) => state === "firing").map(({ name }) => name)).toContain("HostDown");
    const overview = await sees<{ verdict: { health: string } }>("top");
    expect(overview.verdict.health).not.toBe("well");
    const silence = ["silence", "--host", "web1", "--for", "30m", "--why", "kept by both"];
    const { id } = await rampartJson<{ id: string }>(silence, site);
    await startApp();
    await heard(told, "SiteDown", "resolved", broken, 60);
    const back = Date.now();
    await rampartDone(["lab", "start", lost], site);
    await heard(told, "HostDown", "resolved", back, 120);
    await hearEachOther(90);
    await eventually(90, async () => {
      expect(await onHost(lost, `${amtool} silence query -q`, site), "the silence made meanwhile").toContain(id);
    });
    await rampartDone(["silence", "end", id], site);
    await allQuiet(180);
    await sleep(10_000);
    const counts = timesOf(began);
    for (const what of [`HostDown ${lost} firing`, "SiteDown firing", "SiteDown resolved"])
      expect(counts[what], `${what} of ${JSON.stringify(counts)}`).toBe(1);
    // The one that is back may tell this end, too: it joins while it is told (decision 0045).
    const ends = counts[`HostDown ${lost} resolved`] ?? 0;
    say(`the end of HostDown ${lost} was told ${ends === 1 ? "once" : `${ends} times`}`);
    expect([1, 2]).toContain(ends);
  },
);

test.each(["mon1", "mon2"])("%s is frozen while the site goes down: it is told all the same", async (lost) => {
  const began = Date.now();
  await rampartDone(["lab", "freeze", lost], site);
  try {
    await stopApp();
    const seconds = await heard(told, "SiteDown", "firing", began, 30);
    say(`${lost} frozen, site down: told after ${seconds.toFixed(1)} s`);
    await sleep(15_000);
  } finally {
    await rampartDone(["lab", "thaw", lost], site);
    await startApp();
  }
  await heard(told, "SiteDown", "resolved", began, 90);
  await allQuiet(180);
  say(`${lost} frozen: told ${JSON.stringify(timesOf(began))}`);
});

test("a monitor that judges nothing any more is told by the other", async () => {
  const began = Date.now();
  await onHost("mon1", "systemctl stop prometheus prometheus-alertmanager", site);
  const seconds = await heard(told, "TargetDown", "firing", began, 90);
  say(`mon1 without Prometheus and Alertmanager: told after ${seconds.toFixed(1)} s`);
  const broken = Date.now();
  await stopApp();
  await heard(told, "SiteDown", "firing", broken, 30);
  const standing = await sees<{ alerts: readonly { name: string; state: string }[] }>("alerts");
  expect(standing.alerts.filter(({ state }) => state === "firing").map(({ name }) => name)).toContain("SiteDown");
  expect((await sees<{ data: { fresh: boolean } }>("top")).data.fresh).toBe(true);
  await rampartDone(["report", "--day", new Date().toISOString().slice(0, 10)], site);
  await startApp();
  await heard(told, "SiteDown", "resolved", broken, 60);
  await onHost("mon1", "systemctl start prometheus prometheus-alertmanager", site);
  await hearEachOther(90);
  await allQuiet(180);
  const counts = timesOf(broken);
  expect([counts["SiteDown firing"], counts["SiteDown resolved"]], JSON.stringify(counts)).toEqual([1, 1]);
});

test("one is taken away, and added again, by the site file; the site is watched all the while", async () => {
  const began = Date.now();
  changeMonitor({ hosts: 1 });
  await rampartDone(["up"], { ...site, timeoutMs: 600_000 });
  expect((await statusOf()).hosts.map((host) => host.name)).not.toContain("mon2");
  await allQuiet(120);
  changeMonitor({ hosts: 2 });
  await rampartDone(["up"], { ...site, timeoutMs: 900_000 });
  await hearEachOther(90);
  await allQuiet(120);
  expect(timesOf(began)).toEqual({});
  const looked = await rampart(["verify"], { ...site, timeoutMs: 300_000 });
  expect(looked.exitCode, said(looked)).toBe(0);
});
