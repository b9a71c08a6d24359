import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import type { TrafficRow } from "../../src/model/overview.ts";
import { say, shopIsUp, siteIsWell } from "./support/lab.ts";
import { rampartDone, rampartJson } from "./support/rampart.ts";
import { type Edit, shop, writeSite } from "./support/site.ts";

// What `rampart qps` tells of every tier is what a generator of load sent.

const seconds = 75;
const noLimits: Edit = [
  "  monitor:",
  `  limits: { requests: "1000000/s", connections: "1000000/s", open: 8000, errors: "1000000/s" },\n  monitor:`,
];

beforeAll(async () => {
  await shopIsUp();
  writeSite([noLimits]);
  await rampartDone(["apply"], { timeoutMs: 900_000 });
  await siteIsWell(120);
}, 1_800_000);

afterAll(async () => {
  writeSite();
  await rampartDone(["apply"], { timeoutMs: 900_000 });
});

interface Qps {
  readonly rows: readonly TrafficRow[];
}

type Rates = ReadonlyMap<string, number>;

/** Requests a second over the last minute, by tier or service. */
async function minuteRates(): Promise<Rates> {
  const { rows } = await rampartJson<Qps>(["qps"]);
  return new Map(rows.flatMap(({ name, minute }) => (minute === null ? [] : [[name, minute] as const])));
}

interface Sent {
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: number;
}

/** Over HTTP/2 connections of ten visitors, evenly, or as fast as they are answered. */
async function pull(path: string, perSecond: number | undefined): Promise<Sent> {
  const clients = 10;
  const pace = perSecond === undefined ? ["-m", "4"] : [`--rps=${perSecond / clients}`];
  const words = ["h2load", "-c", String(clients), "-t", "1", ...pace, "-D", String(seconds)];
  const { stdout } = await rampartDone(["lab", "outside", "--", ...words, `https://${shop.domain}${path}`], {
    timeoutMs: (seconds + 60) * 1000,
  });
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  const sent = {
    requests: number(/requests: (\d+) total/),
    failed: number(/(\d+) failed/) + number(/(\d+) errored/),
    perSecond: number(/finished in [\d.]+\w+, ([\d.]+) req\/s/),
  };
  expect(sent.requests, stdout).toBeGreaterThan(0);
  return sent;
}

test.each([
  ["50 requests/s of an application", "/api/recommendations?product=12", 50, ["visitors", "web", "recommendations"]],
  ["500 requests/s of a file", "/assets/base.css", 500, ["visitors", "web"]],
  ["as many requests of a file as there can be", "/assets/base.css", undefined, ["visitors", "web"]],
] as const)("%s: every tier agrees within 1 %%", async (what, path, perSecond, names) => {
  await sleep(65_000);
  const before = await minuteRates();
  const loading = pull(path, perSecond);
  // A whole minute of it, and before its end.
  await sleep((seconds - 6) * 1000);
  const during = perSecond === undefined ? before : await minuteRates();
  const sent = await loading;
  expect(sent.failed).toBe(0);
  // As many as there can be come by no even pace, and leave a small machine nothing to answer with meanwhile.
  if (perSecond !== undefined) {
    const shares = names.map((name) => {
      const seen = (during.get(name) ?? Number.NaN) - (before.get(name) ?? 0);
      return [name, seen / sent.perSecond] as const;
    });
    const text = shares.map(([name, share]) => `${name} ${share.toFixed(4)}`).join(", ");
    say(`${what}: sent ${sent.perSecond.toFixed(1)}/s; seen ÷ sent: ${text}`);
    for (const [name, share] of shares) expect(Math.abs(share - 1), name).toBeLessThan(0.01);
  }
  // All that was sent is in the history, however the pace was.
  await sleep(20_000);
  const { rows } = await rampartJson<Qps>(["qps"]);
  const counted = rows.find(({ name }) => name === "visitors")?.history ?? [];
  const points = counted.slice(-Math.ceil((seconds + 40) / 5));
  const total = points.reduce<number>((sum, one) => sum + (one ?? Number.NaN) * 5, 0);
  const own = (before.get("visitors") ?? 0) * 5 * points.length;
  const share = (total - own) / sent.requests;
  say(`${what}: ${sent.requests} sent, ${(share * 100).toFixed(2)} % of them in the history`);
  expect(Math.abs(share - 1)).toBeLessThan(0.01);
});
