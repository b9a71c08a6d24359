import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { lookAt } from "./look.ts";
import { dayOf, type Kept, keptAfter, type Look, lastDays } from "./model.ts";
import { statusHtml } from "./page.ts";

const now = Date.parse("2026-11-30T14:03:10Z") / 1000;
const about = { domain: "www.shop.example", services: ["shop", "recommendations"] };
const nothing: Kept = { days: {}, incidents: [] };
const look = (change: Partial<Look>): Look => ({ now, days: {}, faults: [], p95: 0.084, ...change });

test("an incident begins, goes on, ends, and resumes within two minutes as the same", () => {
  const fault = [{ what: "site", from: now - 10 }];
  let kept = keptAfter(nothing, look({ faults: fault }));
  expect(kept.incidents).toEqual([{ what: "site", from: now - 10 }]);
  kept = keptAfter(kept, look({ now: now + 15, faults: fault }));
  expect(kept.incidents).toHaveLength(1);
  kept = keptAfter(kept, look({ now: now + 30 }));
  expect(kept.incidents).toEqual([{ what: "site", from: now - 10, to: now + 30 }]);
  kept = keptAfter(kept, look({ now: now + 60, faults: [{ what: "site", from: now + 55 }] }));
  expect(kept.incidents).toEqual([{ what: "site", from: now - 10 }]);
  kept = keptAfter(kept, look({ now: now + 90 }));
  kept = keptAfter(kept, look({ now: now + 900, faults: [{ what: "site", from: now + 890 }] }));
  expect(kept.incidents).toHaveLength(2);
  kept = keptAfter(kept, look({ now: now + 91 * 86_400 }));
  expect(kept.incidents.every(({ to }) => to !== undefined)).toBe(true);
  expect(keptAfter(kept, look({ now: now + 182 * 86_400 })).incidents).toEqual([]);
});

test("days that Prometheus has forgotten are kept, for ninety days", () => {
  const full = { good: 43_190, asked: 43_200, watched: 1 };
  const yesterday = dayOf(now - 86_400);
  const kept = keptAfter(nothing, look({ days: { [yesterday]: full } }));
  const later = keptAfter(kept, look({ days: { [yesterday]: { good: 0, asked: 0, watched: 0 } } }));
  expect(later.days[yesterday]).toEqual(full);
  expect(keptAfter(kept, look({ now: now + 100 * 86_400 })).days).toEqual({});
  expect(lastDays(now)).toHaveLength(90);
});

test("the page says in words what is, and shows what is missing as missing", () => {
  const today = dayOf(now);
  const days = { [today]: { good: 998, asked: 1000, watched: 0.5 } };
  const html = statusHtml(about, look({}), keptAfter(nothing, look({ days })));
  expect(html).toContain("Everything works");
  expect(html).toContain("As of 14:03 UTC, 2026-11-30");
  expect(html).toContain("84 ms");
  expect(html).toContain(`${today}: 99.80 %, watched for 50.00 % of the day`);
  expect(html.match(/: no data</g)).toHaveLength(89);
  expect(html).toContain("None is known");
  expect(html).not.toContain("<script");
  const empty = statusHtml(about, look({ p95: undefined }), nothing);
  expect(empty).toContain("no data yet");
  expect(empty).toContain("no visits in five minutes");
});

test("a fault is told by what does not work, and text is text", () => {
  const faults = [{ what: "service:<b>&", from: now - 60 }];
  const html = statusHtml(
    { domain: "a<b", services: ["<b>&"] },
    look({ faults }),
    keptAfter(nothing, look({ faults })),
  );
  expect(html).toContain("A part of the site does not work");
  expect(html).toContain("&lt;b&gt;&amp; was not available");
  expect(html).toContain("not available since 14:02");
  const down = statusHtml(about, look({ faults: [{ what: "site", from: now - 86_400 }] }), nothing);
  expect(down).toContain("The site does not answer");
  expect(down).toContain("not available since 2026-11-29 14:03");
});

test("a day with one lost answer never shows 100 %", () => {
  const days = { [dayOf(now)]: { good: 43_199, asked: 43_200, watched: 1 } };
  expect(statusHtml(about, look({}), { days, incidents: [] })).toContain(": 99.99 %<");
});

test("what Prometheus says becomes days and faults; a Prometheus that refuses is no healthy site", async () => {
  let status = "success";
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams.get("query") ?? "";
    const series = (metric: object, value: string) => ({ metric, value: [now, value] });
    const result = query.startsWith("max by")
      ? [
          series({ alertname: "NoHealthyAppHost", app: "shop" }, String(now - 5)),
          series({ alertname: "SiteDown" }, "9"),
        ]
      : query.includes("histogram_quantile")
        ? [series({}, "NaN")]
        : [series({}, query.includes("count_over_time") ? "1000" : "990")];
    response.end(JSON.stringify({ status, data: { result } }));
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seen = await lookAt(at, ["shop"], nothing, now);
  expect(seen.faults).toEqual([
    { what: "service:shop", from: now - 5 },
    { what: "site", from: 9 },
  ]);
  expect(seen.p95).toBeUndefined();
  expect(Object.keys(seen.days)).toHaveLength(90);
  expect(seen.days[dayOf(now - 86_400)]).toEqual({ good: 990, asked: 1000, watched: 2000 / 86_400 });
  status = "error";
  await expect(lookAt(at, ["shop"], nothing, now)).rejects.toThrow("Prometheus");
  server.close();
});
