import type { RoleName } from "./topology.ts";

/** What every Resource says of itself; `rampart explain` prints exactly this. */
export interface Origin {
  readonly role: RoleName;
  /** Path in the site file from which it follows, e.g. app.shop.port; "" when it follows from the role alone. */
  readonly path: string;
  /** A sentence. */
  readonly why: string;
}

/** A Debian package, installed. `name` as apt knows it. */
export interface PackageResource extends Origin {
  readonly kind: "package";
  readonly name: string;
}

/** A system account. */
export interface UserResource extends Origin {
  readonly kind: "user";
  readonly name: string;
  readonly home: string;
  /** Further groups. */
  readonly groups: readonly string[];
}

export interface DirectoryResource extends Origin {
  readonly kind: "directory";
  readonly directory: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** A regular file. `content` may hold references (see secret.ts). */
export interface FileResource extends Origin {
  readonly kind: "file";
  /** Absolute. */
  readonly file: string;
  readonly content: string;
  /** Octal, four digits: "0644". */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** A key pair on the host, its certificate signed by the site's CA. */
export interface CertificateResource extends Origin {
  readonly kind: "certificate";
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly usages: readonly ("server" | "client")[];
  /** Holds the certificate, or certificate and key together when it equals `keyFile`. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Of the key file (0640 root:group when group is not root, else 0600); the certificate is 0644. */
  readonly group: string;
  /** True: it only keeps the place until a program on the host puts one of another issuer there, and is then left alone. */
  readonly placeholder?: true;
}

/** The host's nftables rule set, loaded and kept over a reboot. */
export interface FirewallResource extends Origin {
  readonly kind: "firewall";
  readonly file: string;
  readonly content: string;
}

/** A tree of files unpacked to `<root>/releases/<id>`, with the link `<root>/current` to it. */
export interface ReleaseResource extends Origin {
  readonly kind: "release";
  /** Key in Topology.releases. */
  readonly name: string;
  readonly id: string;
  readonly root: string;
  /** Command run in the new tree before `current` moves, with the environment of `unit`; undefined on all but one host. */
  readonly migrate: string | undefined;
  /** The unit whose environment and account the migration uses; restarted when the release changes. */
  readonly unit: string | undefined;
}

/** A systemd unit. */
export interface UnitResource extends Origin {
  readonly kind: "unit";
  /** With suffix: haproxy.service */
  readonly name: string;
  /**
   * - running: enabled and active.
   * - settled: enabled, and either active or passed over by a Condition of its own (timesyncd in a container).
   * - once: a oneshot that must have succeeded (`RemainAfterExit=yes`: active).
   * - off: disabled and stopped.
   * - owned: disabled, and left as it is: a program on the host starts and stops it. `restart` says how that is asked.
   */
  readonly state: "running" | "settled" | "once" | "off" | "owned";
  /** Shell command that has an owned unit restarted by its owner, and fails when it was not; run only while it is active. */
  readonly restart?: string;
  /** Shell command that must succeed before a start, reload or restart; its output is the message when it does not. */
  readonly check?: string;
  /** Ids of resources (file:…, certificate:…, release:…) after whose change the unit is reloaded. */
  readonly reloadOn: readonly string[];
  /** … is restarted. */
  readonly restartOn: readonly string[];
}

export type Resource =
  | PackageResource
  | UserResource
  | DirectoryResource
  | FileResource
  | CertificateResource
  | FirewallResource
  | ReleaseResource
  | UnitResource;
export type ResourceKind = Resource["kind"];

/** Identifies a Resource within its host: `file:/etc/hosts`, `unit:nginx.service`. */
export function resourceId(resource: Resource): string {
  return `${resource.kind}:${resourceKey(resource)}`;
}

function resourceKey(resource: Resource): string {
  switch (resource.kind) {
    case "file":
      return resource.file;
    case "firewall":
      return resource.file;
    case "directory":
      return resource.directory;
    case "certificate":
      return resource.certificateFile;
    default:
      return resource.name;
  }
}
