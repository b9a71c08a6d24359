import { afterAll, beforeAll, expect, test } from "vitest";
import { say, shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, rampart } from "./support/rampart.ts";
import { eventually } from "./support/time.ts";
import { ask } from "./support/visitor.ts";

// What an application or a full disk does to the monitor: told, and nothing else harmed.

beforeAll(async () => {
  await shopIsUp();
  await siteIsWell(180);
}, 900_000);
afterAll(async () => await siteIsWell(300));

async function query(expression: string): Promise<number> {
  const script = `curl -fsS -m 5 --data-urlencode 'query=${expression}' http://127.0.0.1:9090/api/v1/query`;
  const { data } = JSON.parse(await onHost("mon1", script)) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? Number.NaN);
}

async function firing(): Promise<readonly string[]> {
  const told = await rampart(["alerts", "--json"]);
  const { alerts } = JSON.parse(told.stdout) as { alerts: readonly { name: string; state: string }[] };
  return alerts.filter(({ state }) => state === "firing").map(({ name }) => name);
}

test("what a service pushes arrives beside what it offers", async () => {
  const before = await query("sum(recommendations_asked_total)").catch(() => 0);
  for (let time = 0; time < 20; time += 1) await ask("/api/recommendations?product=12");
  await eventually(15, async () =>
    expect((await query('sum(recommendations_asked_total{known="yes"})')) - (before || 0)).toBeGreaterThanOrEqual(20),
  );
  expect(await query('sum(recommendations_requests_total{status="200"})')).toBeGreaterThanOrEqual(20);
});

test("ten thousand values of a label: cut, told by name, and other figures go on", async () => {
  const series = await query("sum(prometheus_tsdb_head_series)");
  const packets = `const socket = require("dgram").createSocket("udp4");
const lines = (first) => Array.from({ length: 20 }, (_, one) => "pages_seen:1|c|#page:/" + (first + one)).join("\\n");
const send = (first) => { if (first >= 10000) return socket.close(); socket.send(lines(first), 8125, "127.0.0.1", () => setTimeout(send, 2, first + 20)); };
send(0);`;
  const began = Date.now();
  await onHost("recommendations1", `node -e '${packets}'`);
  await eventually(90, async () => expect(await firing()).toContain("AppMetricsTooMany"));
  say(`ten thousand values of a label: told after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const told = await rampart(["alerts", "AppMetricsTooMany"]);
  expect(told.stdout).toContain("pages_seen");
  expect(await query("sum(pages_seen_total)")).toBe(10_000);
  expect(await query("count(pages_seen_total)")).toBeLessThanOrEqual(202);
  expect((await query("sum(prometheus_tsdb_head_series)")) - series).toBeLessThan(1000);
  expect(await query('min(up{host="recommendations1"})')).toBe(1);
  await onHost("recommendations1", "systemctl restart rampart-push");
  await eventually(400, async () => expect(await firing()).not.toContain("AppMetricsTooMany"));
}, 900_000);

/** Prometheus' own; beside it lie figures that programs write who keep the folder open. */
const data = "/var/lib/prometheus/metrics2";
const programs = "prometheus.service";

test("the monitor's disk is full: visitors feel nothing, it is told, and it goes on by itself when there is room", async () => {
  await onHost(
    "mon1",
    `systemctl stop ${programs}
room=$(( $(du -sm ${data} | cut -f 1) + 24 ))
mv ${data} ${data}.kept && mkdir ${data} && mount -t tmpfs -o size=\${room}m tmpfs ${data}
cp -a ${data}.kept/. ${data}/ && chown --reference=${data}.kept ${data} && chmod --reference=${data}.kept ${data}
systemctl start ${programs}`,
  );
  await siteIsWell(120);
  await onHost("mon1", `dd if=/dev/zero of=${data}/filler bs=64k 2>&1 | grep -q 'No space left'`);
  const began = Date.now();
  await eventually(300, async () => {
    const { alerts, alertsKnown } = await siteStatus();
    const what = alertsKnown ? [...new Set(alerts.map(({ name }) => name))] : ["alerts are not known"];
    expect(what).not.toEqual([]);
    // What is not measured is missing, and nothing is made of it.
    expect(["MeasurementMissing", "TargetDown", "DiskFull", "alerts are not known"]).toEqual(
      expect.arrayContaining(what),
    );
    say(
      `the monitor's disk is full: after ${((Date.now() - began) / 1000).toFixed(0)} s status says ${what.join(", ")}`,
    );
  });
  for (let time = 0; time < 20; time += 1) expect((await ask("/")).status).toBe(200);
  await onHost("mon1", `rm ${data}/filler`);
  await siteIsWell(300);
  await onHost(
    "mon1",
    `systemctl stop ${programs}
cp -a ${data} ${data}.new && umount ${data} && rmdir ${data} && rm -rf ${data}.kept && mv ${data}.new ${data}
systemctl start ${programs}`,
  );
}, 1_800_000);
