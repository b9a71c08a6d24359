import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchSite, onHost } from "../site.ts";

/** The hand-written balancer that runs beside the site's own. */
export interface HandMade {
  readonly domain: string;
  readonly balancers: readonly string[];
  readonly port: number;
  /** Path of its configuration on the host. */
  readonly config: string;
}

interface Status {
  readonly hosts: readonly { readonly name: string; readonly role: string; readonly address: string }[];
  readonly address: { readonly ip: string };
}

const port = { tls: 9443, plain: 8088 };
const domain = "www.shop.example";
const folder = "/run/rampart-bench";

/** Where the certificate and key that visitors see lie, by who opens their TLS. */
const certificates = {
  balancer: { role: "balancer", files: ["/etc/haproxy/tls/public.pem"] },
  web: { role: "web", files: ["/etc/nginx/tls/public.pem"] },
} as const;

/**
 * Starts a second HAProxy on each balancer (the address may move) and a second nginx on each web host, opens the firewall
 * for them, and takes all of it away again.
 * @param terminate who opens visitors' TLS in the site; the hand-made one shows the same certificate.
 */
export async function withHandMade<T>(
  site: BenchSite,
  terminate: "balancer" | "web",
  hand: string,
  work: (hand: HandMade) => Promise<T>,
): Promise<T> {
  const { stdout } = await site.rampart(["status", "--json"]);
  const { hosts, address } = JSON.parse(stdout) as Status;
  const webs = hosts.filter((host) => host.role === "web");
  const balancers = hosts.filter((host) => host.role === "balancer");
  const text = (file: string, words: Readonly<Record<string, string | number>>) =>
    Object.entries(words).reduce(
      (filled, [word, value]) => filled.replaceAll(word, String(value)),
      readFileSync(join(hand, file), "utf8"),
    );
  try {
    for (const web of webs) {
      const config = text("nginx.conf", { ADDRESS: web.address, PORT: port.plain });
      await onHost(site, web.name, webScript(config, balancers.map((one) => one.address).join(", ")));
    }
    const servers = webs.map((web) => `  server ${web.name} ${web.address}:${port.plain}`).join("\n");
    const { role, files } = certificates[terminate];
    const owner = hosts.find((host) => host.role === role)?.name ?? "";
    const pem = (await onHost(site, owner, `cat ${files.join(" ")}`)).stdout;
    const config = text("haproxy.cfg", { ADDRESS: address.ip, PORT: port.tls, SERVERS: servers });
    for (const balancer of balancers) await onHost(site, balancer.name, balancerScript(config, pem, address.ip));
    return await work({
      domain,
      balancers: balancers.map((one) => one.name),
      port: port.tls,
      config: `${folder}/haproxy.cfg`,
    });
  } finally {
    for (const host of [...balancers, ...webs]) await onHost(site, host.name, removal);
    // The hosts are as they were, or the bench says so.
    await site.rampart(["plan", "--exit-code"]);
  }
}

function webScript(config: string, balancers: string): string {
  return `mkdir -p ${folder}
cat > ${folder}/nginx.conf <<'CONFIG'
${config}CONFIG
nft insert rule inet rampart input ip saddr "{ ${balancers} }" tcp dport ${port.plain} accept
systemd-run --quiet --collect --unit=bench-nginx nginx -c ${folder}/nginx.conf -g 'daemon off;'
`;
}

function balancerScript(config: string, pem: string, address: string): string {
  return `mkdir -p -m 0700 ${folder}
cat > ${folder}/public.pem <<'PEM'
${pem}PEM
cat > ${folder}/haproxy.cfg <<'CONFIG'
${config}CONFIG
haproxy -c -q -f ${folder}/haproxy.cfg
nft insert rule inet rampart input ip daddr ${address} tcp dport ${port.tls} accept
nft insert rule inet rampart output tcp dport ${port.plain} accept
systemd-run --quiet --collect --unit=bench-haproxy haproxy -W -f ${folder}/haproxy.cfg
sleep 3
`;
}

/** The file holds the rules as they were before. */
const removal = `systemctl stop bench-haproxy bench-nginx 2>/dev/null || true
nft -f /etc/nftables.conf
rm -rf ${folder}
`;
