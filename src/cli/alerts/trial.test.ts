import { expect, test } from "vitest";
import { trialsDelivered, trialsText } from "../../report/alert-trials.ts";
import { trialsOf, waves } from "./trial-alerts.ts";
import { deliveriesIn, refusalsIn } from "./trial-log.ts";
import { type Seen, seenIn, standing, trialResult } from "./trial-result.ts";
import { countersIn, handScript } from "./trial-scripts.ts";

const origin = { id: "0123456789ab", site: "shop" };
const rule = (name: string, severity: string, summary: string, labels: object = {}) => ({
  ...{ name, state: "inactive", labels: { severity, ...labels } },
  annotations: { summary, description: "Because.", runbook: `docs/runbooks/${name}.md` },
});
const list = [
  rule("SiteDown", "page", "https://shop.example/ does not answer"),
  rule("HostDown", "page", "{{ $labels.host }} is down for {{ $value | humanizeDuration }}"),
  rule("MeasurementMissing", "page", "No measurement of the site", { what: "the site" }),
  rule("BudgetBurnsFast", "page", "The budget burns", { objective: "latency" }),
  rule("BudgetBurnsFast", "page", "The budget burns", { objective: "latency" }),
  rule("UnitFailed", "ticket", "{{ $labels.name }} has failed"),
];
const rules = JSON.stringify({ data: { groups: [{ rules: list }] } });
const trials = trialsOf(rules, [], origin);

test("a trial is the alert that the rule would give, marked, and of no host that there is", () => {
  expect(trials).toHaveLength(list.length);
  expect(trials[1]).toEqual({
    ...{ name: "HostDown", about: "", severity: "page" },
    labels: {
      ...{ alertname: "HostDown", severity: "page", host: "test-host" },
      ...{ site: "shop", rampart_test: origin.id },
    },
    annotations: {
      summary: "TEST, nothing is wrong: test-host is down for (value)",
      ...{ description: "Because.", runbook: "docs/runbooks/HostDown.md" },
    },
  });
  expect(trials[2]?.about).toBe("the site");
  // The same alert by another condition is a trial of its own.
  expect(new Set(trials.map(({ labels }) => JSON.stringify(labels))).size).toBe(list.length);
  expect(trials[4]?.about).toBe("latency, rule 2");
  expect(trialsOf(rules, ["UnitFailed"], origin).map(({ name }) => name)).toEqual(["UnitFailed"]);
});

test("pages go out so many at a time, tickets at once, each rule once", () => {
  const sent = waves(trials, 2).map((wave) => wave.map(({ name }) => name));
  expect(sent).toEqual([
    ["SiteDown", "HostDown"],
    ["MeasurementMissing", "BudgetBurnsFast", "BudgetBurnsFast"],
    ["UnitFailed"],
  ]);
});

test("the script keeps quotes of a summary, and gives the end as its state says", () => {
  const quoted = trials.slice(0, 1).map((one) => ({ ...one, annotations: { summary: 'web1\'s "disk"' } }));
  expect(handScript(quoted, "firing")).toContain(
    `{"summary":"web1'\\''s \\"disk\\""},"startsAt":"@START@","endsAt":"@END@"`,
  );
  expect(handScript(quoted, "ended")).toContain('"endsAt":"@START@"');
});

// As Alertmanager 0.28 writes them; shortened at the end of groups.
const group = (route: string, name: string) =>
  `aggrGroup="{}/{severity=\\"${route}\\"}/{rampart_test!=\\"\\"}:{alertname=\\"${name}\\", rampart_test=\\"${origin.id}\\"}"`;
const line = (second: string, level: string, msg: string, rest: string) =>
  `time=2026-11-30T06:00:${second}Z level=${level} source=notify.go:876 msg=${msg} component=dispatcher ${rest}`;
const took = (second: string, name: string, alerts: string, channel = "webhook") =>
  line(
    second,
    "DEBUG",
    '"Notify success"',
    `receiver=${channel} integration=${channel}[0] ${group("page", name)} attempts=1 duration=3.1ms alerts="[${alerts}]"`,
  );
const refused = (second: string, name: string) =>
  line(
    second,
    "WARN",
    '"Notify attempt failed, will retry later"',
    `receiver=webhook integration=webhook[0] ${group("page", name)} attempts=1 err="Post \\"<redacted>\\": connection refused"`,
  );

test("what was taken is read from Alertmanager's log, and at a later attempt from the flush before it", () => {
  const log = [
    line(
      "01.000",
      "DEBUG",
      "flushing",
      `${group("page", "SiteDown")} alerts="[SiteDown[aaaaaaa][active] SiteDown[bbbbbbb][resolved]]"`,
    ),
    refused("01.100", "SiteDown"),
    line(
      "02.000",
      "INFO",
      '"Notify success"',
      `receiver=webhook integration=webhook[0] ${group("page", "SiteDown")} attempts=2 duration=1ms`,
    ),
    took("03.500", "HostDown", "HostDown[ccccccc][active]", "email"),
    took("04.000", "HostDown", "HostDown[ccccccc][active]").replaceAll(origin.id, "ffffffffffff"),
    "-- Journal begins --",
  ].join("\n");
  expect(deliveriesIn(log, origin.id).map(({ at, ...rest }) => ({ ...rest, second: (at / 1000) % 60 }))).toEqual([
    { channel: "webhook", name: "SiteDown", fingerprint: "aaaaaaa", ended: false, second: 2 },
    { channel: "webhook", name: "SiteDown", fingerprint: "bbbbbbb", ended: true, second: 2 },
    { channel: "email", name: "HostDown", fingerprint: "ccccccc", ended: false, second: 3.5 },
  ]);
  const failed = line(
    "09.000",
    "ERROR",
    '"Notify for alerts failed"',
    'num_alerts=1 err="email/email[0]: notify retry canceled: 535 no"',
  );
  expect(refusalsIn(`${log}\n${failed}`, origin.id)).toEqual([
    { channel: "webhook", name: "SiteDown", why: 'Post "<redacted>": connection refused' },
    { channel: "email", name: "", why: "notify retry canceled: 535 no" },
  ]);
});

test("counters are read by channel, failures of every reason", () => {
  const metrics = `alertmanager_notifications_total{integration="webhook"} 7
alertmanager_notifications_failed_total{integration="webhook",reason="other"} 1
alertmanager_notifications_failed_total{integration="webhook",reason="serverError"} 2`;
  expect(countersIn(metrics).get("webhook")).toEqual({ sent: 7, failed: 3 });
});

const channels = ["webhook", "email"];
const start = Date.parse("2026-11-30T06:00:00Z");
const [site, host] = trials;
const held = (labels: object, fingerprint: string, silencedBy: readonly string[] = [], receivers = channels) => ({
  ...{ labels, fingerprint, receivers: receivers.map((name) => ({ name })), status: { silencedBy, inhibitedBy: [] } },
});

function seen(alerts: readonly object[], log: readonly string[]): Seen {
  const two = trials.slice(0, 2);
  const none = {
    handed: new Map(two.map((one) => [one, start])),
    ended: new Map(two.map((one) => [one, start + 5000])),
  };
  return seenIn(
    { ...none, alerts: new Map(), log: "", id: origin.id },
    `${JSON.stringify(alerts)}\n${log.join("\n")}\n`,
  );
}

const alerts = [held(site?.labels ?? {}, "aaaaaaa000000000"), held(host?.labels ?? {}, "ccccccc000000000")];
const whole = (name: string, digits: string, channel?: string) => [
  took("00.200", name, `${name}[${digits}][active]`, channel),
  took("06.000", name, `${name}[${digits}][resolved]`, channel),
];
const plan = {
  ...{ origin, trials: trials.slice(0, 2), channels, since: start / 1000 },
  counted: new Map([["webhook", { sent: 3, failed: 0 }]]),
};
const after = new Map([["webhook", { sent: 7, failed: 0 }]]);
const plain = { color: false, width: 80 };

test("all that was taken, and its end, is a trial that is passed", () => {
  const log = channels.flatMap((name) => [
    ...whole("SiteDown", "aaaaaaa", name),
    ...whole("HostDown", "ccccccc", name),
  ]);
  const report = trialResult(plan, seen(alerts, log), after, undefined);
  expect(report.trials[0]).toEqual({
    ...{ name: "SiteDown", about: "", severity: "page", routedTo: channels },
    outcomes: channels.map((channel) => ({ channel, told: 0.2, ended: 1, why: null })),
  });
  expect(trialsDelivered(report)).toBe(true);
  expect(trialsText(report, plain)).toContain("all 2 rules were told by webhook and e-mail, and their ends");
  expect(trialsText(report, plain)).toContain("4 messages by webhook, none failed");
});

test("what was not taken says why, and is no trial that is passed", () => {
  const address = "https://hooks.example/very-secret";
  const log = [...whole("SiteDown", "aaaaaaa"), refused("01.100", "HostDown").replace("<redacted>", address)];
  const report = trialResult(plan, seen(alerts, log), after, address);
  expect(report.trials.map(({ outcomes }) => outcomes.map(({ why }) => why))).toEqual([
    [null, "nothing was heard of it: it was neither taken nor refused in time"],
    ['Post "[webhook]": connection refused', expect.stringContaining("nothing was heard")],
  ]);
  expect(trialsDelivered(report)).toBe(false);
  const text = trialsText(report, plain);
  expect(text).toContain("2 of 2 rules were not delivered whole");
  expect(Math.max(...text.split("\n").map((one) => one.length))).toBeLessThanOrEqual(80);
});

test("what is silenced, led nowhere or lost says so, and is not waited for", () => {
  const [silenced, lost] = [
    seen([held(site?.labels ?? {}, "aaaaaaa0", ["s-1"]), held(host?.labels ?? {}, "ccccccc0", [], ["email"])], []),
    seen([], []),
  ];
  const stand = standing(plan.trials, channels, silenced);
  expect(stand.map(({ why, waits }) => [why?.slice(0, 14), waits.told])).toEqual([
    ["it is silenced", false],
    ["it is silenced", false],
    ["no route leads", false],
    ["nothing was he", true],
  ]);
  expect(standing(plan.trials, channels, lost)[0]).toMatchObject({
    why: "Alertmanager does not have it",
    waits: { told: true },
  });
  expect(trialsDelivered({ id: "", channels, trials: [], counted: {} })).toBe(false);
});

test("an end that was not taken is no delivery", () => {
  const log = channels.flatMap((name) => [
    ...whole("SiteDown", "aaaaaaa", name),
    ...whole("HostDown", "ccccccc", name).slice(0, 1),
  ]);
  const report = trialResult(plan, seen(alerts, log), after, undefined);
  expect(report.trials[1]?.outcomes[0]).toMatchObject({ told: 0.2, ended: null, why: "its end was not taken in time" });
  expect(trialsDelivered(report)).toBe(false);
});
