import { afterAll, beforeAll, expect, test } from "vitest";
import { allQuiet, heard, letter, name, site, siteIsDown, siteIsUp, statusOf } from "./support/alert-site.ts";
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

const stopApp = async () => await onHost("hello1", "systemctl stop app-hello", site);
const startApp = async () => await onHost("hello1", "systemctl start app-hello", site);

test("a page comes by webhook and by mail, with what to do; its end comes, too", async () => {
  const broken = Date.now();
  await stopApp();
  const seconds = await heard(told, "SiteDown", "firing", broken, 30);
  const text = await letter(told, broken, 60, "SiteDown, page");
  say(`site down: told by webhook after ${seconds.toFixed(1)} s`);
  expect(text).toMatch(/^Subject: \[talerts\d?\] page: /m);
  expect(text).toContain("https://www.alerts.example/ does not answer");
  expect(text).toMatch(/since {4}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  expect(text).toContain("What to do about SiteDown:");
  expect(text).toContain("rampart status");
  const mended = Date.now();
  await startApp();
  await heard(told, "SiteDown", "resolved", mended, 60);
  await letter(told, mended, 60, "SiteDown, resolved");
  await allQuiet(60);
});

test("what an apply silences is told again soon after its end", async () => {
  await eventually(60, async () => {
    const { stdout } = await rampart(["silence", "list", "--json"], site);
    expect(JSON.parse(stdout)).toEqual({ silences: [] });
  });
  const { stdout } = await rampart(["alerts", "--json"], site);
  const { alerts } = JSON.parse(stdout) as { alerts: readonly { state: string }[] };
  expect(alerts.length).toBeGreaterThan(20);
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
  await heard(told, "UnitFailed", "firing", ended, 90);
  await onHost("mon1", "systemctl reset-failed rampart-trial", site);
  await heard(told, "UnitFailed", "resolved", ended, 120);
  await allQuiet(60);
});

interface Tried {
  readonly delivered: boolean;
  readonly id: string;
  readonly trials: readonly {
    readonly name: string;
    readonly severity: string;
    readonly routedTo: readonly string[];
    readonly outcomes: readonly {
      readonly channel: string;
      readonly told: number | null;
      readonly why: string | null;
    }[];
  }[];
}

async function tried(
  ...names: readonly string[]
): Promise<{ readonly exitCode: number | null; readonly report: Tried }> {
  const { exitCode, stdout, stderr } = await rampart(["alerts", "test", ...names, "--json"], {
    ...site,
    timeoutMs: 800_000,
  });
  expect(stdout, stderr).toContain("trials");
  return { exitCode, report: JSON.parse(stdout) as Tried };
}

test("every rule is told by webhook and mail as a test, and so is its end; the receivers confirm what is claimed", async () => {
  const began = Date.now();
  const all = JSON.parse((await rampart(["alerts", "--json"], site)).stdout) as { alerts: readonly { name: string }[] };
  const { exitCode, report } = await tried();
  expect(
    report.trials.flatMap(({ name, outcomes }) =>
      outcomes.filter(({ why }) => why !== null).map((one) => [name, one.why]),
    ),
  ).toEqual([]);
  expect([exitCode, report.delivered]).toEqual([0, true]);
  const names = [...new Set(report.trials.map(({ name }) => name))].toSorted();
  expect(names).toEqual([...new Set(all.alerts.map(({ name }) => name))].toSorted());
  expect(report.trials.every(({ routedTo }) => routedTo.join() === "webhook,email")).toBe(true);
  const posted = told.posted.filter(({ at }) => at >= began).flatMap(({ alerts }) => alerts);
  const mine = posted.filter(({ labels }) => labels.rampart_test === report.id);
  expect(mine.every(({ annotations }) => annotations.summary?.startsWith("TEST, nothing is wrong: "))).toBe(true);
  for (const status of ["firing", "resolved"] as const) {
    const came = new Set(mine.filter((one) => one.status === status).map(({ labels }) => JSON.stringify(labels)));
    expect(came.size, status).toBe(report.trials.length);
  }
  // A letter has all alerts of its name, and one has all tickets.
  const letters = told.letters.filter(
    ({ at, text }) => at >= began && /^Subject: \[\w+\] TEST, nothing is wrong: /m.test(text),
  );
  for (const { name } of report.trials) {
    expect(
      letters.some(({ text }) => text.includes(`${name}`) && text.includes("What to do about")),
      name,
    ).toBe(true);
    expect(
      letters.some(({ text }) => text.includes(`${name}, resolved`) || text.includes(`${name} on test-host, resolved`)),
      name,
    ).toBe(true);
  }
  const slowest = Math.max(
    ...report.trials.flatMap(({ outcomes }) => outcomes.map(({ told: after }) => after ?? Infinity)),
  );
  say(
    `alerts test: ${report.trials.length} rules in ${((Date.now() - began) / 1000).toFixed(0)} s, slowest ${slowest.toFixed(1)} s`,
  );
  expect((await statusOf()).alerts).toEqual([]);
});

test("a day is told by webhook and mail, once, with the figures of rampart report, also when the webhook refuses at first", async () => {
  const day = new Date().toISOString().slice(0, 10);
  const { stdout } = await rampart(["report", "--day", day, "--json"], site);
  const report = JSON.parse(stdout) as { requests: number; inside: number; alerts: readonly { name: string }[] };
  expect(report.requests).toBeGreaterThan(0);
  expect(report.inside).toBeGreaterThan(0);
  expect(report.alerts.map(({ name }) => name)).toContain("SiteDown");
  const reports = (since: number) =>
    told.posted
      .filter(({ at }) => at >= since)
      .flatMap(({ alerts }) => alerts)
      .filter(({ labels }) => labels.alertname === "DailyReport");
  const began = Date.now();
  told.behave("webhook", "refuse");
  const program = "/usr/local/lib/rampart/daily-report.mjs /etc/rampart/daily-report.json";
  await onHost("mon1", `systemd-run --quiet --wait --property=DynamicUser=yes node ${program} ${day}`, site);
  const text = await letter(told, began, 60, `${day}: `, "seen from the monitor");
  expect(text).toMatch(new RegExp(`^Subject: \\[${name}\\] ${day}: [\\d.]+ % available, `, "m"));
  expect(text).toContain("SiteDown");
  told.behave("webhook", "take");
  await eventually(60, async () => expect(reports(began)).toHaveLength(1));
  expect(reports(began)[0]).toMatchObject({ status: "firing", labels: { severity: "report", day } });
  // The timer's own way: the day before, of which a new site knows little.
  await onHost("mon1", "systemctl start rampart-daily-report.service", site);
  await letter(told, began, 60, `${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}: `);
  const next = await onHost("mon1", "systemctl show -P NextElapseUSecRealtime rampart-daily-report.timer", site);
  expect(new Date(next.replace(/^\w+ (\S+) (\S+) UTC.*$/s, "$1T$2Z")).toISOString()).toContain("T06:00:00");
  expect((await statusOf()).alerts.filter(({ name: alert }) => alert === "DailyReport")).toEqual([]);
  await allQuiet(180);
});

test("what is not delivered is said to be so, and why", async () => {
  expect((await rampart(["alerts", "test", "SiteDwon"], site)).exitCode).toBe(2);
  const made = await rampart(["silence", "--alert", "DiskFull", "--for", "5m", "--why", "trial", "--json"], site);
  const silenced = await tried("DiskFull");
  expect(silenced.exitCode).toBe(1);
  expect(silenced.report.trials[0]?.outcomes.map(({ why }) => why?.slice(0, 14))).toEqual([
    "it is silenced",
    "it is silenced",
  ]);
  await rampart(["silence", "end", (JSON.parse(made.stdout) as { id: string }).id], site);
  const broken = Date.now();
  told.behave("webhook", "refuse");
  const { exitCode, report } = await tried("SiteDown");
  told.behave("webhook", "take");
  expect([exitCode, report.delivered]).toEqual([1, false]);
  const outcome = (channel: string) => report.trials[0]?.outcomes.find((one) => one.channel === channel);
  expect(outcome("webhook")).toMatchObject({ told: null, why: expect.stringContaining("503") });
  expect(outcome("email")).toMatchObject({ told: expect.any(Number), why: null });
  // That is a true fault, and it is told as one; the trial itself is not told after its end.
  await heard(told, "AlertsNotDelivered", "firing", broken, 120);
  await heard(told, "AlertsNotDelivered", "resolved", broken, 180);
  const late = told.posted.filter(({ at }) => at >= broken).flatMap(({ alerts }) => alerts);
  expect(late.filter(({ labels }) => labels.rampart_test === report.id)).toEqual([]);
  await allQuiet(60);
});

test("the webhook refuses: mail tells of it, and what waits is delivered when it takes again", async () => {
  const broken = Date.now();
  told.behave("webhook", "refuse");
  await stopApp();
  await letter(told, broken, 60, "SiteDown, page");
  const text = await letter(told, broken, 90, "AlertsNotDelivered on mon1, page");
  expect(text).toContain("do not get through by webhook");
  const names = (await statusOf()).alerts.map((one) => one.name);
  expect(names).toContain("AlertsNotDelivered");
  const mended = Date.now();
  told.behave("webhook", "take");
  say(
    `what waited came ${(await heard(told, "SiteDown", "firing", mended, 30)).toFixed(1)} s after the webhook took again`,
  );
  await startApp();
  await heard(told, "AlertsNotDelivered", "resolved", mended, 150);
  await allQuiet(60);
});

test("the mail server hangs: the webhook is not held up, and tells of it", async () => {
  const broken = Date.now();
  told.behave("mail", "hang");
  await stopApp();
  const seconds = await heard(told, "SiteDown", "firing", broken, 30);
  const failed = await heard(told, "AlertsNotDelivered", "firing", broken, 120);
  say(
    `mail server hangs: site down told after ${seconds.toFixed(1)} s, the failed delivery after ${failed.toFixed(1)} s`,
  );
  const mended = Date.now();
  told.behave("mail", "take");
  await letter(told, mended, 90, "SiteDown");
  await startApp();
  await heard(told, "AlertsNotDelivered", "resolved", mended, 180);
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
