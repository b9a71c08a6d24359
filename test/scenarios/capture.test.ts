import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Capture, listenInside } from "./support/capture.ts";
import { say, shopIsUp } from "./support/lab.ts";
import type { Connection } from "./support/pcap.ts";
import { onHost, rampartDone } from "./support/rampart.ts";
import { secretValues } from "./support/secrets.ts";
import { type Edit, scratch, shop, writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";
import { customer } from "./support/visitor.ts";

// Somebody who listens on the inside network, while a customer orders, the site is changed, and the monitor asks around.

const upload: Edit = ['web: { files: "./public" }', 'web: { files: "./public", maxBodyMiB: 24 }'];
const person = { name: "Wilhelmina Listened", address: "77 Overheard Lane", password: "an overheard password" };
const search = "lantern-overheard";
/** Said on purpose in the clear, so that it is known that the listener hears. */
const shouted = { byHost: "a host says this aloud", byOperator: "an operator says this aloud" };

let capture: Capture;
let known: ReadonlyMap<string, string>;

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  await rampartDone(["apply"]);
  const listener = await listenInside(shop.name, join(scratch, "inside.pcap"));
  const ordered = await order();
  writeSite([upload]);
  await rampartDone(["apply"]);
  writeSite();
  await rampartDone(["apply"]);
  await shout();
  capture = await listener.endAfter(shouted.byOperator);
  known = new Map([...ordered, ...(await secretValues())]);
  const ports = [...new Set(capture.connections.map((one) => one.port))].filter((port) => port < 10_000);
  say(`heard: ${capture.packets} packets, ${capture.connections.length} connections, to ports ${ports.join(" ")}`);
});

test("the listener hears every host, and finds what is said in the clear", () => {
  expect(capture.holds(shouted.byHost)).toBe(true);
  expect(capture.holds(shouted.byOperator)).toBe(true);
  expect(capture.holds("nobody said this aloud")).toBe(false);
});

test("requests, SQL, replication, measurements, logs and operators were on their way meanwhile", () => {
  const heard = new Map<number, number>();
  for (const { port, asked, answered } of capture.connections)
    heard.set(port, (heard.get(port) ?? 0) + Math.min(asked.length, answered.length));
  for (const port of [22, 3000, 3306, 8405, 8443, 9100, 9104, 19_532])
    expect(heard.get(port), `port ${port}`).toBeGreaterThan(0);
  const among = (one: Connection) =>
    one.port === 3306 && [one.from, one.to].every((place) => place.startsWith(databases));
  expect(capture.connections.filter(among).length, "replication").toBeGreaterThan(0);
});

test("nothing of it can be read: no name, password, cookie, address, search or secret of the site", () => {
  const read = [...known].filter(([, value]) => capture.holds(value)).map(([what]) => what);
  expect(read).toEqual([]);
});

test.each([
  [
    "HTTP",
    ["HTTP/1.", "GET /", "POST /", "OPTIONS /", "Host: ", "Cookie: ", "Set-Cookie: ", "X-Forwarded-For", "PROXY TCP4"],
  ],
  ["SQL", ["SELECT ", "INSERT INTO", "UPDATE ", "COMMIT", "SHOW ", "information_schema", "GTID_"]],
  ["measurements", ["node_cpu_seconds_total", "haproxy_", "mysql_global", "# TYPE ", "# HELP "]],
  ["log lines", ["systemd[", "haproxy[", "nginx[", "mariadbd[", "MESSAGE=", "rampart-"]],
])("nothing of it is plain %s", (_, words) => {
  expect(words.filter((word) => capture.holds(word))).toEqual([]);
});

test("every connection that was opened is TLS from its first byte, or SSH, or MariaDB's greeting and then TLS", () => {
  const opened = capture.connections.filter((one) => one.whole && one.asked.length > 0 && !isShouted(one));
  expect(opened.length).toBeGreaterThan(20);
  const plain = opened.filter((one) => !isEncrypted(one));
  expect(plain.length, plain.map(shortly).join("; ")).toBe(0);
});

const databases = "10.77.3.";

function shortly({ from, to, asked }: Connection): string {
  return `${from} → ${to}: ${asked.subarray(0, 16).toString("hex")} (${asked.length} bytes)`;
}

/** A customer's way through the shop; what of it an eavesdropper would like to read. */
async function order(): Promise<ReadonlyMap<string, string>> {
  const someone = customer();
  const email = `overheard-${Date.now()}@example.org`;
  const { name, address, password } = person;
  await someone.get("/");
  await someone.get(`/search?q=${search}`);
  await someone.post("/register", "/register", { name, email, password, next: "/" });
  await someone.post("/logout", "/logout", {});
  const entered = await someone.post("/login", "/login", { email, password, next: "/" });
  expect(entered.status).toBe(303);
  await someone.post("/product/12", "/cart/add", { product: "12", quantity: "2" });
  const placed = await someone.post("/cart", "/checkout", { name, address });
  expect(placed.status).toBe(303);
  const orderPath = String(placed.headers.location);
  // Read from a replica: the order went the way of replication.
  await eventually(5, async () => {
    const { body } = await someone.get(`/api${orderPath}?source=replica`);
    expect(JSON.parse(body)).toMatchObject({ source: "replica" });
  });
  // A cookie that was taken back is empty.
  const cookies = [...someone.cookies()].filter(([, value]) => value.length > 8);
  expect(cookies.length).toBeGreaterThan(0);
  return new Map([
    ...Object.entries(person),
    ["email", email],
    ["search", search],
    ["order's path", orderPath],
    ...cookies,
  ]);
}

/** Says two lines in the clear: to an open port of another host, and to a host's SSH. */
async function shout(): Promise<void> {
  await onHost("web1", `printf '%s\\n' '${shouted.byHost}' | nc -N -w 2 shop1 3000 > /dev/null; true`);
  const aloud = `printf '%s\\n' '${shouted.byOperator}' > /dev/tcp/10.77.2.1/22`;
  await rampartDone(["lab", "inside", "--", "bash", "-c", aloud]);
}

function isShouted({ asked }: Connection): boolean {
  return Object.values(shouted).some((text) => asked.includes(text));
}

function isEncrypted({ port, asked, answered }: Connection): boolean {
  const isTls = (bytes: Buffer) => bytes[0] === 0x16 && bytes[1] === 0x03;
  if (port === 22) return asked.subarray(0, 8).equals(Buffer.from("SSH-2.0-"));
  if (port !== 3306) return isTls(asked);
  // Protocol 10 greets, the client asks for TLS by a packet of 32 bytes without a name in it; all else follows inside TLS.
  const request = asked.length === 0 || (asked.readUIntLE(0, 3) === 32 && isTls(asked.subarray(36)));
  return answered[4] === 10 && request;
}
