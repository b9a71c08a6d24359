import { beforeAll, expect, test } from "vitest";
import { shopIsUp, siteStatus } from "./support/lab.ts";
import { onHost, rampartDone } from "./support/rampart.ts";
import { shop } from "./support/site.ts";

beforeAll(shopIsUp);

test("of the site's address visitors find ports 80 and 443 open, and nothing else; no host answers them at all", async () => {
  const { hosts } = await siteStatus();
  const inside = hosts.map((host) => host.address);
  const outside = ["198.51.100.11", "198.51.100.12"];
  const asked = "-p22,53,80,443,3000,3001,3306,8404,8405,8443,9090,9100,9104";
  const [everyPort, ofBalancers, known, pings] = await Promise.all([
    openPorts([shop.virtual], "-p-"),
    openPorts(outside, "-p-"),
    openPorts(inside, asked),
    answeringPing([shop.virtual, ...outside, ...inside]),
  ]);
  expect(everyPort).toEqual([`${shop.virtual}:80`, `${shop.virtual}:443`]);
  expect(ofBalancers).toEqual([]);
  expect(known).toEqual([]);
  expect(pings).toEqual([shop.virtual]);
});

test("a visitor who claims an inside address is not heard", async () => {
  // Dropped by the kernel's own check of the way back, or by the rules.
  const dropped = () =>
    onHost(
      "lb1",
      "nstat -asz TcpExtIPReversePathFilter; nft list chain inet rampart input | grep 'inside address cannot'",
    );
  const before = await dropped();
  const claim =
    "ip addr add 10.77.2.1/32 dev lo; nc -s 10.77.2.1 -z -w 1 198.51.100.11 22; ip addr del 10.77.2.1/32 dev lo";
  await rampartDone(["lab", "outside", "--", "sh", "-c", claim]);
  expect(await dropped()).not.toBe(before);
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

test("every hop inside is closed to whoever shows no certificate, although the firewall lets him through", async () => {
  const hops: readonly (readonly [from: string, to: string, port: number])[] = [
    ["lb1", "web1", 8443],
    ["lb1", "lb2", 10000],
    ["web1", "shop1", 3000],
    ["web1", "recommendations1", 3001],
    ["mon1", "shop1", 3000],
    ...["lb1", "web1", "shop1", "recommendations1"].map((to) => ["mon1", to, 8405] as const),
    ...["lb2", "web2", "shop2", "recommendations2", "db1", "mon1"].map((to) => ["mon1", to, 9100] as const),
    ["mon1", "web1", 9113],
    ["mon1", "db1", 9104],
  ];
  const answers = await Promise.all(
    hops.map(async ([from, to, port]) => `${to}:${port} ${await asStranger(from, to, port)}`),
  );
  expect(answers.filter((one) => !one.endsWith(" refused"))).toEqual([]);
});

test("no account that reaches the database from another host does without a certificate", async () => {
  const bare =
    "SELECT User FROM mysql.global_priv WHERE Host <> 'localhost' AND COALESCE(JSON_VALUE(Priv, '$.x509_subject'), '') = ''";
  expect(await onHost("db1", `mariadb -BNe "${bare}"`)).toBe("");
  const subjects = "SELECT COUNT(*) FROM mysql.global_priv WHERE JSON_VALUE(Priv, '$.x509_subject') LIKE '/CN=%'";
  // One for the service, one for each member that replicates.
  expect(await onHost("db1", `mariadb -BNe "${subjects}"`)).toBe("4");
  // The right password alone is not enough.
  const ask = `. /etc/rampart/app/shop.env; MYSQL_PWD=$DATABASE_PASSWORD mariadb -h db1.${shop.name}.internal -u shop --ssl-ca=/etc/rampart/ca.crt`;
  const proof = "--ssl-cert=/etc/rampart/tls/shop-database.crt --ssl-key=/etc/rampart/tls/shop-database.key";
  expect(await onHost("shop1", `${ask} ${proof} -BNe 'SELECT 1'`)).toBe("1");
  expect(await onHost("shop1", `${ask} -BNe 'SELECT 1' 2>&1 || true`)).toContain("Access denied");
  const plain = await onHost("shop1", `${ask} ${proof} --skip-ssl -BNe 'SELECT 1' 2>&1 || true`);
  expect(plain).toMatch(/Access denied|insecure transport/);
});

/** What a service says to a client of this host that knows the CA and has no certificate: "refused", or its answer. */
async function asStranger(from: string, to: string, port: number): Promise<string> {
  const script = `printf 'GET / HTTP/1.1\\r\\nHost: ${to}\\r\\nConnection: close\\r\\n\\r\\n' | timeout 5 openssl s_client -quiet -connect ${to}:${port} -CAfile /etc/rampart/ca.crt 2>&1 | tail -n 40 || true`;
  const answer = await onHost(from, script);
  // HAProxy and the exporters end the handshake; nginx gives an answer of its own before it looks at the request.
  return /alert certificate required|No required SSL certificate was sent/.test(answer) ? "refused" : answer;
}

interface Door {
  readonly from: string;
  readonly to: string;
  readonly open: boolean;
  /** Milliseconds until it was known. */
  readonly ms: number;
}

/**
 * Tries to open a TCP connection from one host to another, or to an address. The fastest of three tries where they end closed: a busy machine
 * may be late once, a packet that is dropped is waited for each time.
 */
async function door(from: string, to: string, port: number): Promise<Door> {
  const script = `least=9999
for try in 1 2 3; do
  began=$(date +%s%N) answer=closed
  timeout 3 bash -c 'exec 3<>/dev/tcp/${to}/${port}' 2>/dev/null && answer=open
  ms=$(( ($(date +%s%N) - began) / 1000000 ))
  [ $ms -ge $least ] || least=$ms
  [ $answer = closed ] && [ $least -ge 200 ] || break
done
echo $answer
echo $least`;
  const [answer, ms] = (await onHost(from, script)).split("\n");
  return { from, to: `${to}:${port}`, open: answer === "open", ms: Number(ms) };
}

/** The open TCP ports of addresses, as nmap finds them from the visitor's seat. */
async function openPorts(addresses: readonly string[], ports: string): Promise<readonly string[]> {
  const stdout = await nmap(["-Pn", ports, "--min-rate", "15000", "--max-retries", "1", ...addresses]);
  return [...stdout.matchAll(/^Host: (\S+) .*Ports: (.*)$/gm)].flatMap(([, address, list = ""]) =>
    [...list.matchAll(/(\d+)\/open\/tcp/g)].map(([, port]) => `${address}:${port}`),
  );
}

async function answeringPing(addresses: readonly string[]): Promise<readonly string[]> {
  const stdout = await nmap(["-sn", "-PE", "--disable-arp-ping", ...addresses]);
  return [...stdout.matchAll(/^Host: (\S+) .*Status: Up$/gm)].map(([, address = ""]) => address);
}

async function nmap(words: readonly string[]): Promise<string> {
  return (await rampartDone(["lab", "outside", "--", "nmap", "-n", "-oG", "-", ...words])).stdout;
}
