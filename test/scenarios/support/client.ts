// A visitor without patience, run by Node at the visitor's seat: asks for a page every few milliseconds whether or not the
// earlier ones were answered, every second one over a new connection. Says "ready" after the first good answer; when its
// standard input ends it waits for what is on its way and prints every request as JSON.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { Asked, Asking } from "./asking.ts";

const asking = JSON.parse(process.argv[2] ?? "{}") as Asking;
const kept = new Agent({ keepAlive: true, maxFreeSockets: 16 });
const asked: Asked[] = [];
let running = 0;
let number = 0;
let ready = false;
let over = false;

function ask(): void {
  const path = asking.paths[number % asking.paths.length] ?? "/";
  // Not simply every second one: with an even number of paths each would then know one kind of connection only.
  const fresh = (number + Math.floor(number / asking.paths.length)) % 2 === 0;
  number += 1;
  running += 1;
  const start = now();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error("no answer in time")), asking.timeoutMs);
  const done = (status: number, problem: string) => {
    if (timer.hasRef()) clearTimeout(timer);
    running -= 1;
    asked.push({ path, fresh, start, end: now(), status, problem });
    if (status === 200 && problem === "" && !ready) {
      ready = true;
      process.stdout.write("ready\n");
    }
    if (over && running === 0) finish();
  };
  send(path, fresh, controller.signal, once(done));
}

function send(
  path: string,
  fresh: boolean,
  signal: AbortSignal,
  done: (status: number, problem: string) => void,
): void {
  const sent = request(
    {
      host: asking.address,
      port: 443,
      ...(asking.from === undefined ? {} : { localAddress: asking.from }),
      servername: asking.name,
      path,
      headers: { Host: asking.name, "User-Agent": "rampart-scenario" },
      // Read anew: while the site's CA is rotated the file holds both.
      ca: readFileSync(asking.ca),
      signal,
      ...(fresh ? { agent: false as const } : { agent: kept }),
    },
    (response) => {
      const status = response.statusCode ?? 0;
      response.on("error", (error) => done(status, error.message));
      response.on("close", () => done(status, response.complete ? "" : "the answer was cut off"));
      response.resume();
    },
  );
  sent.on("error", (error: NodeJS.ErrnoException) => {
    const where = sent.reusedSocket ? " on a kept connection" : "";
    done(0, `${signal.aborted ? "no answer in time" : (error.code ?? error.message)}${where}`);
  });
  sent.end();
}

function once(deed: (status: number, problem: string) => void): (status: number, problem: string) => void {
  let called = false;
  return (status, problem) => {
    if (called) return;
    called = true;
    deed(status, problem);
  };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function finish(): void {
  process.stdout.write(`${JSON.stringify(asked)}\n`, () => process.exit(0));
}

const clock = setInterval(ask, asking.everyMs);
process.stdin.resume();
process.stdin.on("end", () => {
  clearInterval(clock);
  over = true;
  if (running === 0) finish();
});
