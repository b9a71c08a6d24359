import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { accountsDiffer, accountsDigest, applyAccounts } from "../accounts.ts";
import { writeDurably } from "../disk.ts";
import { run } from "../process.ts";
import { query } from "../sql.ts";
import type { Teller } from "./teller.ts";

/** What is done beside the looks, which never wait for it. */
export interface House {
  busy: boolean;
  lastAt: number;
  /** The digest of the accounts that are known to be there. */
  applied: string;
  upgraded: boolean;
}

export function newHouse(): House {
  return { busy: false, lastAt: Number.NEGATIVE_INFINITY, applied: "", upgraded: false };
}

const rest = 2000;

/** Called after each look; starts what is due and returns at once. */
export function keepHouse(house: House, teller: Teller, log: (text: string) => void): void {
  if (house.busy || performance.now() - house.lastAt < rest) return;
  house.busy = true;
  void chores(house, teller, log)
    .then(() => {
      teller.trouble = "";
    })
    .catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      if (teller.trouble !== text) log(text);
      teller.trouble = text;
    })
    .finally(() => {
      house.busy = false;
      house.lastAt = performance.now();
    });
}

async function chores(house: House, teller: Teller, log: (text: string) => void): Promise<void> {
  const { view, config } = teller;
  const facts = view?.facts;
  if (facts === undefined) house.upgraded = false;
  if (view === undefined || facts === undefined || !facts.primary || !facts.ready || facts.state !== 4) return;
  // Its word holds for one start.
  await rm(config.paths.start, { force: true });
  if (!existsSync(config.paths.belonged)) await writeDurably(config.paths.belonged, `${config.me}\n`);
  await upgrade(house, teller, log);
  await accounts(house, teller, log);
}

/** System tables of an older version are brought up to date on each member by itself: the program passes nothing on. */
async function upgrade(house: House, { config, session }: Teller, log: (text: string) => void): Promise<void> {
  if (house.upgraded || session === undefined) return;
  const [row] = await query(session, "SHOW GLOBAL VARIABLES LIKE 'version'", 2000);
  const version = (row?.Value ?? "").split("-")[0] ?? "";
  const done = await readFile(join(config.paths.data, "mariadb_upgrade_info"), "utf8").catch(() => "");
  if (version === "") return;
  if (!done.startsWith(`${version}-`)) {
    const words = [
      "--no-defaults",
      `--socket=${config.paths.socket}`,
      "--user=root",
      "--silent",
      "--skip-write-binlog",
    ];
    await run("mariadb-upgrade", words, 900_000);
    log(`System tables were brought to ${version}.`);
  }
  house.upgraded = true;
}

/** The accounts of the site: the first member that has everything writes them, for all. */
async function accounts(house: House, teller: Teller, log: (text: string) => void): Promise<void> {
  const { me, members } = teller.config;
  const first = members.find(({ name }) => name === me || teller.peers[name]?.synced);
  if (first?.name !== me) return;
  const wanted = await accountsDigest(teller);
  if (wanted === undefined || house.applied === wanted) return;
  if (await accountsDiffer(teller)) {
    await applyAccounts(teller);
    log("Accounts and databases were written as the site names them.");
  }
  house.applied = wanted;
}
