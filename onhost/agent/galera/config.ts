import { readFileSync } from "node:fs";
import type { Member } from "../config.ts";

/** What the role database writes for the member program. */
export interface MemberConfig {
  readonly me: string;
  /** All members, this one too, in the site's order. */
  readonly members: readonly Member[];
  /** Members and arbiter. */
  readonly votes: number;
  readonly listen: { readonly address: string; readonly port: number };
  /** Common names of the certificates that may ask here. */
  readonly clients: {
    readonly members: readonly string[];
    readonly routes: readonly string[];
    readonly monitor: string;
  };
  readonly paths: {
    readonly socket: string;
    readonly data: string;
    /** What the program keeps, 0700. */
    readonly state: string;
    /** There as soon as this host has belonged to a cluster of this mode; and of the other mode. */
    readonly belonged: string;
    readonly otherMode: string;
    /** What it needs only while it runs. */
    readonly runtime: string;
    /** Its own socket. */
    readonly own: string;
    /** Written before each start of MariaDB, which does not start without it. */
    readonly start: string;
    readonly accounts: string;
    readonly ca: string;
    readonly certificate: string;
    readonly key: string;
  };
}

const needed = ["me", "members", "votes", "listen", "clients", "paths"] as const;

/** Reads the file; an Error names what is wrong with it. */
export function readMemberConfig(file: string): MemberConfig {
  const config = JSON.parse(readFileSync(file, "utf8")) as Partial<MemberConfig>;
  const missing = needed.filter((key) => config[key] === undefined);
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(", ")}.`);
  const { me, members = [] } = config;
  if (!members.some(({ name }) => name === me)) throw new Error(`${file}: ${me} is none of its members.`);
  return config as MemberConfig;
}
