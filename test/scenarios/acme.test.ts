import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SiteStatus } from "../../src/model/status.ts";
import type { CertificateStatus } from "../../src/report/certificates.ts";
import { type AcmeServer, acmeServer, directory } from "./support/acme.ts";
import { askedInWords, askWithoutPause, failed } from "./support/asking.ts";
import { say } from "./support/lab.ts";
import { onHost, rampart, rampartDone, said } from "./support/rampart.ts";
import { root, scratch } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// A site of eight hosts whose certificate comes from a public authority: pebble, which stands where visitors are.
const site = join(scratch, "acme");
const name = "tacme";
const domain = "www.tacme.example";
const of = { folder: site, domain, ca: "seen.pem" };
const here = { site, timeoutMs: 600_000 };
let authority: AcmeServer;

/** Timers look every few seconds instead of every 20 and 60, so that nobody here waits for them; else they are as they are. */
const soon = `for name in acme certificate; do
mkdir -p /run/systemd/system/rampart-$name.timer.d
printf '[Timer]\\nOnUnitInactiveSec=\\nOnActiveSec=1s\\nOnUnitInactiveSec=4s\\n' > /run/systemd/system/rampart-$name.timer.d/soon.conf
done
systemctl daemon-reload; systemctl try-restart rampart-certificate.timer 2> /dev/null || true`;

beforeAll(async () => {
  rmSync(site, { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  cpSync(join(root, "examples/hello/app"), join(site, "app"), { recursive: true });
  writeSite("");
  await rampart(["down"], here);
  await rampartDone(["up"], here);
  await Promise.all(["lb1", "lb2", "web1", "web2", "mon1"].map((host) => onHost(host, soon, { site })));
  await authorityOf(90 * 86_400);
});

afterAll(async () => {
  await authority?.stop();
  await rampart(["down"], here);
});

test("from the own CA to a public authority: first issue, by every balancer, without a failed request", async () => {
  const client = await askWithoutPause({ of, paths: ["/"] });
  writeSite(acme());
  await rampartDone(["apply"], here);
  const seconds = await eventually(120, async () => expect(await issuers()).toEqual(["pebble", "pebble"]));
  const asked = await client.stop();
  say(`first certificate ${seconds.toFixed(0)} s after the apply; ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
  expect((await served("lb1"))?.names.toSorted()).toEqual(["tacme.example", domain]);
  // The name on the operator's machine stays with the own CA.
  expect(await onHost("lb1", handshake("www.tacme.localhost"), { site })).toContain("Rampart CA");
  expect((await rampart(["plan", "--exit-code"], here)).exitCode).toBe(0);
  await eventually(60, async () => expect((await rampart(["verify"], here)).exitCode).toBe(0));
});

test("renewed on request under load: both balancers serve the new one, and no request fails", async () => {
  const before = await serials();
  const client = await askWithoutPause({ of, paths: ["/"] });
  const result = await rampart(["cert", "renew", "public"], here);
  const asked = await client.stop();
  if (result.exitCode !== 0) throw new Error(said(result));
  say(`renewed in ${(result.durationMs / 1000).toFixed(1)} s; ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
  const after = await serials();
  expect(after[0]).toBe(after[1]);
  expect(after[0]).not.toBe(before[0]);
  expect((await rampart(["plan", "--exit-code"], here)).exitCode).toBe(0);
});

test("a further name is ordered by the timer alone", async () => {
  writeSite(acme(), ["tacme.example", "shop.tacme.example"]);
  await rampartDone(["apply"], here);
  await eventually(150, async () => expect((await served("lb2"))?.names).toContain("shop.tacme.example"));
});

test("a balancer is lost during the renewal: the other serves the new one, the lost one as soon as it is back", async () => {
  const before = await serials();
  await rampartDone(["lab", "cut", "lb1"], here);
  await rampartDone(["cert", "renew", "public"], here);
  const renewed = await onHost("lb2", serial, { site });
  expect(renewed).not.toBe(before[1]);
  await rampartDone(["lab", "start", "lb1"], here);
  const seconds = await eventually(90, async () => expect(await onHost("lb1", serial, { site })).toBe(renewed));
  say(`a balancer that was away serves the new certificate ${seconds.toFixed(0)} s after its start`);
});

test("an order that fails leaves what is served, raises an alert, and is made up for", async () => {
  const before = await serials();
  await authority.close();
  const result = await rampart(["cert", "renew", "public"], here);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/visitors are served the one that there is/);
  expect(await serials()).toEqual(before);
  await eventually(60, async () => expect(await alerts()).toContain("CertificateOrderFailed"));
  await authority.open();
  await rampartDone(["cert", "renew", "public"], here);
  expect((await serials())[0]).not.toBe(before[0]);
  await eventually(60, async () => expect(await alerts()).toEqual([]));
});

test("the issuer gives the key to balancers only", async () => {
  expect(await fetched("lb1", "certificate.pem", internal)).toBe("200");
  expect(await fetched("lb1", "certificate.pem", "")).not.toBe("200");
  // Of the site's CA, but no balancer's; from mon1, since the firewall lets no other host come this far.
  expect(await fetched("mon1", "certificate.pem", ofMonitor)).toBe("403");
});

test("the web hosts open TLS: they get the certificate and serve it, the balancers answer the authority and have no key", async () => {
  await authority.stop();
  await authorityOf(90);
  writeSite(acme("web"));
  // Alerts about the short life are right, and no failure of this apply.
  await rampart(["apply"], here);
  await rampartDone(["cert", "renew", "public"], here);
  const [one, other] = await serials(["web1", "web2"]);
  expect(one).toContain("ebble");
  expect(other).toBe(one);
  const list = await certificates();
  expect(list.filter((row) => row.file === "served").map((row) => row.host)).toEqual(["web1", "web2"]);
  expect(await fetched("lb1", "certificate.pem", internal)).toBe("403");
  expect(await fetched("lb1", ".well-known/acme-challenge/none", internal)).toBe("404");
  expect(await fetched("web1", "certificate.pem", internal)).toBe("200");
  expect(await onHost("lb1", "ls /etc/haproxy/tls", { site })).toBe("internal.pem");
  // The name on the operator's machine stays with the own CA here, too.
  const own = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", join(site, ".rampart/lab-ca.crt")];
  const at = ["--resolve", "www.tacme.localhost:443:198.51.100.10", "https://www.tacme.localhost/"];
  expect((await rampartDone(["lab", "outside", "--", ...own, ...at], here)).stdout).toBe("200");
});

test("certificates that live for 90 s are renewed by the timers alone, before their end, and no connection is lost", async () => {
  const [first] = await serials(["web1"]);
  const client = await askWithoutPause({ of, paths: ["/"] });
  const seconds = await eventually(85, async () => {
    const now = await serials(["web1", "web2"]);
    expect(now[0]).not.toBe(first);
    expect(now[1]).not.toBe(first);
  });
  const asked = await client.stop();
  say(`certificates of 90 s were replaced ${seconds.toFixed(0)} s later; ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
});

test("a public certificate that has ended takes no web host out of service", async () => {
  const ended = `systemctl stop rampart-certificate.timer; cd /tmp
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout k -out c -not_before 20250101000000Z -not_after 20250102000000Z -subj /CN=ended 2>/dev/null
cat c k > /etc/nginx/tls/public.pem; systemctl reload nginx; sleep 4`;
  await Promise.all(["web1", "web2"].map((host) => onHost(host, ended, { site })));
  const ask = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--resolve", `${domain}:443:198.51.100.10`];
  const visitor = async (...words: readonly string[]) =>
    await rampart(["lab", "outside", "--", ...ask, ...words, `https://${domain}/`], here);
  expect((await visitor("--cacert", join(site, "seen.pem"))).stderr).toMatch(/expired|self-signed/);
  expect((await visitor("-k")).stdout).toBe("200");
  const states =
    "echo 'show stat' | socat - /run/haproxy/admin.sock | awk -F, '$1 == \"web\" && $2 ~ /^web[0-9]+$/ { print $2, $18 }'";
  expect((await onHost("lb1", states, { site })).split("\n")).toEqual(["web1 UP", "web2 UP"]);
});

/** A new authority, whose certificates live that long; clients and the site trust it. */
async function authorityOf(seconds: number): Promise<void> {
  authority = await acmeServer(name, join(site, "pebble"), seconds);
  writeFileSync(join(site, "trust.pem"), authority.trust);
  const before = existsSync(join(site, "seen.pem")) ? readFileSync(join(site, "seen.pem"), "utf8") : "";
  writeFileSync(join(site, "seen.pem"), before + authority.trust + readFileSync(join(site, ".rampart/lab-ca.crt")));
}

const internal = "--cert /etc/haproxy/tls/internal.pem";
const ofMonitor = "--cert /etc/prometheus/tls/monitor.crt --key /etc/prometheus/tls/monitor.key";

/** The status with which the issuer answers a host that shows this certificate. */
async function fetched(host: string, path: string, certificate: string): Promise<string> {
  const at = `issuer.${name}.internal:8444`;
  const ask = `curl -sS -o /dev/null -w '%{http_code}' --cacert /etc/rampart/ca.crt ${certificate} --resolve ${at}:10.77.4.1 https://${at}/${path} || true`;
  return await onHost(host, ask, { site });
}

function acme(terminate: "balancer" | "web" = "balancer"): string {
  return `tls: { terminate: "${terminate}", certificate: "acme", email: "ops@tacme.example", directory: "${directory}", trust: "./trust.pem" },`;
}

function writeSite(tls: string, aliases: readonly string[] = ["tacme.example"]): void {
  writeFileSync(
    join(site, "rampart.config.ts"),
    `import { defineSite } from "rampart";

export default defineSite({
  name: "${name}",
  domain: "${domain}",
  aliases: ${JSON.stringify(aliases)},
  ${tls}
  web: { hosts: 2 },
  // The package of the issuer, so that the lab's image has it before the site asks for it.
  app: { hello: { source: "./app", start: "node server.js", port: 3000, hosts: 1, packages: ["lego"] } },
  environments: { lab: { httpsPort: 9844, httpPort: 9881 } },
});
`,
  );
}

const serial = handshake(domain);

function handshake(sni: string): string {
  return `openssl s_client -connect 127.0.0.1:8406 -servername ${sni} < /dev/null 2>/dev/null | openssl x509 -noout -serial -issuer`;
}

async function serials(hosts: readonly string[] = ["lb1", "lb2"]): Promise<readonly string[]> {
  return await Promise.all(hosts.map((host) => onHost(host, serial, { site })));
}

async function certificates(): Promise<readonly CertificateStatus[]> {
  const { stdout } = await rampart(["cert", "list", "--json"], here);
  return (JSON.parse(stdout) as { certificates: readonly CertificateStatus[] }).certificates;
}

async function served(host: string): Promise<CertificateStatus | undefined> {
  return (await certificates()).find((one) => one.host === host && one.file === "served");
}

async function issuers(): Promise<readonly string[]> {
  const both = await Promise.all(["lb1", "lb2"].map(served));
  return both.map((one) => (/pebble/i.test(one?.issuer ?? "") ? "pebble" : (one?.issuer ?? "nobody")));
}

async function alerts(): Promise<readonly string[]> {
  const { stdout } = await rampart(["status", "--json"], here);
  return (JSON.parse(stdout) as SiteStatus).alerts.map((one) => one.name);
}
