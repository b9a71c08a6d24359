import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright-core";
import { rampartArgv, rampartEnv } from "./rampart.ts";
import { scratch } from "./site.ts";

// The dashboard of the shop in a real browser, through the tunnel that an operator would use.

/** Debian's Chromium, as root and without a screen. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
}

export interface Tunnel {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** `rampart dashboard` until it is stopped. */
export async function openTunnel(): Promise<Tunnel> {
  const [program = "", ...args] = rampartArgv(["dashboard", "--json", "--no-open"]);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env: rampartEnv() });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.on("exit", (code) => reject(new Error(`rampart dashboard ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      text += line;
      const [, found] = /"url": ?"([^"]+)"/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return { url, stop: async () => await ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  const over = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  child.kill("SIGTERM");
  await over;
}

export interface View {
  readonly width: number;
  readonly colours: "light" | "dark";
}

export const views: readonly View[] = [1440, 390].flatMap((width) => [
  { width, colours: "light" },
  { width, colours: "dark" },
]);

/** A page of its own, and what its console complained of. A page that a failed test left open asks on: it is closed before the next one opens. */
export async function newPage(browser: Browser, { width, colours }: View) {
  for (const left of browser.contexts()) await left.close();
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: colours });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialogue: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, complaints, close: async () => await context.close() };
}

/** Opens a place of the dashboard and waits until its figures are there. */
export async function show(page: Page, url: string, path: string): Promise<void> {
  await page.goto(new URL(path, url).href);
  await page.locator("main h1, main h2, main .card").first().waitFor({ timeout: 20_000 });
  // Charts are asked for after the page stands.
  await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
}

/** A picture for people; where they lie is said by `RAMPART_PICTURES`. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.RAMPART_PICTURES ?? join(scratch, "pictures");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds serious or critical (WCAG 2.2 A and AA among it): rule, and where. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  // The page's own policy forbids scripts that are put in; a debugger's are not.
  await page.evaluate(axe);
  const found = await page.evaluate<readonly { id: string; impact: string; nodes: { target: string[] }[] }[]>(
    "axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target }) => ({ target })) })))",
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
