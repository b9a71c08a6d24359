import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Row } from "../figures.ts";
import { type BenchSite, smallFile } from "../site.ts";
import { ensureWrk, type Load, pull } from "./traffic.ts";

const rounds = 3;
const modes = ["off", "watch", "block"] as const;
type Mode = (typeof modes)[number];
const pages = [
  { name: "a file of 1 KB", path: smallFile },
  { name: "a search in the shop", path: "search?q=lantern+or+mug&page=1" },
];
const haproxyConfig = "/etc/haproxy/haproxy.cfg";

/** Requests a second with the web application firewall watching and blocking, divided by those without it; same hosts. */
export async function wafRows(site: BenchSite): Promise<Row[]> {
  await ensureWrk();
  const loads = new Map<string, Load[]>();
  const file = join(site.folder, "rampart.config.ts");
  const before = readFileSync(file, "utf8");
  for (let round = 0; round < rounds; round += 1) {
    // Turn about, so that none always comes first.
    for (const mode of round % 2 === 0 ? modes : modes.toReversed()) {
      writeFileSync(file, before.replace('web: { files: "./public"', `web: { waf: "${mode}", files: "./public"`));
      await site.rampart(["apply"]);
      for (const { name, path } of pages) {
        const load = await pull(site, [`https://www.shop.example/${path}`], ["lb1", "lb2"], haproxyConfig);
        const key = `${name} ${mode}`;
        loads.set(key, [...(loads.get(key) ?? []), load]);
      }
    }
  }
  writeFileSync(file, before);
  await site.rampart(["apply"]);
  return pages.flatMap(({ name }) => (["watch", "block"] as const).map((mode) => comparison(loads, name, mode)));
}

function comparison(loads: ReadonlyMap<string, readonly Load[]>, name: string, mode: Mode): Row {
  const without = loads.get(`${name} off`) ?? [];
  const looked = loads.get(`${name} ${mode}`) ?? [];
  const text = (of: readonly Load[]) =>
    `${median(of.map((one) => one.perSecond)).toFixed(0)} requests/s and ${median(of.map((one) => one.site)).toFixed(0)} µs of all the site's processes a request`;
  return {
    ...{ what: `Requests/s of ${name} with the WAF at ${mode} ÷ without it`, unit: "×", better: "most" },
    values: looked.map((load, round) => load.perSecond / (without[round]?.perSecond ?? Number.NaN)),
    ...{ reach: undefined, aim: undefined },
    notes: [
      `${rounds} rounds, turn about, on the same hosts; wrk, 1 thread, 32 connections that are kept, in the visitor's seat.`,
      `Without: ${text(without)}. At ${mode}: ${text(looked)}.`,
    ],
  };
}
