/** One of MariaDB's packages on a host, by Debian's version numbers; "" where there is none. */
export interface PackageVersions {
  readonly name: string;
  readonly installed: string;
  /** What apt would install now. */
  readonly candidate: string;
}

/** One thing that apt would do. */
export interface PackageStep {
  readonly name: string;
  /** "" for a package that is not there yet. */
  readonly from: string;
  readonly to: string;
}

/** How MariaDB's packages stand on a database host. */
export interface MemberPackages {
  readonly host: string;
  readonly packages: readonly PackageVersions[];
  /** What an upgrade would install, with what apt needs besides. */
  readonly pending: readonly PackageStep[];
  /** What apt would remove for it. */
  readonly removed: readonly string[];
  /** Packages that dpkg has not finished: an upgrade was cut off. */
  readonly unfinished: readonly string[];
  /** Why apt would not do it, in its own words; "" when it would. */
  readonly against: string;
  /** Version that the server tells; null: it did not answer. */
  readonly running: string | null;
  /** The server runs from a file that was replaced since its start. */
  readonly outdated: boolean;
  /** A backup or a restored instance that runs there now, as its command line; "" when none does. */
  readonly busy: string;
  /** Package lists: fetched just now, older ones since these could not be, or none at all. */
  readonly lists: "fetched" | "old" | "none";
  /** Why the lists could not be fetched; "" when they were. */
  readonly listsTrouble: string;
}

/** A member that was brought to another version. */
export interface UpgradedMember {
  readonly host: string;
  readonly from: string;
  readonly to: string;
  /** From its agent's end until it followed, acknowledged and the promise was whole. */
  readonly seconds: number;
}

/** Version of the server's package; "" when it is not installed. */
export function serverVersion({ packages }: MemberPackages): string {
  return packages.find(({ name }) => name === "mariadb-server")?.installed ?? "";
}

/** What the server's package would be after an upgrade. */
export function candidateVersion(member: MemberPackages): string {
  return member.packages.find(({ name }) => name === "mariadb-server")?.candidate ?? "";
}

/** Whether there is anything to do on this member. */
export function isBehind({ pending, unfinished, outdated }: MemberPackages): boolean {
  return pending.length > 0 || unfinished.length > 0 || outdated;
}

/** `1:11.8.9+ds-0+deb13u1` is of the series 11.8; "" for what is no version. */
export function seriesOf(version: string): string {
  return /^(?:\d+:)?(\d+\.\d+)(?:[^\d].*)?$/.exec(version)?.[1] ?? "";
}
