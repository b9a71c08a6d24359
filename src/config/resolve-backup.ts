import type { SiteBackup } from "../model/site.ts";
import { defaults } from "./defaults.ts";
import type { BackupInput } from "./input.ts";
import type { Choose } from "./resolve-web.ts";

/** How the database is backed up, with the reason of every default. */
export function databaseBackup(given: BackupInput | undefined, choose: Choose): SiteBackup {
  const { backup: fallback } = defaults;
  const at = (key: string) => `database.backup.${key}`;
  const keep = given?.keep;
  return {
    store: choose<string>(
      at("store"),
      given?.store,
      fallback.store,
      "outlives the database hosts from the first minute; a store in another building outlives the site",
    ),
    credentials: choose(at("credentials"), given?.credentials, undefined, "the site's own store knows its hosts"),
    trust: choose(at("trust"), given?.trust, undefined, "a public authority is one that Debian knows"),
    at: choose<string>(at("at"), given?.at, fallback.at, "few visitors come at that time"),
    keep: {
      daily: choose<number>(at("keep.daily"), keep?.daily, fallback.keep.daily, "a mistake is noticed within a week"),
      weekly: choose<number>(at("keep.weekly"), keep?.weekly, fallback.keep.weekly, "or within a month"),
      monthly: choose<number>(at("keep.monthly"), keep?.monthly, fallback.keep.monthly, "or much later"),
    },
    drill: choose<SiteBackup["drill"]>(
      at("drill"),
      given?.drill,
      fallback.drill,
      "a backup that was never restored is a hope",
    ),
  };
}
