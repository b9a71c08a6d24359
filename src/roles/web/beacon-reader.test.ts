import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { beaconMetricsFile, beaconReader } from "./beacon-reader.ts";
import { beaconLog } from "./facts.ts";

// The program as hosts run it, with its files in a folder of the test's.

const made: { folder: string; running: ChildProcess[] }[] = [];
afterEach(() => {
  for (const { folder, running } of made.splice(0)) {
    for (const one of running) one.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});

const listener = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, sockaddr_un($ARGV[0])) or die; $| = 1;
print "ready\\n"; while (defined recv($s, my $text, 65536, 0)) { $text =~ tr/\\n/\\t/; print "$text\\n" }`;

async function reader() {
  const folder = mkdtempSync(join(tmpdir(), "rampart-beacons-"));
  const [log, figures, journal, program] = ["log", "figures.prom", "journal", "beacons"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  const routes = [
    { host: "", path: "/api", service: "recommendations" },
    { host: "", path: "/", service: "shop" },
  ];
  const text = beaconReader({ header: "Made by a test.", routes, hosts: [] })
    .replaceAll(beaconMetricsFile, figures)
    .replaceAll(beaconLog, log)
    .replace("/run/systemd/journal/socket", journal);
  writeFileSync(program, text, { mode: 0o755 });
  const running: ChildProcess[] = [];
  made.push({ folder, running });
  let told = "";
  const ear = spawn("perl", ["-e", listener, journal], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(ear);
  ear.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    told += chunk;
  });
  await until(() => told.includes("ready\n"));
  running.push(spawn(program, { stdio: "inherit" }));
  const say = (body: string, own = 1) =>
    appendFileSync(log, `{"own":${own},"host":"www.shop.example","body":"${body.replaceAll("\n", "\\n")}"}\n`);
  const seen = () => (existsSync(figures) ? readFileSync(figures, "utf8") : "");
  return { say, seen, told: () => told, log };
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error("it did not come true within 30 s");
    await new Promise((done) => setTimeout(done, 50));
  }
}

test("what a page tells becomes figures of its route, and errors become text", async () => {
  const { say, seen, told } = await reader();
  say("path /product/12\nview\nlcp 2100.5\ncls 0.2\nttfb 30\nfcp 500");
  say('path /api/x\nview\nfailed\nerror TypeError: \\\\u003cb\\u003e \\u001b[31m\\"quoted\\" | /assets/shop.js:3:7');
  say("path /product/7\ninp 600");
  await until(() => seen().includes('rampart_page_inp_seconds_count{route="/"} 1'));
  const text = seen();
  expect(text).toContain('rampart_page_views_total{route="/"} 1\n');
  expect(text).toContain('rampart_page_lcp_seconds_bucket{route="/",le="2"} 0\n');
  expect(text).toContain('rampart_page_lcp_seconds_bucket{route="/",le="2.5"} 1\n');
  expect(text).toContain('rampart_page_cls_bucket{route="/",le="0.25"} 1\n');
  expect(text).toContain('rampart_page_inp_seconds_bucket{route="/",le="0.5"} 0\n');
  expect(text).toContain('rampart_page_failed_views_total{route="/api"} 1\n');
  expect(text).toContain('rampart_page_errors_total{route="/api"} 1\n');
  await until(() => told().includes("PAGE_ROUTE"));
  expect(told()).toContain('MESSAGE=error in a page: TypeError: \\u003cb>  [31m"quoted" | /assets/shop.js:3:7\t');
});

test("rubbish and what other sites send change nothing but a count, and labels stay few", async () => {
  const { say, seen, log } = await reader();
  say("path /\nview\nlcp 5", 0);
  say("path /\nlcp -5\nlcp nan\nlcp 99999999999\nlcp 1e9\nfid 3\nview 2");
  say("nonsense");
  say(`path /${"x".repeat(9000)}`);
  say("");
  appendFileSync(log, `no JSON at all \u0000\u001b\n${"y".repeat(100_000)}\n`);
  for (let time = 0; time < 200; time += 1) say(`path /p${time}\nview\nerror e${time} | :0:0`);
  await until(() => seen().includes('rampart_page_views_total{route="/"} 200'));
  const text = seen();
  expect(text).toContain('rampart_beacons_ignored_total{reason="foreign"} 1\n');
  expect(text).toContain('rampart_beacons_ignored_total{reason="unreadable"} 11\n');
  expect(text).not.toContain("rampart_page_lcp_seconds_count");
  expect(text.match(/^rampart_page_views_total\{/gm)).toHaveLength(1);
});

test("the file is emptied when it was read; at most ten errors a minute become records", async () => {
  const { say, seen, told, log } = await reader();
  const body = `path /\nview\nerror ${"z".repeat(250)} | /a.js:1:1`;
  for (let time = 0; time < 4000; time += 1) say(body);
  await until(() => seen().includes('rampart_page_views_total{route="/"} 4000'));
  await until(() => statSync(log).size === 0);
  say("path /\nview");
  await until(() => seen().includes('rampart_page_views_total{route="/"} 4001'));
  expect(told().split("error in a page").length - 1).toBeLessThanOrEqual(20);
});
