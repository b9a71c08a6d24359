import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { askedInWords, askWithoutPause, failed, programOf } from "./asking.ts";
import type { Flood, Flooded } from "./flood.ts";
import { claimLabs, say, siteStatus } from "./lab.ts";
import { onHost, type RampartOptions, rampart, rampartDone } from "./rampart.ts";
import { place, root, scratch } from "./site.ts";
import { eventually } from "./time.ts";

// A small site of its own, since bans and floods would disturb what other scenarios measure, and visitors who mean harm,
// each from an address of its own at the visitor's seat.

export const domain = "www.abuse.example";
export const virtual = "198.51.100.10";
export const honest = "198.51.100.50";
export const guesser = "198.51.100.51";
export const flooder = "198.51.100.52";
export const nuisance = "198.51.100.53";
export const crowd = Array.from({ length: 20 }, (_, index) => `198.51.100.${60 + index}`);
const folder = join(scratch, "abuse");
export const ca = join(folder, ".rampart/lab-ca.crt");
export const site = { site: folder };
const keep = process.env.RAMPART_SCENARIOS_KEEP === "1";

export async function siteIsUp(): Promise<void> {
  claimLabs();
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "examples/hello/app"), join(folder, "app"), { recursive: true });
  const server = join(folder, "app/server.js");
  const text = readFileSync(join(root, "examples/hello/app/server.js"), "utf8");
  writeFileSync(server, text.replace('if (request.url !== "/")', `${answers}\n  if (request.url !== "/")`));
  writeSite("balancer");
  if (!keep) await rampartDone(["down"], site);
  await rampartDone(["up"], { ...site, timeoutMs: 900_000 });
  const addresses = [honest, guesser, flooder, nuisance, ...crowd];
  await outside(addresses.map((address) => `ip addr replace ${address}/24 dev outside0`).join("; "));
}

/** Waits until the last attack has set off its alert: the site can be changed all the same. */
export async function alertIsOut(): Promise<void> {
  await eventually(120, async () => {
    const { alerts } = await siteStatus(site);
    expect(alerts.map(({ name }) => name)).toContain("ServiceErrors");
  });
}

export async function siteIsDown(): Promise<void> {
  if (keep) return;
  await rampart(["down"], site);
  rmSync(folder, { recursive: true, force: true });
}

export function writeSite(terminate: "balancer" | "web"): void {
  const app = { source: "./app", start: "node server.js", port: 3000, health: "/healthz" };
  const text = {
    name: place === 0 ? "tabuse" : `tabuse${place}`,
    ...{ domain, aliases: ["abuse.example"], tls: { terminate } },
    app: {
      hello: { ...app, login: "/login", routes: ["/"] },
      // Answers after 100 ms: from two web hosts it takes 80 requests a second.
      slow: { ...app, port: 3001, hosts: 1, concurrency: 4, routes: ["/work"] },
    },
    // Scaled to the machine, which is the site, its visitors and their attackers at once.
    limits: { requests: "80/s" },
    environments: { lab: { httpsPort: 8744 + place, httpPort: 8781 + 20 * place } },
  };
  writeFileSync(
    join(folder, "rampart.config.ts"),
    `import { defineSite } from "rampart";\nexport default defineSite(${JSON.stringify(text)});\n`,
  );
}

/** What the small services answer besides their page. */
const answers = `if (request.method === "POST" && request.url === "/login") {
    return request.resume().on("end", () => response.writeHead(401, { "Content-Length": 0 }).end());
  }
  if (request.url === "/headers") {
    return response.writeHead(200, { "X-Frame-Options": "DENY" }).end(JSON.stringify(request.headers));
  }
  if (request.url === "/big") {
    return response.writeHead(200, { "Content-Length": 1 << 18 }).end(Buffer.alloc(1 << 18, 97));
  }
  if (request.url === "/work") return setTimeout(() => response.writeHead(200).end("done"), 100);`;

/** Runs a deed; every request of the honest visitor, ten a second, must be answered meanwhile. */
export async function servedMeanwhile<T>(what: string, deed: () => Promise<T>): Promise<T> {
  const asker = await askWithoutPause({ everyMs: 100, paths: ["/"], from: honest, of: { folder, domain } });
  let told: T;
  try {
    told = await deed();
  } finally {
    const asked = await asker.stop();
    say(`${what}: the honest visitor: ${askedInWords(asked)}; load average ${loadavg()[0]?.toFixed(1)}`);
    expect(asked.length).toBeGreaterThan(10);
    expect(failed(asked).slice(0, 3)).toEqual([]);
  }
  return told;
}

/** A shell command at the visitor's seat that comes from another address than the seat's own. */
export async function attack(from: string, command: string): Promise<string> {
  const route = `${virtual}/32 dev outside0 src ${from}`;
  return await outside(`ip route replace ${route}; (${command}) || true; ip route del ${route}`);
}

/**
 * slowhttptest from the flooder's address. It does not say for which name it comes, which balancers that pass TLS on want to
 * know first: there stunnel says it, with as small a window as the slow reader's own.
 */
export async function slowAttack(terminate: "balancer" | "web", page: string, words: string): Promise<string> {
  const slow = (url: string) =>
    `nice -n 19 slowhttptest ${words} -c 400 -r 60 -l 8 -p 3 -u ${url}${page} 2>&1 | sed 's/\\x1b\\[[0-9;]*m//g' | grep -a 'closed:\\|connected:\\|Exit status' | tail -3`;
  if (terminate === "balancer")
    return await attack(flooder, `SSL_CERT_FILE=${ca} SSL_CERT_DIR=/nonexistent ${slow(`https://${domain}`)}`);
  const config = join(folder, "stunnel.conf");
  writeFileSync(
    config,
    `foreground = yes
pid =
socket = r:SO_RCVBUF=2048
[slow]
client = yes
accept = 127.0.0.1:8100
connect = ${virtual}:443
local = ${flooder}
sni = ${domain}
`,
  );
  const way = `nft add table ip slow && nft 'add chain ip slow out { type nat hook output priority -100; }' && nft add rule ip slow out ip daddr ${virtual} tcp dport 8100 redirect to :8100`;
  const tunnel = `nice -n 19 stunnel ${config} >/dev/null 2>&1 & tunnel=$!; sleep 1`;
  return await outside(
    `${way}; ${tunnel}; (${slow(`http://${domain}:8100`)}) || true; kill $tunnel; nft delete table ip slow`,
  );
}

/** Twenty visitors with six connections each. */
export async function floodOfMany(path: string, seconds: number): Promise<Flooded> {
  const flood: Flood = { address: virtual, name: domain, ca, path, from: crowd, connections: 6, seconds };
  return JSON.parse(
    await outside(`exec nice -n 19 ${process.execPath} ${programOf("flood")} '${JSON.stringify(flood)}'`),
  ) as Flooded;
}

/** A command that prints status, version and where it leads. */
export function curl(words: string, from: string): string {
  return `curl -sS -m 8 -o /dev/null --interface ${from} --cacert ${ca} -w '%{http_code} %{http_version} %{redirect_url}\\n' ${words}`;
}

/** What a visitor gets at the front page: "200", "403", or "000" when the connection is closed. */
export async function answerTo(from: string): Promise<string> {
  return (await outside(`${curl(`https://${domain}/`, from)} 2>/dev/null || true`)).slice(0, 3);
}

export async function outside(script: string): Promise<string> {
  const words = ["lab", "outside", "--", "sh", "-c", script];
  return (await rampartDone(words, { ...site, timeoutMs: 120_000 })).stdout;
}

/** The balancer that holds the address. */
export async function holder(): Promise<string> {
  return (await siteStatus(site)).address.holder ?? "";
}

/** Resolves with the second of the Unix clock at which an address is first on a host's list of bans. */
export async function bannedAt(host: string, address: string, of: RampartOptions = site): Promise<number> {
  const look = `for try in $(seq 600); do rampart-bans list | grep -q '^${address} ' && exec date +%s.%N; sleep 0.02; done; exit 1`;
  return Number(await onHost(host, look, of));
}
