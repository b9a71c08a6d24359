import { readFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../command.ts";
import { median, type Row } from "../figures.ts";
import { type BenchSite, smallFile } from "../site.ts";
import { type HandMade, withHandMade } from "./hand-made.ts";
import { hostProcesses } from "./memory.ts";

const rounds = 5;
const seconds = 6;
const visitors = [
  { name: "visitors that keep their connection", headers: [], reach: 0.65, aim: 0.8 },
  {
    name: "visitors with a new connection for each request",
    headers: ["-H", "Connection: close"],
    reach: 0.95,
    aim: 1,
  },
];

/** What is said and wanted of each, by who opens the visitors' TLS. */
const kinds = {
  balancer: ({ name, reach, aim }: Visitor) => ({
    what: `HTTPS requests/s of 1 KB ÷ hand-written without TLS inside; ${name}`,
    reach,
    aim,
  }),
  web: ({ name }: Visitor) => ({
    what: `The same with \`tls.terminate: "web"\`; ${name}`,
    reach: 1,
    aim: 1.2,
  }),
};

type Visitor = (typeof visitors)[number];

/** What came of pulling one page for some seconds. */
export interface Load {
  readonly perSecond: number;
  /** Microseconds of HAProxy on the balancer, and of all the site's processes, for each request. */
  readonly haproxy: number;
  readonly site: number;
}

/** Requests a second of 1 KB through the site, divided by those of the same hosts set up by hand without TLS inside. */
export async function trafficRows(site: BenchSite, root: string): Promise<Row[]> {
  await ensureWrk();
  return await comparisons(site, "balancer", root);
}

/** The same with `tls.terminate: "web"`. The site stays so. */
export async function passRows(site: BenchSite, root: string): Promise<Row[]> {
  await ensureWrk();
  site.edit((text) => text.replace(/^ {2}web:/m, '  tls: { terminate: "web" },\n  web:'));
  await site.rampart(["apply"]);
  return await comparisons(site, "web", root);
}

/** Installs the load generator on this machine if it is missing. */
export async function ensureWrk(): Promise<void> {
  await command(["sh", "-c", "command -v wrk >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq wrk"]);
}

async function comparisons(site: BenchSite, terminate: "balancer" | "web", root: string): Promise<Row[]> {
  return await withHandMade(site, terminate, join(root, "bench/hand"), async (hand) => {
    const rows: Row[] = [];
    for (const visitor of visitors)
      rows.push(await comparison(site, hand, { ...visitor, ...kinds[terminate](visitor) }));
    return rows;
  });
}

interface Kind {
  readonly what: string;
  readonly headers: readonly string[];
  readonly reach: number;
  readonly aim: number;
}

async function comparison(site: BenchSite, hand: HandMade, kind: Kind): Promise<Row> {
  const ours: Load[] = [];
  const theirs: Load[] = [];
  const load = (url: string, config: string) => pull(site, [...kind.headers, url], hand.balancers, config);
  const one = async () => void ours.push(await load(`https://${hand.domain}/${smallFile}`, "/etc/haproxy/haproxy.cfg"));
  const other = async () =>
    void theirs.push(await load(`https://${hand.domain}:${hand.port}/${smallFile}`, hand.config));
  for (let round = 0; round < rounds; round += 1) {
    // Turn about, so that neither always comes second.
    for (const turn of round % 2 === 0 ? [one, other] : [other, one]) await turn();
  }
  const ratios = ours.map((load, round) => load.perSecond / (theirs[round]?.perSecond ?? Number.NaN));
  const figures = (name: string, loads: readonly Load[]) =>
    `${name} ${median(loads.map((one) => one.perSecond)).toFixed(0)} requests/s, ${median(loads.map((one) => one.haproxy)).toFixed(0)} µs of HAProxy and ${median(loads.map((one) => one.site)).toFixed(0)} µs of all the site's processes a request`;
  return {
    ...{ what: kind.what, unit: "×", values: ratios },
    ...{ better: "most", reach: kind.reach, aim: kind.aim },
    notes: [
      `${rounds} rounds of ${seconds} s each, turn about; wrk, 1 thread, 32 connections, in the visitor's seat.`,
      `${figures("Rampart:", ours)}. ${figures("By hand:", theirs)}.`,
    ],
  };
}

/** Pulls one page as fast as it comes. `words` end in its address; throws when an answer is not 2xx. */
export async function pull(
  site: BenchSite,
  words: readonly string[],
  balancers: readonly string[],
  config: string,
): Promise<Load> {
  const before = spent(balancers, config);
  const wrk = ["wrk", "-t1", "-c32", `-d${seconds}s`, ...words];
  const { stdout } = await site.rampart(["lab", "outside", "--", ...wrk]);
  const after = spent(balancers, config);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
  if (requests === 0 || /Non-2xx/.test(stdout)) throw new Error(`the load did not get its file:\n${stdout}`);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  return {
    perSecond,
    haproxy: (after.haproxy - before.haproxy) / requests,
    site: (after.site - before.site) / requests,
  };
}

/** CPU time spent so far, in microseconds. */
function spent(balancers: readonly string[], config: string): { readonly haproxy: number; readonly site: number } {
  const ofBalancers = new Set(balancers.flatMap((host) => hostProcesses(host)));
  let haproxy = 0;
  let site = 0;
  for (const pid of hostProcesses()) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      // utime and stime, in hundredths of a second (proc(5)).
      const time = (Number(fields[11]) + Number(fields[12])) * 10_000;
      site += time;
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (ofBalancers.has(pid) && words.includes("haproxy") && words.includes(config)) haproxy += time;
    } catch {
      // It has just ended.
    }
  }
  return { haproxy, site };
}
