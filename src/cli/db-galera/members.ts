import { databaseStatusProgram } from "../../contract/database.ts";
import type { GaleraStatus } from "../../contract/galera.ts";
import { votesOf } from "../../model/galera.ts";
import type { DatabaseStanding, GaleraMember } from "../../model/status.ts";
import { hostsOf } from "../../model/topology.ts";
import { run } from "../../ssh/run.ts";
import { goneHosts, targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";

/** What one database host said. Exactly one of the two is there. */
export interface Said {
  readonly host: string;
  readonly status?: GaleraStatus;
  /** Why it said nothing, as a phrase. */
  readonly silence?: string;
}

/** Asks every database host at once how its member stands. */
export async function askGalera(open: OpenSite): Promise<readonly Said[]> {
  const gone = goneHosts(open);
  const target = targetsOf(open);
  return await Promise.all(
    hostsOf(open.topology, "database").map(async ({ name }): Promise<Said> => {
      if (gone.has(name)) return { host: name, silence: "it is off" };
      const { stdout, stderr, unreachable, timedOut } = await run(target(name), databaseStatusProgram, {
        timeoutMs: 8000,
      });
      const silence = unreachable ?? (timedOut ? "no answer within 8 s" : stderr.trim().split("\n").at(-1));
      return galeraMember(name, stdout, silence || "no answer");
    }),
  );
}

export async function galeraNow(open: OpenSite): Promise<{ said: readonly Said[]; database: DatabaseStanding }> {
  const said = await askGalera(open);
  const votes = open.site.database === undefined ? said.length : votesOf(open.site.database);
  return { said, database: galeraStanding(said, votes) };
}

/** From the line of JSON that its status program prints. */
export function galeraMember(host: string, line: string, silence: string): Said {
  try {
    const status = JSON.parse(line) as Partial<GaleraStatus>;
    if (status.mode === "galera" && status.host === host) return { host, status: status as GaleraStatus };
    return { host, silence };
  } catch {
    return { host, silence };
  }
}

/** The cluster as it is seen from here. What is not known is not whole. */
export function galeraStanding(said: readonly Said[], votes: number): DatabaseStanding {
  const members = said.map(memberOf);
  const inside = said.filter(({ status }) => status?.primary === true);
  const sizes = inside.flatMap(({ status }) => status?.size ?? []);
  const size = sizes.length === 0 ? null : Math.max(...sizes);
  const whole = members.every(({ standing }) => standing === "synced") && size === votes;
  return {
    // The ways to the database take the first that is offered.
    primary: said.find(({ status }) => status?.writable)?.host ?? null,
    ...{ promise: null, noLoss: false, reason: reasonOf(members, size, votes) },
    ...{ term: null, paused: false, voters: [], changes: [] },
    members: members.map((one) => ({
      ...{ host: one.host, standing: one.standing, lagSeconds: one.standing === "synced" ? 0 : null, term: null },
      position: one.seqno === null ? null : String(one.seqno),
      doing: one.doing,
      ...(one.detail === undefined ? {} : { detail: one.detail }),
    })),
    galera: { whole, size, votes, members },
  };
}

function reasonOf(members: readonly GaleraMember[], size: number | null, votes: number): string {
  const synced = members.filter(({ standing }) => standing === "synced").length;
  const now =
    size === null
      ? "No member takes writes now."
      : `Now ${synced} of ${members.length} members have everything, and ${size} of ${votes} votes are in.`;
  return `Mode galera does not promise it: a write is on the disk of the member that took it, and in the memory of the others. ${now}`;
}

function memberOf({ host, status, silence }: Said): GaleraMember {
  if (status === undefined)
    return {
      ...{ host, standing: "unknown", size: null, history: null, seqno: null, paused: null, queue: null },
      ...{ conflicts: null, doing: "", detail: silence },
    };
  const { size, history, seqno, paused, queue, conflicts, doing } = status;
  const detail = troubleOf(status);
  return {
    ...{ host, standing: standingOf(status), size, history, seqno, paused, queue, conflicts },
    doing: doing === "wait" ? "" : doing,
    ...(detail === "" ? {} : { detail }),
  };
}

const states: Readonly<Record<number, string>> = { 1: "joining", 2: "donor", 3: "joined", 4: "synced" };

function standingOf({ teller, held, primary, ready, state, unit }: GaleraStatus): string {
  if (!teller.up) return "unknown";
  if (held) return "held";
  if (primary === null) return unit === "starting" ? "starting" : "down";
  if (!primary) return "cut off";
  if (state === 4 && !ready) return "joined";
  return states[state ?? 0] ?? "joining";
}

function troubleOf(status: GaleraStatus): string {
  if (!status.teller.up) return status.error;
  const standing = standingOf(status);
  const parts = standing === "synced" ? [status.error] : [status.reason, status.error];
  return parts.filter((part) => part !== "").join("; ");
}
