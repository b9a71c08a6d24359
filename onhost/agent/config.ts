import { readFileSync } from "node:fs";

/** What the role database writes for the agent; see `parseConfig`. */
export interface Config {
  readonly site: string;
  readonly me: string;
  /** All members, this one too, in the site's order. */
  readonly members: readonly Member[];
  /** Client addresses of etcd. */
  readonly stores: readonly string[];
  readonly listen: { readonly address: string; readonly port: number };
  /** Common names of the certificates that may ask here. */
  readonly clients: {
    readonly members: readonly string[];
    readonly routes: readonly string[];
    readonly monitor: string;
  };
  readonly promise: string;
  /** Without a voter, writes wait. */
  readonly strict: boolean;
  /** How far behind a replica may be and still serve reads. */
  readonly readLagSeconds: number;
  readonly paths: Paths;
}

export interface Member {
  readonly name: string;
  readonly fqdn: string;
  readonly address: string;
}

export interface Paths {
  readonly socket: string;
  readonly data: string;
  /** What the agent keeps, 0700. */
  readonly state: string;
  /** What it needs only while it runs: its own socket, how MariaDB is to start. */
  readonly runtime: string;
  readonly accounts: string;
  /** The bare secret by which members replicate. */
  readonly replication: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly storeCertificate: string;
  readonly storeKey: string;
}

const usual: Paths = {
  socket: "/run/mysqld/mysqld.sock",
  data: "/var/lib/mysql",
  state: "/var/lib/rampart/database",
  runtime: "/run/rampart-agent",
  accounts: "/etc/rampart/database/accounts.sql",
  replication: "/etc/rampart/database/replication",
  ca: "/etc/rampart/ca.crt",
  certificate: "/etc/mysql/tls/server.crt",
  key: "/etc/mysql/tls/server.key",
  storeCertificate: "/etc/etcd/tls/store.crt",
  storeKey: "/etc/etcd/tls/store.key",
};

/** Reads the file; an Error names what is wrong with it. */
export function readConfig(file: string): Config {
  return parseConfig(readFileSync(file, "utf8"), file);
}

/** Paths that the file leaves out are the usual ones. */
export function parseConfig(text: string, file: string): Config {
  const config = JSON.parse(text) as Partial<Config>;
  const missing = (["site", "me", "members", "stores", "listen", "clients"] as const).filter(
    (key) => config[key] === undefined,
  );
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(", ")}.`);
  const { me, members = [] } = config;
  if (!members.some(({ name }) => name === me)) throw new Error(`${file}: ${me} is none of its members.`);
  return {
    ...(config as Config),
    promise: config.promise ?? "no-loss",
    strict: config.strict ?? true,
    readLagSeconds: config.readLagSeconds ?? 5,
    paths: { ...usual, ...config.paths },
  };
}

export function member({ members }: Pick<Config, "members">, name: string): Member {
  const found = members.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is no member.`);
  return found;
}
