import { readFileSync } from "node:fs";

/** What the role database writes for the agent; see `parseConfig`. */
export interface Config {
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

/** Reads the file; an Error names what is wrong with it. */
export function readConfig(file: string): Config {
  return parseConfig(readFileSync(file, "utf8"), file);
}

/** Nothing has a default: the role writes all of it, and who reads less has the file of another version. */
export function parseConfig(text: string, file: string): Config {
  const config = JSON.parse(text) as Config;
  const missing = missingKeys(config, wanted);
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(", ")}.`);
  const { me, members } = config;
  if (!members.some(({ name }) => name === me)) throw new Error(`${file}: ${me} is none of its members.`);
  return config;
}

/** Keys that must be there; an object names those within. */
interface Wanted {
  readonly [key: string]: true | Wanted;
}

const wanted = {
  ...{ me: true, members: true, stores: true, promise: true, strict: true, readLagSeconds: true },
  listen: { address: true, port: true },
  clients: { members: true, routes: true, monitor: true },
  paths: {
    ...{ socket: true, data: true, state: true, runtime: true, accounts: true, replication: true },
    ...{ ca: true, certificate: true, key: true, storeCertificate: true, storeKey: true },
  },
} as const satisfies Wanted & AllOf<Config>;

type AllOf<T> = {
  readonly [K in keyof T]: T[K] extends readonly unknown[] | string | number | boolean ? true : AllOf<T[K]>;
};

function missingKeys(value: unknown, keys: Wanted): readonly string[] {
  const found = new Map(Object.entries(value ?? {}));
  return Object.entries(keys).flatMap(([key, within]) => {
    if (!found.has(key)) return [key];
    return within === true ? [] : missingKeys(found.get(key), within).map((inner) => `${key}.${inner}`);
  });
}

export function member({ members }: Pick<Config, "members">, name: string): Member {
  const found = members.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is no member.`);
  return found;
}
