// Many visitors at once who do not go away, run by Node at the visitor's seat: each address holds several connections, asks
// again 100 ms after each answer, and so stays below what one visitor may do. Prints one line of JSON at its end.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

/** What the program is told. */
export interface Flood {
  readonly address: string;
  readonly name: string;
  /** Path of the CA certificate. */
  readonly ca: string;
  readonly path: string;
  readonly from: readonly string[];
  /** Connections of each address. */
  readonly connections: number;
  readonly seconds: number;
}

/** What it saw. */
export interface Flooded {
  /** Answers by status; "none" when there was none. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers of status 503 that do not say when to come back. */
  readonly silent: number;
  readonly slowestMs: number;
}

const flood = JSON.parse(process.argv[2] ?? "{}") as Flood;
const ca = readFileSync(flood.ca);
const answers: Record<string, number> = {};
let silent = 0;
let slowestMs = 0;

const ends = performance.now() + flood.seconds * 1000;
const visitors = flood.from.map(async (from, index) => {
  // They come within two seconds, not in the same millisecond.
  await pause((index * 2000) / flood.from.length);
  const agent = new Agent({ keepAlive: true, maxSockets: flood.connections, localAddress: from, ca });
  await Promise.all(Array.from({ length: flood.connections }, () => stay(agent)));
});
await Promise.all(visitors);
process.stdout.write(`${JSON.stringify({ answers, silent, slowestMs })}\n`, () => process.exit(0));

async function stay(agent: Agent): Promise<void> {
  while (performance.now() < ends) {
    const began = performance.now();
    const said = await ask(agent);
    answers[said] = (answers[said] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, Math.round(performance.now() - began));
    await pause(100);
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function ask(agent: Agent): Promise<string> {
  const { address, name, path } = flood;
  return await new Promise((resolve) => {
    const options = { agent, host: address, servername: name, path, headers: { Host: name }, timeout: 20_000 };
    const sent = request(options, (response) => {
      if (response.statusCode === 503 && response.headers["retry-after"] === undefined) silent += 1;
      response.on("error", () => resolve("none"));
      response.on("end", () => resolve(String(response.statusCode)));
      response.resume();
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve("none"));
    sent.end();
  });
}
