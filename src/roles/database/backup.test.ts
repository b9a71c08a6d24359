import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { shopBackup, shopSite } from "../../../test/fixture.ts";
import { siteTopology } from "../../topology/topology.ts";
import { roles } from "../index.ts";
import { backupFlows, backupResources } from "./backup.ts";
import { followedChains, gapless } from "./backup-restore.ts";

const topology = siteTopology(shopSite, roles);
const db2 = topology.hosts.find(({ name }) => name === "db2");
if (db2 === undefined) throw new Error("the shop has a db2");
const files = backupResources(db2, topology).flatMap((one) => (one.kind === "file" ? [one] : []));

test("every program is one that bash reads, and holds nothing of a template", () => {
  const programs = files.filter(({ file }) => file.startsWith("/usr/local/lib/rampart/backup-"));
  expect(programs.length).toBe(10);
  for (const { file, content } of programs) {
    expect(spawnSync("bash", ["-n"], { input: content, encoding: "utf8" }).stderr, file).toBe("");
    expect(content, file).not.toMatch(/undefined|\$\{/);
  }
});

test("the key of the store is a secret, and in no file but its own", () => {
  const holding = files.filter(({ content }) => content.includes("{{secret:"));
  expect(holding.map(({ file, mode }) => [file, mode])).toEqual([["/etc/rampart/database/backup.key", "0600"]]);
});

test("a store of the operator's is reached by a flow of its own, the site's by its service, a folder by none", () => {
  const at = (store: string) => {
    const database = shopSite.database && { ...shopSite.database, backup: { ...shopBackup, store } };
    return backupFlows({ ...shopSite, database }).map(({ to }) => to);
  };
  expect(at("monitor")).toEqual(["monitor.store"]);
  expect(at("sftp://b@192.0.2.9:2222/x")).toMatchObject([{ address: "192.0.2.9", port: 2222 }]);
  expect(at("s3:https://s3.example/bucket")).toMatchObject([{ address: "0.0.0.0/0", port: 443 }]);
  expect(at("/mnt/backups")).toEqual([]);
  expect(at("none")).toEqual([]);
});

const chain = (id: string, after: number, upTo: number, to: string) => ({ id, after, upTo, to: `2026-11-20T${to}.5Z` });
const made = (id: string, at: string, sequence: number) => ({ id, at: `2026-11-20T${at}Z`, gtid: `1-1-${sequence}` });

function planned(
  to: string,
  backups: readonly object[],
  logs: readonly object[],
): { backup: string; logs: string[] } | null {
  const input = JSON.stringify({ backups, logs });
  const output = execFileSync("jq", ["-c", "--arg", "to", `2026-11-20T${to}Z`, followedChains], {
    input,
    encoding: "utf8",
  });
  if (output.trim() === "") return null;
  const plan = JSON.parse(output) as { backup: { id: string }; logs: { id: string }[] };
  return { backup: plan.backup.id, logs: plan.logs.map(({ id }) => id) };
}

test("a restore begins at the newest backup before the second, with the shortest logs that reach it", () => {
  const backups = [made("a", "03:00:00", 100), made("b", "09:00:00", 500)];
  const logs = [chain("x", 0, 450, "08:00:00"), chain("y", 0, 900, "12:00:00"), chain("z", 0, 1200, "13:00:00")];
  expect(planned("11:00:00", backups, logs)).toEqual({ backup: "b", logs: ["y"] });
  expect(planned("07:00:00", backups, logs)).toEqual({ backup: "a", logs: ["x"] });
  // The backup of that very second may hold some of it.
  expect(planned("09:00:00", backups, logs)).toEqual({ backup: "a", logs: ["y"] });
  expect(planned("13:00:01", backups, logs)).toBeNull();
});

test("logs of several members are put together where one holds the transaction with which the other ends", () => {
  const backups = [made("a", "03:00:00", 100)];
  expect(planned("12:00:00", backups, [chain("x", 0, 450, "08:00:00"), chain("y", 400, 900, "12:00:00")])).toEqual({
    backup: "a",
    logs: ["x", "y"],
  });
  expect(planned("12:00:00", backups, [chain("x", 0, 450, "08:00:00"), chain("y", 450, 900, "12:00:00")])).toBeNull();
  expect(planned("12:00:00", backups, [chain("y", 100, 900, "12:00:00")])).toBeNull();
});

function replayed(last: number, sequences: readonly number[]): string {
  const input = sequences
    .map((number) => `#261120 server id 1  end_log_pos 9 \tGTID 1-1-${number} trans\nBEGIN\n`)
    .join("");
  const words = ["-v", `last=${last}`, "-v", "gtid=1-1-0", "-v", "bad=/dev/stderr", "-v", "done=/dev/stderr", gapless];
  return spawnSync("awk", words, { input, encoding: "utf8" }).stderr.trim();
}

test("a transaction that is missing among the logs ends the replay", () => {
  expect(replayed(4, [5, 6, 7])).toBe("7 1-1-7");
  expect(replayed(4, [])).toBe("4 1-1-0");
  expect(replayed(4, [5, 7])).toContain("transaction 6 is missing: 7 follows on 5");
  expect(replayed(4, [6])).toContain("transaction 5 is missing");
});
