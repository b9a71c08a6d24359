import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { rampartArgv, rampartEnv } from "./rampart.ts";
import { scratch, shop } from "./site.ts";

/** What the client is told. */
export interface Asking {
  readonly address: string;
  readonly name: string;
  /** Path of the CA certificate. */
  readonly ca: string;
  readonly paths: readonly string[];
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Address of the visitor's seat that asks; the seat's own if it is left out. */
  readonly from?: string;
}

/** One request: times in milliseconds since 1970; `problem` is "" when a whole answer came. */
export interface Asked {
  readonly path: string;
  /** Over a connection of its own. */
  readonly fresh: boolean;
  readonly start: number;
  readonly end: number;
  readonly status: number;
  readonly problem: string;
}

export interface Asker {
  /** Ends the asking; resolves with every request when the last is answered. */
  readonly stop: () => Promise<readonly Asked[]>;
}

/** Pages of every kind: from the service, from the database, a file, from the other service. */
const everyKind = ["/", "/search?q=mug", "/assets/base.css", "/api/recommendations?product=12"];

/** A site other than the shop. */
export interface AskedSite {
  readonly folder: string;
  readonly domain: string;
  /** PEM file, relative to the folder. */
  readonly ca?: string;
}

/** A client at the visitor's seat that asks without pause; resolves when the first answer is there. */
export async function askWithoutPause(
  options: Partial<Pick<Asking, "everyMs" | "paths" | "from">> & { readonly of?: AskedSite } = {},
): Promise<Asker> {
  const { folder, domain: name, ca = ".rampart/lab-ca.crt" }: AskedSite = options.of ?? shop;
  const asking: Asking = {
    address: shop.virtual,
    name,
    ca: join(folder, ca),
    paths: options.paths ?? everyKind,
    everyMs: options.everyMs ?? 25,
    timeoutMs: 10_000,
    ...(options.from === undefined ? {} : { from: options.from }),
  };
  const client = programOf("client");
  const seat = ["lab", "outside", "--", process.execPath, client, JSON.stringify(asking)];
  const [program = "", ...args] = rampartArgv(seat, folder);
  const child = spawn(program, args, { env: rampartEnv(), stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let complaint = "";
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  child.stderr.on("data", (chunk) => (complaint += chunk));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.startsWith("ready\n")) resolve();
    });
    ended.then(() => reject(new Error(`the client ended: ${output}${complaint}`)));
  });
  return {
    stop: async () => {
      child.stdin.end();
      await ended;
      return JSON.parse(output.split("\n")[1] ?? "[]") as Asked[];
    },
  };
}

/** Requests without a good and whole answer. */
export function failed(asked: readonly Asked[]): readonly Asked[] {
  return asked.filter((one) => one.status !== 200 || one.problem !== "");
}

/** The longest time, in seconds, in which no good answer came. */
export function longestGap(asked: readonly Asked[]): number {
  const failures = new Set(failed(asked));
  const ends = asked
    .filter((one) => !failures.has(one))
    .map((one) => one.end)
    .toSorted((one, other) => one - other);
  return Math.max(...ends.slice(1).map((end, index) => end - (ends[index] ?? end))) / 1000;
}

/** How many requests, how many failed and of what, the slowest: one line for the reader. */
export function askedInWords(asked: readonly Asked[]): string {
  const failures = failed(asked);
  const kinds = [...new Set(failures.map((one) => `${one.status || ""} ${one.problem}`.trim()))].join(", ");
  const slowest = Math.max(...asked.map((one) => one.end - one.start));
  const wrong = failures.length === 0 ? "0 failed" : `${failures.length} failed (${kinds})`;
  return `${asked.length} requests, ${wrong}, longest gap ${longestGap(asked).toFixed(3)} s, slowest ${(slowest / 1000).toFixed(2)} s`;
}

/** A program beside this file, as one file of plain JavaScript for this machine's Node. */
export function programOf(name: "client" | "flood" | "receiver"): string {
  const outfile = join(scratch, `${name}.mjs`);
  const entry = join(import.meta.dirname, `${name}.ts`);
  buildSync({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outfile, logLevel: "error" });
  return outfile;
}
