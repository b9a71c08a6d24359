import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import { askedInWords, askWithoutPause, failed } from "./support/asking.ts";
import { say, shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, rampartDone } from "./support/rampart.ts";
import { beside, type Receivers, startReceivers } from "./support/receivers.ts";
import { scratch, shop, writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// How long it takes from a fault until the webhook has its alert, in the shop; and that a healthy shop under load says nothing.

/** Ten for figures that are quoted. */
const runs = Number(process.env.RAMPART_ARRIVALS ?? 3);
const quietMinutes = Number(process.env.RAMPART_QUIET_MINUTES ?? 10);
const ports = { webhook: 9901, mail: 2526 };
const table: string[] = [];
let told: Receivers;

beforeAll(async () => {
  await shopIsUp();
  told = await startReceivers(shop.name, join(scratch, "arrival"), ports);
  const webhook = `alerts: { webhook: "http://${beside}:${ports.webhook}/" }, objectives`;
  writeSite([["objectives", webhook]]);
  await rampartDone(["apply"], { timeoutMs: 900_000 });
  await siteIsWell(120);
}, 1_800_000);

afterAll(async () => {
  const off = (await siteStatus()).hosts.filter((host) => host.state === "off");
  for (const { name } of off) await rampartDone(["lab", "start", name]);
  writeSite();
  await rampartDone(["apply"], { timeoutMs: 900_000 });
  await told.stop();
  say(`fault to webhook, seconds, ${runs} runs each:\n${table.join("\n")}`);
});

test(`a healthy shop under load for ${quietMinutes} minutes: nothing is told`, async () => {
  const before = told.posted.length;
  const client = await askWithoutPause({ everyMs: 40 });
  await sleep(quietMinutes * 60_000);
  const asked = await client.stop();
  say(`${quietMinutes} minutes: ${askedInWords(asked)}`);
  expect(told.posted.slice(before).flatMap((one) => one.alerts.map(({ labels }) => labels.alertname))).toEqual([]);
  expect(failed(asked).length).toBeLessThan(asked.length / 1000 + 1);
}, 3_600_000);

interface Fault {
  readonly what: string;
  readonly alert: string;
  readonly harm: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
}

const all = (hosts: readonly string[], script: string) => Promise.all(hosts.map((host) => onHost(host, script)));
const [shops, balancers, databases] = [
  ["shop1", "shop2"],
  ["lb1", "lb2"],
  ["db1", "db2", "db3"],
];
const keepers = "rampart-agent.service mariadb.service";

const faults: readonly Fault[] = [
  {
    ...{ what: "site down", alert: "SiteDown" },
    harm: () => all(shops, "systemctl stop app-shop"),
    mend: () => all(shops, "systemctl start app-shop"),
  },
  {
    ...{ what: "host loses power", alert: "HostDown" },
    harm: () => rampartDone(["lab", "cut", "web2"]),
    mend: () => rampartDone(["lab", "start", "web2"]),
  },
  {
    ...{ what: "address held by nobody", alert: "AddressHeldByNobody" },
    harm: () => all(balancers, "systemctl stop keepalived"),
    mend: () => all(balancers, "systemctl start keepalived"),
  },
  {
    ...{ what: "no database takes writes", alert: "NoWritableDatabase" },
    harm: () => all(databases, `systemctl stop ${keepers}`),
    mend: () => all(databases, "systemctl start rampart-agent.service"),
  },
];

test.each(faults)(
  "$what: told by webhook within the reach, and so is its end",
  async ({ what, alert, harm, mend }) => {
    const seconds: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const began = Date.now();
      await harm();
      let at: number | undefined;
      await eventually(60, async () => {
        at = told.heard(alert, "firing", began);
        expect(at, alert).toBeDefined();
      });
      seconds.push(((at ?? 0) - began) / 1000);
      const mended = Date.now();
      await mend();
      await eventually(90, async () => expect(told.heard(alert, "resolved", mended), alert).toBeDefined());
      await siteIsWell(180);
    }
    const sorted = seconds.toSorted((one, other) => one - other);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const line = `${what.padEnd(26)} median ${median.toFixed(1)}  worst ${sorted.at(-1)?.toFixed(1)}`;
    table.push(line);
    say(line);
  },
  3_600_000,
);
