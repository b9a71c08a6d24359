import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { pushProgram } from "./push-program.ts";

// The program as hosts run it, at ports of the test's.

const made: { folder: string; running: ChildProcess }[] = [];
afterEach(() => {
  for (const { folder, running } of made.splice(0)) {
    running.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});

let next = 20_000 + (process.pid % 10_000);

async function pushing() {
  const folder = mkdtempSync(join(tmpdir(), "rampart-push-"));
  const [push, ask] = [next, next + 1];
  next += 2;
  const program = join(folder, "push");
  const text = pushProgram("Made by a test.").replaceAll("8125", String(push)).replaceAll("9102", String(ask));
  writeFileSync(program, text, { mode: 0o755 });
  made.push({ folder, running: spawn(program, { stdio: "inherit" }) });
  const figures = async () => (await fetch(`http://127.0.0.1:${ask}/metrics`)).text();
  await until(async () => (await figures()).includes("rampart_push_lines_total 0"));
  const socket = createSocket("udp4").unref();
  const send = (packet: string | Uint8Array) =>
    new Promise<void>((done, failed) =>
      socket.send(packet, push, "127.0.0.1", (error) => (error ? failed(error) : done())),
    );
  return { figures, send, ask };
}

/** Sends packets, a few at a time, as the kernel takes them. */
async function sendAll(
  send: (packet: string) => Promise<void>,
  figures: () => Promise<string>,
  lines: readonly string[],
) {
  for (let at = 0; at < lines.length; at += 500) {
    for (let from = at; from < Math.min(at + 500, lines.length); from += 25)
      await send(lines.slice(from, Math.min(from + 25, at + 500)).join("\n"));
    await figures();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > end) throw new Error("it did not come true within 20 s");
    await new Promise((done) => setTimeout(done, 20));
  }
}

function value(figures: string, series: string): number | undefined {
  const line = figures.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test("counters, gauges, times and numbers are added up, by their labels", async () => {
  const { figures, send } = await pushing();
  await send("orders:1|c|#kind:gift,of:web\norders:2|c|@0.5|#of:web,kind:gift\nqueue.length:7|g\nqueue.length:-2|g");
  await send("answer:20|ms|#route:/\nanswer:300:40|ms|#route:/\nbasket:3|h\nlogins_total:1|c");
  await until(async () => value(await figures(), "logins_total") === 1);
  const text = await figures();
  expect(value(text, 'orders_total{kind="gift",of="web"}')).toBe(5);
  expect(value(text, "queue_length")).toBe(5);
  expect(value(text, 'answer_seconds_bucket{route="/",le="0.05"}')).toBe(2);
  expect(value(text, 'answer_seconds_bucket{route="/",le="+Inf"}')).toBe(3);
  expect(value(text, 'answer_seconds_sum{route="/"}')).toBeCloseTo(0.36);
  expect(value(text, 'basket_bucket{le="10"}')).toBe(1);
  expect(text).toContain("# TYPE answer_seconds histogram");
});

test("ten thousand label values: the metric is cut, its total is right, all others are whole", async () => {
  const { figures, send } = await pushing();
  const lines = Array.from({ length: 10_000 }, (_, index) => `visits:1|c|#user:u${index}`);
  await sendAll(send, figures, lines);
  await send("orders:1|c");
  await until(async () => value(await figures(), "orders_total") === 1);
  const text = await figures();
  const visits = text.split("\n").filter((line) => line.startsWith("visits_total{"));
  expect(visits).toHaveLength(201);
  const lost = value(text, "rampart_push_lost_packets_total") ?? 0;
  expect(lost).toBeLessThan(20);
  const sum = visits.reduce((all, line) => all + Number(line.split(" ")[1]), 0);
  expect(sum).toBe((value(text, "rampart_push_lines_total") ?? 0) - 1);
  expect(sum).toBeGreaterThanOrEqual(10_000 - lost * 25);
  expect(value(text, 'rampart_push_cut_total{metric="visits_total"}')).toBe(sum - 200);
});

test("names without end, and histograms without end, stay below the bound of all", async () => {
  const { figures, send } = await pushing();
  const lines = Array.from({ length: 3000 }, (_, index) => [`m${index}:1|ms|#a:${index}`, `g${index}:1|g`]).flat();
  await sendAll(send, figures, lines);
  const text = await figures();
  expect(value(text, "rampart_push_samples")).toBeLessThanOrEqual(5000);
  expect(text.split("\n").length).toBeLessThan(7000);
  expect(value(text, 'rampart_push_cut_total{metric="other"}')).toBeGreaterThan(4000);
});

test("rubbish is counted and changes nothing; hostile labels are text", async () => {
  const { figures, send, ask } = await pushing();
  const rubbish = ["x", "a:b|c", "a:1|s", "a:-1|c", "rampart_push_lines_total:9|c", ":1|c", `${"n".repeat(300)}:1|c`];
  await send(rubbish.join("\n"));
  await send(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x31]));
  await send(Buffer.concat([Buffer.from("page:1|c|#at:"), Buffer.from([0xff, 0x1b]), Buffer.from('<script>"\\,le:5')]));
  await send(`big:1|c|#v:${"x".repeat(5000)}`);
  await until(async () => value(await figures(), "rampart_push_lines_total") === 2);
  const text = await figures();
  expect(text).toContain('page_total{at="? <script>\\"\\\\"} 1\n');
  expect(text).toContain(`big_total{v="${"x".repeat(128)}"} 1\n`);
  expect(value(text, "rampart_push_bad_lines_total")).toBe(rubbish.length + 2);
  expect((await fetch(`http://127.0.0.1:${ask}/other`)).status).toBe(404);
});
