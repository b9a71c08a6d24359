import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  newPage,
  openTunnel,
  picture,
  seriousFaults,
  show,
  startBrowser,
  type Tunnel,
  views,
} from "./support/browser.ts";
import { primary } from "./support/database.ts";
import { say, shopIsUp, siteIsWell } from "./support/lab.ts";
import { onHost, rampartDone } from "./support/rampart.ts";
import { eventually } from "./support/time.ts";

// The dashboard in Chromium: every page in both colours and two widths, by keyboard, and what it shows while something is broken.

const places = [
  ...["/", "/tiers", "/tiers/web", "/hosts", "/hosts/db1", "/hosts/lb1", "/database", "/regions", "/certificates"],
  ...["/bans", "/alerts", "/logs", "/nothing"],
];
const wide = { width: 1440, colours: "light" } as const;

let browser: Browser;
let tunnel: Tunnel;

beforeAll(async () => {
  await shopIsUp();
  await siteIsWell(120);
  browser = await startBrowser();
  tunnel = await openTunnel();
}, 900_000);

afterAll(async () => {
  await browser?.close();
  await tunnel?.stop();
});

describe.each(views)("$width wide, $colours", (view) => {
  test.each(places)("%s: no complaint, nothing cut off, nothing serious for axe-core", async (place) => {
    const { page, complaints, close } = await newPage(browser, view);
    await show(page, tunnel.url, place);
    await picture(page, `${place.replaceAll("/", "-").slice(1) || "overview"}-${view.width}-${view.colours}`);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    const faults = await seriousFaults(page);
    await close();
    expect(faults.length, faults.join("; ")).toBe(0);
    expect(complaints.length, complaints.join("; ")).toBe(0);
  });
});

test("the first paint through the tunnel", async () => {
  const seconds: number[] = [];
  for (let run = 0; run < 7; run += 1) {
    const { page, close } = await newPage(browser, wide);
    await show(page, tunnel.url, "/");
    seconds.push(
      (await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")) /
        1000,
    );
    await close();
  }
  const sorted = seconds.toSorted((one, other) => one - other);
  say(`first paint: median ${sorted[3]?.toFixed(2)} s, worst ${sorted.at(-1)?.toFixed(2)} s, 7 times`);
  expect(sorted[3]).toBeLessThan(3);
});

test("by keyboard: past the navigation to the content, along the pages, and back", async () => {
  const { page, close } = await newPage(browser, wide);
  const focused = async () => await page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''");
  await show(page, tunnel.url, "/");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("To the content");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement?.id")).toBe("content");
  await show(page, tunnel.url, "/");
  const seen: string[] = [];
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press("Tab");
    seen.push(await focused());
    if (seen.at(-1) === "Database") break;
  }
  expect(seen).toEqual(expect.arrayContaining(["Overview", "Tiers", "Hosts", "Database"]));
  await page.keyboard.press("Enter");
  await eventually(5, async () => expect(await page.title()).toContain("Database"));
  expect(await page.evaluate("document.activeElement?.id")).toBe("content");
  await page.goBack();
  await eventually(5, async () => expect(await page.title()).toContain("Overview"));
  await close();
});

test("what a log line holds is shown as text and never run", async () => {
  await onHost("web1", `logger -t trial-page -- '<img src=x onerror="alert(4711)"><script>alert(4712)</script>'`);
  const { page, complaints, close } = await newPage(browser, wide);
  await eventually(60, async () => {
    await show(page, tunnel.url, "/logs?text=onerror");
    expect(await page.locator("main").innerText()).toContain('<img src=x onerror="alert(4711)">');
  });
  expect(complaints).toEqual([]);
  await close();
});

async function overviewSays(words: RegExp, name: string, within: number): Promise<void> {
  const { page, close } = await newPage(browser, wide);
  await show(page, tunnel.url, "/");
  await eventually(within, async () => expect(await page.locator("main").innerText()).toMatch(words));
  await picture(page, `drill-${name}`);
  await close();
}

test.each([
  ["a balancer", "lb1", /lb1/],
  ["a web host", "web2", /web2/],
])("%s is lost: the first sentence says so", async (_, host, words) => {
  await rampartDone(["lab", "cut", host]);
  await overviewSays(new RegExp(`Visitors are served, but[^]*${words.source}`), `lost-${host}`, 40);
  await rampartDone(["lab", "start", host]);
  await siteIsWell(180);
  await overviewSays(/All is well/, `well-after-${host}`, 60);
});

test("the primary is lost: the page names the new one", async () => {
  const lead = await primary();
  await rampartDone(["lab", "cut", lead]);
  await overviewSays(new RegExp(`Visitors are served, but[^]*${lead}`), "lost-primary", 60);
  await rampartDone(["lab", "start", lead]);
  await siteIsWell(180);
});

test("a frozen monitor is shown as no data, and no figure as if it were of now", async () => {
  await onHost("mon1", "systemctl kill --signal=STOP prometheus");
  await overviewSays(/No data since \d\d:\d\d:\d\d UTC/, "no-data", 60);
  await onHost("mon1", "systemctl kill --signal=CONT prometheus");
  await overviewSays(/All is well|Visitors are served/, "data-again", 90);
  await siteIsWell(180);
});
