import {
  type CertificateResource,
  type FileResource,
  type Origin,
  type Resource,
  resourceId,
} from "../model/resource.ts";
import type { Host } from "../model/topology.ts";
import { requestsFile, requestsFolder } from "./access-log.ts";
import { haproxyPaths } from "./haproxy-parts.ts";
import { confinement } from "./hardening.ts";
import { type SystemdLine, systemdFile } from "./systemd.ts";

/** What differs between the hosts that run HAProxy. */
export interface HaproxyHost {
  readonly host: Host;
  readonly origin: Origin;
  /** Name in the certificate that the host shows inside the site, both as server and as client. */
  readonly tlsName: string;
  /** Text of haproxy.cfg. */
  readonly config: string;
  /** Error pages by file name, below haproxyPaths.errors. */
  readonly pages: Readonly<Record<string, string>>;
  /** Certificates of the role's own that HAProxy reads besides; they may lie in the folder that is made here. */
  readonly certificates: readonly (CertificateResource | FileResource)[];
  /** Files of configuration besides haproxy.cfg. */
  readonly configs?: readonly FileResource[];
  /** True: its configuration tells each request by standard output, which goes to a file of its own. */
  readonly tellsRequests: boolean;
  /** Further lines of the unit's drop-in. */
  readonly unitLines: readonly SystemdLine[];
  /** Ids of files that HAProxy must be restarted for. */
  readonly restartOn: readonly string[];
}

const dropIn = "/etc/systemd/system/haproxy.service.d/rampart.conf";

/** HAProxy on a host: package, certificate, configuration and unit. The three tiers that run it have it in common. */
export function haproxyResources(wanted: HaproxyHost): readonly Resource[] {
  const { host, origin, tlsName, config, pages } = wanted;
  const { configs = [] } = wanted;
  const more = configs.map((one) => ` -f ${one.file}`).join("");
  const unitLines = [
    ...(wanted.tellsRequests ? requestLines : []),
    ...(more === "" ? [] : [["Environment", `"EXTRAOPTS=-S /run/haproxy-master.sock${more}"`] as const]),
    ...wanted.unitLines,
  ];
  const file = (path: string, content: string): Resource => ({
    ...origin,
    kind: "file",
    file: path,
    content,
    mode: "0644",
    owner: "root",
    group: "root",
  });
  const pageFiles = Object.entries(pages).map(([name, content]) => file(`${haproxyPaths.errors}/${name}`, content));
  return [
    { ...origin, kind: "package", name: "haproxy" },
    {
      ...origin,
      kind: "package",
      name: "socat",
      why: "Speaks to HAProxy's admin socket: draining a host, reading its state.",
    },
    {
      ...origin,
      ...{ kind: "directory", directory: "/etc/haproxy/tls", mode: "0700", owner: "root", group: "root" },
      why: "Private keys that HAProxy reads before it gives up root's rights.",
    },
    {
      ...origin,
      kind: "certificate",
      commonName: tlsName,
      dnsNames: [tlsName, host.fqdn],
      ipAddresses: [],
      usages: ["server", "client"],
      certificateFile: haproxyPaths.certificate,
      keyFile: haproxyPaths.certificate,
      group: "root",
      why: "How this host proves itself to the others of the site, and they know what it may do.",
    },
    ...(wanted.tellsRequests ? [requestFolder(origin)] : []),
    ...wanted.certificates,
    ...pageFiles,
    file(haproxyPaths.config, config),
    ...configs,
    file(dropIn, dropInText(host, unitLines)),
    {
      ...origin,
      kind: "unit",
      name: "haproxy.service",
      state: "running",
      check: `haproxy -c -q -f ${haproxyPaths.config}${more}`,
      reloadOn: [
        `file:${haproxyPaths.config}`,
        ...configs.map(resourceId),
        `file:${haproxyPaths.ca}`,
        `certificate:${haproxyPaths.certificate}`,
        ...wanted.certificates.map(resourceId),
        ...Object.keys(pages).map((name) => `file:${haproxyPaths.errors}/${name}`),
      ],
      restartOn: [`file:${dropIn}`, ...wanted.restartOn],
    },
  ];
}

const requestLines: readonly SystemdLine[] = [
  "Each request is a line of a file. What programs around it have to say is for the journal.",
  ["StandardOutput", `append:${requestsFile}`],
  ["StandardError", "journal"],
];

/** Visitors' addresses are in it. */
function requestFolder(origin: Origin): Resource {
  const why = "What visitors asked is kept for a while, for operators alone.";
  return { ...origin, kind: "directory", directory: requestsFolder, mode: "0750", owner: "root", group: "adm", why };
}

const hardening: readonly SystemdLine[] = [
  "It binds low ports, opens sockets in a folder of its account, changes root and account, ends its workers: no more.",
  ["CapabilityBoundingSet", "CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_KILL CAP_DAC_OVERRIDE"],
  ["SystemCallFilter", "@system-service chroot"],
  ...confinement,
  "Its process number, and its sockets.",
  ["ReadWritePaths", "/run"],
];

function dropInText(host: Host, lines: readonly SystemdLine[]): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: ["However often it fails: nobody else would start it again.", ["StartLimitIntervalSec", "0"]],
      },
      { name: "Service", lines: [["Restart", "always"], ["RestartSec", "100ms"], ...lines, ...hardening] },
    ],
    `Made by Rampart for ${host.name}: change the site file instead. Why: HAProxy comes back by itself.`,
  );
}
