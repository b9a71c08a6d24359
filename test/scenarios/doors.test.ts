import { beforeAll, expect, test } from "vitest";
import { shopIsUp, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone } from "./support/rampart.ts";
import { shop } from "./support/site.ts";

beforeAll(shopIsUp);

test("of the site's address visitors find ports 80 and 443 open, and nothing else", async () => {
  expect(await openPorts(shop.virtual, "-p-")).toEqual([80, 443]);
});

test("no host of the site answers visitors, at no port and not to ping", async () => {
  const { hosts } = await siteStatus();
  const inside = hosts.map((host) => host.address);
  const outside = ["198.51.100.11", "198.51.100.12"];
  const [everyPort, known, pings] = await Promise.all([
    Promise.all(outside.map((address) => openPorts(address, "-p-"))),
    Promise.all(
      inside.map((address) => openPorts(address, "-p22,53,80,443,3000,3001,3306,8404,8405,8443,9090,9100,9104")),
    ),
    Promise.all([...outside, ...inside].map(async (address) => [address, await answersPing(address)])),
  ]);
  expect(everyPort.flat()).toEqual([]);
  expect(known.flat()).toEqual([]);
  expect(pings.filter(([, answers]) => answers)).toEqual([]);
  expect(await answersPing(shop.virtual)).toBe(true);
});

test("a visitor who claims an inside address is not believed", async () => {
  const spoofed = ["ping", "-c", "1", "-W", "1", "-I", "10.77.2.1", "198.51.100.11"];
  const script = `ip addr add 10.77.2.1/32 dev lo && ${spoofed.join(" ")}; code=$?; ip addr del 10.77.2.1/32 dev lo; exit $code`;
  expect((await rampart(["lab", "outside", "--", "sh", "-c", script])).exitCode).not.toBe(0);
});

test("the database is open for the app tier and closed, at once, for all others", async () => {
  const doors = await Promise.all([
    door("shop1", "db1", 3306),
    door("shop2", "db3", 3306),
    door("web1", "db1", 3306),
    door("recommendations1", "db1", 3306),
    door("lb1", "db1", 3306),
    door("mon1", "db1", 3306),
  ]);
  expect(doors.map(({ from, open }) => `${from} ${open ? "open" : "closed"}`)).toEqual([
    "shop1 open",
    "shop2 open",
    "web1 closed",
    "recommendations1 closed",
    "lb1 closed",
    "mon1 closed",
  ]);
  for (const { open, ms, from } of doors) if (!open) expect(ms, `${from} waits`).toBeLessThan(500);
});

test("each tier reaches the next one only", async () => {
  const doors = await Promise.all([
    door("lb1", "web1", 8443),
    door("web1", "shop1", 3000),
    door("web1", "recommendations2", 3001),
    door("lb1", "shop1", 3000),
    door("lb1", "recommendations1", 3001),
    door("shop1", "web1", 8443),
    door("web1", "web2", 8443),
    door("db1", "shop1", 3000),
  ]);
  expect(doors.map(({ open }) => open)).toEqual([true, true, true, false, false, false, false, false]);
});

test("a host opens no connection that the site does not need: not to the monitor, not to another host's SSH, not out", async () => {
  const doors = await Promise.all([
    door("web1", "mon1", 9090),
    door("web1", "mon1", 9100),
    door("web1", "shop1", 22),
    door("shop1", "shop2", 22),
    door("db1", "lb1", 22),
    door("mon1", "web1", 22),
    door("lb1", "198.51.100.1", 22),
    door("web1", "192.0.2.1", 443),
  ]);
  expect(doors.filter(({ open }) => open)).toEqual([]);
  for (const { ms, from, to } of doors) expect(ms, `${from} to ${to} waits`).toBeLessThan(500);
});

test("the monitor reaches what it watches, and what it keeps is reached by nobody", async () => {
  const doors = await Promise.all([
    door("mon1", "db2", 9104),
    door("mon1", "lb2", 8405),
    door("mon1", "shop1", 9100),
    door("shop1", "mon1", 9093),
    door("lb1", "mon1", 9090),
  ]);
  expect(doors.map(({ open }) => open)).toEqual([true, true, true, false, false]);
});

test("nothing listens in plain text on the inside network but SSH and what encrypts by itself", async () => {
  const listening = await onHost("mon1", "ss -Hltn | awk '{ print $4 }' | sort -u");
  for (const port of [9090, 9093, 9115]) {
    const places = listening.split("\n").filter((address) => address.endsWith(`:${port}`));
    expect(places).toEqual([`127.0.0.1:${port}`]);
  }
});

interface Door {
  readonly from: string;
  readonly to: string;
  readonly open: boolean;
  /** Milliseconds until it was known. */
  readonly ms: number;
}

/** Tries to open a TCP connection from one host to another, or to an address. */
async function door(from: string, to: string, port: number): Promise<Door> {
  const script = `began=$(date +%s%N)
timeout 3 bash -c 'exec 3<>/dev/tcp/${to}/${port}' 2>/dev/null && echo open || echo closed
echo $(( ($(date +%s%N) - began) / 1000000 ))`;
  const [answer, ms] = (await onHost(from, script)).split("\n");
  return { from, to: `${to}:${port}`, open: answer === "open", ms: Number(ms) };
}

/** The open TCP ports of an address, as nmap finds them from the visitor's seat. */
async function openPorts(address: string, ports: string): Promise<readonly number[]> {
  const words = ["nmap", "-Pn", "-n", ports, "--min-rate", "5000", "--max-retries", "2", "-oG", "-", address];
  const { stdout } = await rampartDone(["lab", "outside", "--", ...words]);
  return [...stdout.matchAll(/(\d+)\/open\/tcp/g)].map(([, port]) => Number(port));
}

async function answersPing(address: string): Promise<boolean> {
  const words = ["lab", "outside", "--", "ping", "-n", "-c", "2", "-i", "0.2", "-W", "1", address];
  return (await rampart(words)).exitCode === 0;
}
