import { afterAll, beforeAll, expect, test } from "vitest";
import { site, siteIsDown, siteIsUp, statusOf } from "./support/alert-site.ts";
import { say } from "./support/lab.ts";
import { onHost, rampart } from "./support/rampart.ts";
import { mailAccount, type Receivers } from "./support/receivers.ts";
import { eventually } from "./support/time.ts";

// An alert is told by webhook and by mail, also while one of the two refuses or hangs, and so is its end.

let told: Receivers;

beforeAll(async () => {
  told = await siteIsUp();
  await allQuiet(90);
}, 1_800_000);
afterAll(async () => {
  await told?.stop();
  await siteIsDown();
});

async function allQuiet(seconds: number): Promise<void> {
  await eventually(seconds, async () => {
    const { alerts, alertsKnown } = await statusOf();
    expect([alertsKnown, alerts.map((one) => one.name)]).toEqual([true, []]);
  });
}

/** The seconds until an alert came by webhook. */
async function heard(alert: string, status: "firing" | "resolved", since: number, within: number): Promise<number> {
  let at: number | undefined;
  await eventually(within, async () => {
    at = told.heard(alert, status, since);
    expect(at, `${alert} ${status}`).toBeDefined();
  });
  return ((at ?? 0) - since) / 1000;
}

/** The first letter after a moment that holds all of these. */
async function letter(since: number, within: number, ...texts: readonly string[]): Promise<string> {
  let text = "";
  await eventually(within, async () => {
    const fits = told.letters.find((one) => one.at >= since && texts.every((part) => one.text.includes(part)));
    expect(fits, texts.join(", ")).toBeDefined();
    text = fits?.text ?? "";
  });
  return text;
}

const stopApp = async () => await onHost("hello1", "systemctl stop app-hello", site);
const startApp = async () => await onHost("hello1", "systemctl start app-hello", site);

test("a page comes by webhook and by mail, with what to do; its end comes, too", async () => {
  const broken = Date.now();
  await stopApp();
  const seconds = await heard("SiteDown", "firing", broken, 30);
  const text = await letter(broken, 60, "SiteDown, page");
  say(`site down: told by webhook after ${seconds.toFixed(1)} s`);
  expect(text).toMatch(/^Subject: \[talerts\d?\] page: /m);
  expect(text).toContain("https://www.alerts.example/ does not answer");
  expect(text).toMatch(/since {4}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  expect(text).toContain("What to do about SiteDown:");
  expect(text).toContain("rampart status");
  const mended = Date.now();
  await startApp();
  await heard("SiteDown", "resolved", mended, 60);
  await letter(mended, 60, "SiteDown, resolved");
  await allQuiet(60);
});

test("what an apply silences is told again soon after its end", async () => {
  await eventually(60, async () => {
    const { stdout } = await rampart(["silence", "list", "--json"], site);
    expect(JSON.parse(stdout)).toEqual({ silences: [] });
  });
  const { stdout } = await rampart(["alerts", "--json"], site);
  const { alerts } = JSON.parse(stdout) as { alerts: readonly { state: string }[] };
  expect(alerts.length).toBeGreaterThan(40);
  expect(alerts.filter(({ state }) => state === "firing")).toEqual([]);
});

test("a host that is silenced is not told, and still shown", async () => {
  const made = await rampart(["silence", "--host", "mon1", "--for", "5m", "--why", "trial", "--json"], site);
  const { id } = JSON.parse(made.stdout) as { id: string };
  const began = Date.now();
  await onHost("mon1", "systemd-run --quiet --unit=rampart-trial false", site);
  await eventually(60, async () => {
    const { alerts } = JSON.parse((await rampart(["alerts", "--json"], site)).stdout) as { alerts: readonly object[] };
    expect(alerts).toContainEqual(expect.objectContaining({ name: "UnitFailed", about: "mon1", silenced: true }));
  });
  expect(told.heard("UnitFailed", "firing", began)).toBeUndefined();
  const ended = Date.now();
  await rampart(["silence", "end", id], site);
  await heard("UnitFailed", "firing", ended, 90);
  await onHost("mon1", "systemctl reset-failed rampart-trial", site);
  await heard("UnitFailed", "resolved", ended, 120);
  await allQuiet(60);
});

test("the webhook refuses: mail tells of it, and what waits is delivered when it takes again", async () => {
  const broken = Date.now();
  told.behave("webhook", "refuse");
  await stopApp();
  await letter(broken, 60, "SiteDown, page");
  const text = await letter(broken, 90, "AlertsNotDelivered on mon1, page");
  expect(text).toContain("do not get through by webhook");
  const names = (await statusOf()).alerts.map((one) => one.name);
  expect(names).toContain("AlertsNotDelivered");
  const mended = Date.now();
  told.behave("webhook", "take");
  say(`what waited came ${(await heard("SiteDown", "firing", mended, 30)).toFixed(1)} s after the webhook took again`);
  await startApp();
  await heard("AlertsNotDelivered", "resolved", mended, 150);
  await allQuiet(60);
});

test("the mail server hangs: the webhook is not held up, and tells of it", async () => {
  const broken = Date.now();
  told.behave("mail", "hang");
  await stopApp();
  const seconds = await heard("SiteDown", "firing", broken, 30);
  const failed = await heard("AlertsNotDelivered", "firing", broken, 120);
  say(
    `mail server hangs: site down told after ${seconds.toFixed(1)} s, the failed delivery after ${failed.toFixed(1)} s`,
  );
  const mended = Date.now();
  told.behave("mail", "take");
  await letter(mended, 90, "SiteDown");
  await startApp();
  await heard("AlertsNotDelivered", "resolved", mended, 180);
  await allQuiet(60);
});

test("the password of the mail account is never shown, and readable by root and Alertmanager alone", async () => {
  for (const words of [["config"], ["config", "--json"], ["explain", "mon1:/etc/prometheus/mail.password"], ["plan"]]) {
    const { stdout, stderr } = await rampart(words, site);
    expect(stdout + stderr, words.join(" ")).not.toContain(mailAccount.password);
  }
  const mode = await onHost("mon1", "stat -c '%a %U %G' /etc/prometheus/mail.password", site);
  expect(mode).toBe("640 root prometheus");
});
