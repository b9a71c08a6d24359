import { afterAll, beforeAll, expect, test } from "vitest";
import type { HostInspection } from "../../src/model/inspection.ts";
import { say, shopIsUp } from "./support/lab.ts";
import { onHost, rampart } from "./support/rampart.ts";

// `rampart verify` looks into hosts: what it finds there when all is well, and what when somebody was careless.

interface Verification {
  readonly checks: readonly {
    readonly id: string;
    readonly host: string;
    readonly ok: boolean;
    readonly message: string;
  }[];
  readonly hosts: readonly HostInspection[];
}

const newerPackage = `mkdir -p /srv/newer; cd /srv/newer
printf 'Package: hostname\\nVersion: 999\\nArchitecture: %s\\nFilename: ./hostname.deb\\nSize: 1\\nSHA256: %064d\\nDescription: newer\\n' "$(dpkg --print-architecture)" 0 > Packages
printf 'Origin: Debian\\nLabel: Debian-Security\\nSuite: stable-security\\nSHA256:\\n %s %s Packages\\n' "$(sha256sum < Packages | cut -d ' ' -f 1)" "$(stat -c %s Packages)" > Release
echo 'deb [trusted=yes] file:/srv/newer ./' > /etc/apt/sources.list.d/newer.list
apt-get update -qq -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/newer.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`;

/** Each on one host: what somebody does there, what it is found by, what puts it back. */
const careless = [
  {
    ...{ name: "a secret that everybody can read", host: "shop1", finding: "base.secrets" },
    ...{ message: /everybody on the host can read \/etc\/rampart\/app\/shop\.env/ },
    ...{ plant: "chmod 0644 /etc/rampart/app/shop.env", undo: "chmod 0600 /etc/rampart/app/shop.env" },
  },
  {
    ...{ name: "a private key that lies about", host: "web2", finding: "base.secrets" },
    ...{ message: /everybody on the host can read \/etc\/copied\.key/ },
    plant: "install -m 0644 $(ls /etc/nginx/tls/*.key | head -n 1) /etc/copied.key",
    undo: "rm /etc/copied.key",
  },
  {
    ...{ name: "a program that nobody declared listens", host: "db3", finding: "base.listening" },
    ...{ message: /^socat \(process \d+\) listens on tcp 0\.0\.0\.0:7005, which no role declares$/ },
    plant:
      "systemd-run -q --unit=careless socat TCP4-LISTEN:7005,fork /dev/null; until ss -ltn | grep -q :7005; do sleep 0.2; done",
    undo: "systemctl stop careless; systemctl reset-failed careless 2> /dev/null; true",
  },
  {
    ...{ name: "a unit that lost its confinement", host: "lb2", finding: "base.exposure" },
    ...{ message: /^haproxy\.service has an exposure of \d\.\d, at most 3\.0 is allowed$/ },
    plant: "mv /etc/systemd/system/haproxy.service.d/rampart.conf /root/kept; systemctl daemon-reload",
    undo: "mv /root/kept /etc/systemd/system/haproxy.service.d/rampart.conf; systemctl daemon-reload",
  },
  {
    ...{ name: "a security update that nobody installed", host: "mon1", finding: "base.updates" },
    ...{ message: /^1 package: hostname$/, plant: newerPackage },
    undo: "rm -rf /srv/newer /etc/apt/sources.list.d/newer.list /var/lib/apt/lists/_srv_newer_*",
  },
];

const mendedBy = careless.map(({ host, undo }) => [host, undo] as const);

beforeAll(shopIsUp);

afterAll(async () => {
  await Promise.all(mendedBy.map(([host, undo]) => onHost(host, `${undo} 2> /dev/null; true`)));
});

test("every service of the site is confined within its bound, nothing is readable, nothing undeclared listens", async () => {
  const { checks, hosts } = await verification();
  expect(checks.filter((one) => !one.ok)).toEqual([]);
  const units = new Map(hosts.flatMap((host) => host.units.map((one) => [one.unit, one] as const)));
  say([...units.values()].map(({ unit, score, bound }) => `${unit} ${score} ≤ ${bound}`).join(", "));
  const named = [
    "haproxy",
    "nginx",
    "mariadb",
    "etcd",
    "keepalived",
    "app-shop",
    "prometheus",
    "prometheus-node-exporter",
  ];
  const ran = ["rampart-agent", "rampart-blocks", "rampart-bans", "rampart-certificate", "rampart-route"];
  expect([...units.keys()]).toEqual(expect.arrayContaining([...named, ...ran].map((name) => `${name}.service`)));
  for (const { unit, score, bound } of units.values()) expect(score, unit).toBeLessThanOrEqual(bound);
});

test("verify is red for each of what was done carelessly, and names it", async () => {
  await Promise.all(careless.map(({ host, plant }) => onHost(host, plant)));
  const { exitCode, checks } = await verification();
  for (const { name, host, finding, message } of careless) {
    const found = checks.filter((one) => !one.ok && one.host === host && one.id === finding);
    expect(found, name).toMatchObject([{ message: expect.stringMatching(message) }]);
  }
  expect(exitCode).toBe(1);
});

test("and green again when it is put back", async () => {
  await Promise.all(mendedBy.map(([host, undo]) => onHost(host, undo)));
  const { exitCode, checks } = await verification();
  expect(checks.filter((one) => !one.ok)).toEqual([]);
  expect(exitCode).toBe(0);
});

async function verification(): Promise<Verification & { readonly exitCode: number }> {
  const result = await rampart(["verify", "--json"]);
  return { ...(JSON.parse(result.stdout) as Verification), exitCode: result.exitCode };
}
