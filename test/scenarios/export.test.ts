import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import { createAuthority } from "../../src/pki/authority.ts";
import { issueCertificate } from "../../src/pki/certificate.ts";
import { allQuiet, folder, name, site, siteIsDown, siteIsUp, statusOf } from "./support/alert-site.ts";
import { say } from "./support/lab.ts";
import { logsPlace, metricsAccount, metricsPlace, type PlaceFiles } from "./support/places.ts";
import { onHost, rampart } from "./support/rampart.ts";
import { beside, type Receivers } from "./support/receivers.ts";
import { eventually } from "./support/time.ts";

// Measurements and logs reach places of the operator's; when these are away nothing is lost, and it is told.

const ports = { metrics: 9902, logs: 6514 };
const files: PlaceFiles = {
  ...{ folder, certificate: join(folder, "receiver/mail.crt"), key: join(folder, "receiver/mail.key") },
  trust: join(folder, "mail-ca.crt"),
};
const hosts = ["lb1", "web1", "hello1", "mon1"];
const [passwordFile, trust] = ["./metrics.password", "./mail-ca.crt"];

let told: Receivers;
let metrics: ReturnType<typeof metricsPlace>;
let logs: ReturnType<typeof logsPlace>;
let running: { metrics: ReturnType<typeof metrics.start>; logs: ReturnType<typeof logs.start> };

beforeAll(async () => {
  const { user, password } = metricsAccount;
  const later = () => {
    writeFileSync(join(folder, passwordFile), `${password}\n`);
    metrics = metricsPlace(name, ports.metrics, files);
    logs = logsPlace(name, ports.logs, files);
    running = { metrics: metrics.start(), logs: logs.start() };
    const remoteWrite = { url: metrics.url, user, password: passwordFile, trust };
    return { export: { remoteWrite, syslog: { server: logs.server, trust } } };
  };
  told = await siteIsUp({ later });
}, 1_800_000);

afterAll(async () => {
  await told?.stop();
  await running?.metrics.stop();
  await running?.logs.stop();
  await siteIsDown();
});

const logger = async (host: string, tag: string, text: string) =>
  await onHost(host, `logger -t ${tag} -- "$(printf '${text}')"`, site);

const onMonitor = async (query: string): Promise<string> =>
  await onHost("mon1", `curl -sS -G --data-urlencode 'query=${query}' http://127.0.0.1:9090/api/v1/query`, site);

test("all measurements reach the other Prometheus, by TLS and with a password, and say of which site they are", async () => {
  const local = JSON.parse(await onMonitor("count(up)")) as { data: { result: [{ value: [number, string] }] } };
  const count = Number(local.data.result[0].value[1]);
  expect(count).toBeGreaterThan(10);
  await eventually(90, async () => expect(await metrics.ask(`count(up{site="${name}",monitor="mon1"})`)).toBe(count));
});

test("what each host says reaches the other place in its name, as messages of syslog", async () => {
  await Promise.all(hosts.map((host) => logger(host, "trial-export", "grüße\\nin two lines")));
  await eventually(90, async () => {
    for (const host of hosts) {
      const found = logs.messages().find((one) => one.includes(` ${host}.`) && one.includes(" trial-export "));
      expect(found, host).toMatch(/^<13>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ trial-export (\d+|-) - - grüße/);
    }
  });
  await onHost("web1", "head -c 20000 /dev/zero | tr '\\0' x | logger --size 30000 -t trial-long", site);
  await eventually(60, async () => {
    const long = logs.messages().find((one) => one.includes(" trial-long "));
    expect(long?.length).toBe(8192);
    expect(long).toMatch(/xxx \[cut: the whole line is on the monitor\]$/);
  });
  await allQuiet(120);
});

test("both places are away: it is told, the monitor goes on, and all that was said and measured comes later", async () => {
  await running.metrics.stop();
  await running.logs.stop();
  const away = Date.now();
  for (let line = 0; line < 40; line += 1) await logger("web1", "trial-away", `line ${line} of 40`);
  await onHost("mon1", "systemctl kill --signal=KILL rampart-log-export", site);
  await eventually(420, async () => {
    for (const alert of ["LogsNotExported", "MetricsNotExported"])
      expect(told.heard(alert, "firing", away), alert).toBeDefined();
  });
  expect((await statusOf()).alerts.map((one) => one.name).toSorted()).toEqual([
    "LogsNotExported",
    "MetricsNotExported",
  ]);
  const back = Date.now();
  running = { metrics: metrics.start(), logs: logs.start() };
  await eventually(180, async () => {
    const came = logs.newest().flatMap((one) => /trial-away .* line (\d+) of 40/.exec(one)?.[1] ?? []);
    // Some may come twice, none is missing, and the first of each come in order.
    expect([...new Set(came)]).toEqual(Array.from({ length: 40 }, (_, index) => String(index)));
  });
  const seconds = Math.floor((back - away) / 1000);
  const samples = `count_over_time(up{job="base.node-exporter",host="web1"}[${seconds}s])`;
  await eventually(180, async () => {
    expect(await metrics.ask(samples, Math.floor(back / 1000))).toBeGreaterThan((seconds / 2) * 0.8);
  });
  say(`places were away for ${seconds} s; all came within ${Math.round((Date.now() - back) / 1000)} s`);
  await eventually(240, async () => {
    for (const alert of ["LogsNotExported", "MetricsNotExported"])
      expect(told.heard(alert, "resolved", back), alert).toBeDefined();
  });
  await allQuiet(60);
});

test("a stranger at the place's address gets no line", async () => {
  const now = new Date();
  const stranger = await createAuthority("stranger", now);
  const request = { commonName: "stranger", dnsNames: ["stranger.test"], ipAddresses: [beside], days: 30 };
  const issued = await issueCertificate(stranger, { ...request, usages: ["server"] }, now);
  const [certificate, key] = [join(folder, "stranger.crt"), join(folder, "stranger.key")];
  writeFileSync(certificate, issued.certificatePem);
  writeFileSync(key, issued.keyPem.reveal(), { mode: 0o600 });
  await running.logs.stop();
  running.logs = logs.start(certificate, key);
  await logger("web1", "trial-stranger", "for friends only");
  await eventually(90, async () => {
    const said = await onHost("mon1", "journalctl -u rampart-log-export -o cat --since -2min", site);
    expect(said).toMatch(/logs are not sent: .*(certificate|self.signed|unable to verify)/i);
  });
  await sleep(5000);
  expect(logs.newest()).toEqual([]);
  await running.logs.stop();
  running.logs = logs.start();
  await eventually(90, async () => {
    expect(logs.newest().some((one) => one.includes(" trial-stranger "))).toBe(true);
  });
  await allQuiet(180);
});

test("the password is never shown, and readable by root and Prometheus alone", async () => {
  expect(readFileSync(join(folder, passwordFile), "utf8")).toContain(metricsAccount.password);
  for (const words of [
    ["config"],
    ["config", "--json"],
    ["explain", "mon1:/etc/prometheus/export.password"],
    ["plan"],
  ]) {
    const { stdout, stderr } = await rampart(words, site);
    expect(stdout + stderr, words.join(" ")).not.toContain(metricsAccount.password);
  }
  expect(await onHost("mon1", "stat -c '%a %U %G' /etc/prometheus/export.password", site)).toBe("640 root prometheus");
});
