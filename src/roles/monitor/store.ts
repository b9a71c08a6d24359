import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { backupOf, storeName, storePort } from "../../model/backup.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Site } from "../../model/site.ts";
import { type Host, hostsOf, type Service, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";

/** The site's own store of backups: SFTP inside TLS, for the database hosts alone. What comes is encrypted already. */

const account = "rampart-store";
const files = {
  folder: "/var/lib/rampart-store",
  tls: "/etc/rampart/store",
  certificate: "/etc/rampart/store/store.crt",
  key: "/etc/rampart/store/store.key",
  session: "/usr/local/lib/rampart/store-session",
  unit: "/etc/systemd/system/rampart-store.service",
} as const;

const origin: Origin = {
  role: "monitor",
  path: "database.backup.store",
  why: "Backups of the database are kept on a host that is no database host.",
};

function isStore(site: Site): boolean {
  return backupOf(site)?.store === "monitor";
}

export function storeServices(host: Host, site: Site): readonly Service[] {
  if (!isStore(site)) return [];
  return [
    {
      ...{ name: "monitor.store", role: "monitor", host: host.name, address: host.inside, port: storePort },
      ...{ protocol: "tcp", tlsName: storeName(site), summary: "Backups of the database, encrypted." },
    },
  ];
}

export function storeResources(host: Host, topology: Topology): readonly Resource[] {
  const { site } = topology;
  if (!isStore(site)) return [];
  const head = header(host, origin.why);
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const folder = (directory: string, mode: string, owner: string): Resource => ({
    ...{ ...origin, kind: "directory", directory, mode, owner, group: owner },
  });
  return [
    { ...origin, kind: "package", name: "socat", why: "Takes connections of database hosts to the store, by TLS." },
    { ...origin, kind: "user", name: account, home: files.folder, groups: [] },
    folder(files.folder, "0700", account),
    folder(files.tls, "0755", "root"),
    folder("/usr/local/lib/rampart", "0755", "root"),
    {
      ...{ ...origin, kind: "certificate", commonName: storeName(site), dnsNames: [storeName(site)] },
      ...{ ipAddresses: [], usages: ["server"], certificateFile: files.certificate, keyFile: files.key },
      ...{ group: account, why: "How database hosts know the store." },
    },
    file(files.session, sessionProgram(topology, head), "0755"),
    file(files.unit, storeUnit(host, head)),
    {
      ...{ ...origin, kind: "unit", name: "rampart-store.service", state: "running", reloadOn: [] },
      restartOn: [`file:${files.unit}`, `certificate:${files.certificate}`, "file:/etc/rampart/ca.crt"],
    },
  ];
}

/** One connection: only database hosts get in, and see nothing but their store. */
function sessionProgram(topology: Topology, head: string): string {
  const names = hostsOf(topology, "database").map(({ fqdn }) => fqdn);
  return `#!/bin/sh
# ${head}
case \${SOCAT_OPENSSL_X509_COMMONNAME:-} in
  ${names.join("|")}) exec /usr/lib/openssh/sftp-server -l ERROR -u 0077 -d ${files.folder} ;;
esac
echo "refused: \${SOCAT_OPENSSL_X509_COMMONNAME:-nobody} is no database host of this site" >&2
exit 1
`;
}

function storeUnit(host: Host, head: string): string {
  const listen = [
    ...[`OPENSSL-LISTEN:${storePort}`, `bind=${host.inside}`, "reuseaddr", "fork", "max-children=32"],
    ...[`cert=${files.certificate}`, `key=${files.key}`, "cafile=/etc/rampart/ca.crt", "verify=1"],
    ...["openssl-min-proto-version=TLS1.3", "nodelay", "keepalive"],
  ];
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "The store of the database's backups"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["User", account],
          "-T: a host that was lost in the middle of a connection is not waited for longer than this.",
          ["ExecStart", `/usr/bin/socat -d -T 900 ${listen.join(",")} EXEC:${files.session}`],
          ["Restart", "always"],
          ["RestartSec", "1"],
          ...strictConfinement,
          "Of the rest of the host it sees no secrets and writes nothing.",
          ["ReadWritePaths", files.folder],
          ["InaccessiblePaths", "-/etc/prometheus -/var/lib/prometheus -/etc/rampart/tls -/root -/var/lib/rampart"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}
