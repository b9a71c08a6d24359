import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { accountsDiffer, accountsDigest, applyAccounts } from "./accounts.ts";
import { type Agent, writable } from "./agent.ts";
import { forget, leaderOf, type StoreMember, storeMembers } from "./etcd.ts";
import { forgetStart, run } from "./process.ts";
import { acknowledging } from "./promise.ts";

/** What is done beside the cycle, which never waits for it: now and then, one after another. */
export interface Housekeeping {
  busy: boolean;
  lastAt: number;
  /** This member has been marked as one of a founded cluster. */
  belongs: boolean;
  /** The digest of the accounts that are known to be applied, in this life of this server. */
  applied: string;
  /** The life of the server whose system tables have been looked at. */
  upgraded: string;
  storeAskedAt: number;
  forgottenAt: number;
}

export function housekeeping(): Housekeeping {
  return {
    busy: false,
    lastAt: Number.NEGATIVE_INFINITY,
    belongs: false,
    applied: "",
    upgraded: "",
    storeAskedAt: 0,
    forgottenAt: 0,
  };
}

/** How long it rests, ms. */
const rest = 2000;

/** Called after each look; starts what is due and returns at once. */
export function keepHouse(house: Housekeeping, agent: Agent, log: (text: string) => void): void {
  if (house.busy || performance.now() - house.lastAt < rest) return;
  house.busy = true;
  void chores(house, agent, log)
    .catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      if (agent.trouble !== text) log(text);
      agent.trouble = text;
    })
    .finally(() => {
      house.busy = false;
      house.lastAt = performance.now();
    });
}

async function chores(house: Housekeeping, agent: Agent, log: (text: string) => void): Promise<void> {
  await askStore(house, agent);
  if (agent.last?.view.server.state !== "running") return;
  await forgetStart(agent.config.paths.runtime);
  await belongs(house, agent);
  await upgrade(house, agent, log);
  await accounts(house, agent, log);
  await forgetOld(house, agent);
}

/** On whose host etcd's leader runs. Its members are asked for only when the leader is another: a replaced member has another number. */
async function askStore(house: Housekeeping, agent: Agent): Promise<void> {
  if (performance.now() - house.storeAskedAt < 5000) return;
  house.storeAskedAt = performance.now();
  const leader = await leaderOf(agent.etcd).catch(() => undefined);
  if (leader !== undefined && leader === agent.storeLeader?.id) return;
  const all = leader === undefined ? [] : await storeMembers(agent.etcd).catch(() => []);
  agent.storeLeader = standingOf(agent, leader, all);
}

function standingOf(
  { config, etcd }: Agent,
  id: string | undefined,
  all: readonly StoreMember[],
): Agent["storeLeader"] {
  const memberAt = (host: string) =>
    config.members.find(({ name, fqdn, address }) => [name, fqdn, address].includes(host))?.name;
  const found = all.find((one) => one.id === id);
  const member = found === undefined ? undefined : memberAt(found.host);
  if (id === undefined || found === undefined || member === undefined) return undefined;
  const targets = Object.fromEntries(all.map((one) => [memberAt(one.host) ?? one.host, one.id]));
  const host = etcd.stores.find(({ name }) => memberAt(name) === member)?.name ?? found.host;
  return { id, member, host, targets };
}

/** From now on an empty data folder here is a lost disk, not a new member. */
async function belongs(house: Housekeeping, { last, config }: Agent): Promise<void> {
  if (house.belongs || last?.view.store?.cluster === undefined) return;
  await writeFile(join(config.paths.state, "member"), `${config.me}\n`, { flag: "wx" }).catch(() => undefined);
  house.belongs = true;
}

/** System tables of an older version are brought up to date on each member by itself. */
async function upgrade(house: Housekeeping, agent: Agent, log: (text: string) => void): Promise<void> {
  const { start, looked } = agent.mariadb;
  if (house.upgraded === start || looked === undefined) return;
  const { socket, data } = agent.config.paths;
  const version = (looked.facts.version ?? "").split("-")[0];
  const done = await readFile(join(data, "mariadb_upgrade_info"), "utf8").catch(() => "");
  if (!done.startsWith(`${version}-`)) {
    await run("mariadb-upgrade", ["--no-defaults", `--socket=${socket}`, "--user=root", "--silent"], 900_000);
    log(`System tables were brought to ${version}.`);
  }
  house.upgraded = start;
}

/** The accounts of the site, on the open primary: not while a member is locked out, nor while nobody could acknowledge them. */
async function accounts(house: Housekeeping, agent: Agent, log: (text: string) => void): Promise<void> {
  const wanted = `${agent.mariadb.start} ${await accountsDigest(agent)}`;
  if (house.applied === wanted || !writable(agent)) return;
  if (agent.kept.notes.locked.length > 0 || acknowledging(agent).length === 0) return;
  if (await accountsDiffer(agent)) {
    await applyAccounts(agent);
    log("Accounts and databases were written as the site names them.");
  }
  house.applied = wanted;
  agent.trouble = "";
}

/** Answers that nobody will ask for any more, and openings of terms that history does not tell of. */
async function forgetOld(house: Housekeeping, agent: Agent): Promise<void> {
  const found = agent.last?.found;
  const cluster = found?.store.cluster;
  if (!writable(agent) || found === undefined || cluster === undefined) return;
  if (performance.now() - house.forgottenAt < 60_000) return;
  house.forgottenAt = performance.now();
  const told = new Set(cluster.history.map(({ term }) => term));
  const openings = Object.keys(found.opened).filter((term) => !told.has(Number(term)) && Number(term) < cluster.term);
  const answers = found.outcomes.filter(({ term }) => term < cluster.term - 20).map(({ id }) => id);
  const extra = found.outcomes.length > 50 ? found.outcomes.slice(0, -50).map(({ id }) => id) : [];
  const names = [
    ...openings.map((term) => `opened/${term}`),
    ...new Set([...answers, ...extra].map((id) => `answers/${id}`)),
  ];
  await forget(agent.etcd, names.slice(0, 100));
}
