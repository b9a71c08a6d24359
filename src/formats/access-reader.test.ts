import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { accessMetricsFile, accessReader } from "./access-reader.ts";

// The program as hosts run it, with its files in a folder of the test's.

const made: { folder: string; running: ChildProcess[] }[] = [];
afterEach(() => {
  for (const { folder, running } of made.splice(0)) {
    for (const one of running) one.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});

/** Says what is sent to a journal, a record a line. */
const listener = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, sockaddr_un($ARGV[0])) or die; $| = 1;
print "ready\\n"; while (defined recv($s, my $text, 65536, 0)) { $text =~ tr/\\n/\\t/; print "$text\\n" }`;

async function reader(sources: readonly ("visitors" | "services")[] = ["services"], longFile = 67_108_864) {
  const folder = mkdtempSync(join(tmpdir(), "rampart-access-"));
  const running: ChildProcess[] = [];
  made.push({ folder, running });
  const [figures, journal, program] = ["figures.prom", "journal", "access"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const files = sources.map((kind) => ({ kind, file: join(folder, `${kind}.log`) }));
  const routes = [
    { host: "", path: "/api", service: "recommendations" },
    { host: "", path: "/", service: "shop" },
    { host: "img.shop.example", path: "/", service: "images" },
  ];
  const text = accessReader({ header: "Made by a test.", sources: files, routes, hosts: ["img.shop.example"] })
    .replace(accessMetricsFile, figures)
    .replace("/run/systemd/journal/socket", journal)
    .replaceAll("67108864", String(longFile));
  writeFileSync(program, text, { mode: 0o755 });
  let told = "";
  const ear = spawn("perl", ["-e", listener, journal], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(ear);
  ear.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    told += chunk;
  });
  await until(() => told.includes("ready\n"));
  const start = () => {
    const child = spawn(program, { env: { ...process.env, STATE_DIRECTORY: folder }, stdio: "inherit" });
    running.push(child);
    return child;
  };
  return {
    folder,
    start,
    write: (kind: "visitors" | "services", lines: readonly string[]) =>
      appendFileSync(join(folder, `${kind}.log`), lines.map((line) => `${line}\n`).join("")),
    figures: () => (existsSync(figures) ? readFileSync(figures, "utf8") : ""),
    told: () =>
      told
        .split("\n")
        .filter((line) => line.includes("MESSAGE="))
        .map((line) => Object.fromEntries(line.split("\t").map((field) => field.split(/=(.*)/s).slice(0, 2)))),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (const began = Date.now(); !holds(); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (Date.now() - began > 15_000) throw new Error("it did not come about");
}

/** As HAProxy writes it. */
function request(fields: Readonly<Record<string, unknown>> = {}): string {
  const all = {
    ...{ ts: 1_795_000_000_000, id: "a1", src: "203.0.113.7", fe: "services", be: "app_shop", srv: "shop1" },
    ...{ method: "GET", host: "www.shop.example", uri: "/", ua: "curl", status: 200, bytes: 100 },
    ...{ t_req: 0, t_queue: 0, t_conn: 1, t_resp: 40, t_total: 42, term: "--", tls: "TLSv1.3", ...fields },
  };
  return `{${Object.entries(all)
    .map(([name, value]) => `"${name}": ${JSON.stringify(value)}`)
    .join(", ")}}`;
}

function count(figures: string, name: string, labels: string): number {
  return Number(
    new RegExp(`^${name}_count\\{${labels.replaceAll("|", "\\|")}\\} (\\d+)$`, "m").exec(figures)?.[1] ?? 0,
  );
}

test("requests count by service, route and class, in buckets; each host of a service by itself", async () => {
  const access = await reader();
  access.start();
  access.write("services", [
    request(),
    request({ t_total: 3 }),
    request({ be: "app_recommendations_once", uri: "/api/x?y=/", status: 404 }),
    request({ be: "app_recommendations", uri: "https://www.shop.example/api", status: 204 }),
    request({ uri: "/apiary", srv: "shop2-anyway" }),
    request({ be: "app_images", host: "img.shop.example", uri: "/a.png" }),
    request({ status: -1, term: "CD", t_resp: -1, srv: "<NOSRV>" }),
  ]);
  const name = "rampart_service_request_seconds";
  await until(() => count(access.figures(), name, 'service="shop",route="/",class="none"') === 1);
  const figures = access.figures();
  expect(count(figures, name, 'service="shop",route="/",class="2xx"')).toBe(3);
  expect(count(figures, name, 'service="recommendations",route="/api",class="4xx"')).toBe(1);
  expect(count(figures, name, 'service="recommendations",route="/api",class="2xx"')).toBe(1);
  expect(count(figures, name, 'service="images",route="img.shop.example/",class="2xx"')).toBe(1);
  expect(figures).toContain(`${name}_bucket{service="shop",route="/",class="2xx",le="0.005"} 1\n`);
  expect(figures).toContain(`${name}_bucket{service="shop",route="/",class="2xx",le="0.05"} 3\n`);
  expect(count(figures, "rampart_server_response_seconds", 'service="shop",server="shop2",class="2xx"')).toBe(1);
  expect(figures).not.toContain("NOSRV");
  expect(access.told()).toEqual([]);
});

test("what failed or was slow is told with its fields; who went away, WebSockets and refusals are not", async () => {
  const access = await reader(["visitors"]);
  access.start();
  access.write("visitors", [
    request({ fe: "https", be: "web", status: 503, term: "SC", uri: '/a","status":200,"bytes":1' }),
    request({ fe: "https", be: "web", t_resp: 1500, t_total: 1600, uri: "/slow", id: "b2" }),
    request({ fe: "https", be: "web", status: -1, term: "CD" }),
    request({ fe: "https", be: "web", status: 101, t_resp: 5, t_total: 3_600_000 }),
    request({ fe: "https", be: "web", t_resp: 5, t_total: 90_000, uri: "/download" }),
    request({ fe: "https", be: "https", status: 429 }),
    // As nginx writes it.
    '{"ts":"1","id":"c3","src":"203.0.113.7","method":"GET","host":"www.shop.example","uri":"/n","ua":"","status":"502","bytes":"1","t_total":"0.250","tls":"TLSv1.3"}',
  ]);
  await until(() => access.told().length >= 3);
  expect(
    access.told().map((one) => [one.ACCESS_WHY, one.ACCESS_STATUS, one.ACCESS_MILLISECONDS, one.PRIORITY]),
  ).toEqual([
    ["failed", "503", "42", "3"],
    ["slow", "200", "1600", "4"],
    ["failed", "502", "250", "3"],
  ]);
  expect(access.told()[1]).toMatchObject({
    ACCESS_ID: "b2",
    ACCESS_ROUTE: "/",
    ACCESS_URI: "/slow",
    ACCESS_SOURCE: "203.0.113.7",
  });
  expect(JSON.parse(String(access.told()[0]?.MESSAGE))).toMatchObject({ status: 503 });
  await until(
    () => count(access.figures(), "rampart_visitor_request_seconds", 'service="shop",route="/",class="5xx"') === 2,
  );
});

test("a flood of failures is told in part, and how many were left out; one in a hundred of the others is told", async () => {
  const access = await reader();
  access.write("services", Array(300).fill(request({ status: 500 })));
  access.start();
  await until(() => access.told().some((one) => /^\d+ more requests failed/.test(String(one.MESSAGE))));
  const failed = access.told().filter((one) => one.ACCESS_WHY === "failed").length;
  expect(failed).toBeLessThanOrEqual(50);
  expect(access.told().find((one) => /more requests/.test(String(one.MESSAGE)))?.MESSAGE).toContain(
    `${300 - failed} more`,
  );
  access.write("services", Array(250).fill(request()));
  await until(() => access.told().filter((one) => one.ACCESS_WHY === "sample").length === 2);
});

test("strange lines are passed over: text, halves, bytes that are no UTF-8, tabs, a megabyte without an end", async () => {
  const access = await reader();
  access.start();
  const file = join(access.folder, "services.log");
  writeFileSync(file, Buffer.concat([Buffer.from("Server web/web1 is DOWN\n{\n"), Buffer.alloc(1_500_000, 120)]));
  appendFileSync(file, Buffer.concat([Buffer.from("\n"), Buffer.from(request({ ua: "a\tb" })), Buffer.from("\n")]));
  appendFileSync(
    file,
    Buffer.from(`${request({ ua: "~" })}\n`).map((byte) => (byte === 0x7e ? 0xff : byte)),
  );
  appendFileSync(file, request().slice(0, 100));
  const total = () => [...access.figures().matchAll(/^rampart_service_request_seconds_count\{.*\} (\d+)$/gm)];
  await until(() => total().reduce((sum, [, one]) => sum + Number(one), 0) >= 2);
  appendFileSync(file, `${request().slice(100)}\n`);
  await until(() => total().reduce((sum, [, one]) => sum + Number(one), 0) === 3);
});

test("a restart goes on where it stopped; a long file is put aside, and no request is lost or counted twice", async () => {
  const access = await reader(["services"], 100_000);
  const first = access.start();
  const counted = () =>
    count(access.figures(), "rampart_service_request_seconds", 'service="shop",route="/",class="2xx"');
  access.write("services", Array(50).fill(request()));
  await until(() => counted() === 50);
  first.kill("SIGTERM");
  access.write("services", Array(50).fill(request()));
  access.start();
  await until(() => counted() === 100);
  const file = join(access.folder, "services.log");
  access.write("services", Array(900).fill(request()));
  await until(() => counted() === 1000 && statSync(file).size === 0);
  access.write("services", Array(10).fill(request()));
  await until(() => counted() === 1010);
  expect(readdirSync(access.folder)).toContain("services.log.1.gz");
  const kept = gunzipSync(readFileSync(`${file}.1.gz`)).toString();
  expect(kept.trimEnd().split("\n")).toHaveLength(1000);
});
