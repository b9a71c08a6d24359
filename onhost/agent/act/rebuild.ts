import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Agent } from "../agent.ts";
import { member } from "../config.ts";
import { identity, optionsOf } from "../https.ts";
import { askPeers } from "../peers.ts";
import { forgetStart, killServer, run, startServer, unitState } from "../process.ts";
import { close, open, query, type Session, text } from "../sql.ts";
import { backupPosition, seededHistory } from "./seed.ts";

/** How long a step may take that works on all data. */
const hour = 3_600_000;

/** Builds this member anew from another one; what it had is unusable from the first step on, and says so after every interruption. */
export async function rebuild(agent: Agent, from: string, serverId: number): Promise<void> {
  const { kept, config } = agent;
  const { data, runtime } = config.paths;
  await kept.note({ seeding: true, locked: [] });
  await kept.noteForNow({ followed: undefined });
  await kept.remember({ led: 0, noted: undefined });
  await stopWhole(agent);
  await keepEvidence(data, join(config.paths.state, "evidence"));
  await empty(data);
  const before = agent.peers.answers[from]?.server.history ?? "";
  await copy(agent, from);
  await askPeers(agent.peers, config, patience);
  const after = agent.peers.answers[from]?.server.history ?? "";
  await run("mariadb-backup", ["--prepare", `--target-dir=${data}`, `--tmpdir=${runtime}`], hour);
  const position = backupPosition(await readFile(join(data, infoFile), "utf8"));
  await cleared(data);
  await run("chown", ["-R", "mysql:mysql", data], 600_000);
  await startServer(runtime, "plain");
  const session = await running(config.paths.socket);
  try {
    await query(session, `SET GLOBAL server_id = ${serverId}`, 3000);
    await query(session, `SET GLOBAL gtid_binlog_state = ${text(seededHistory(position, before, after))}`, 10_000);
    await query(session, `SET GLOBAL gtid_slave_pos = ${text(position)}`, 10_000);
  } finally {
    close(session);
  }
  await kept.note({ seeding: false, wanted: undefined });
}

/** How long it waits for the others to say what they hold, ms. */
const patience = 1000;

const infoFile = "mariadb_backup_binlog_info";

async function stopWhole(agent: Agent): Promise<void> {
  const { mariadb, config } = agent;
  if (mariadb.session !== undefined) close(mariadb.session);
  Object.assign(mariadb, { session: undefined, left: undefined, failedStarts: 0, started: false });
  await forgetStart(config.paths.runtime);
  await killServer().catch(() => undefined);
  for (let tries = 0; (await unitState()).state !== "stopped"; tries++) {
    if (tries > 100) throw new Error("MariaDB does not end");
    await pause(100);
  }
}

/** The binary logs of before, the last two times: they alone tell what a diverged member had. */
async function keepEvidence(data: string, folder: string): Promise<void> {
  const files = (await readdir(data).catch(() => [])).filter((file) => /^(bin|relay)\./.test(file));
  if (files.length === 0) return;
  const place = join(folder, new Date().toISOString().replaceAll(":", ""));
  await mkdir(place, { recursive: true, mode: 0o700 });
  await run("mv", [...files.map((file) => join(data, file)), place], hour);
  const old = (await readdir(folder)).toSorted().slice(0, -2);
  for (const one of old) await rm(join(folder, one), { recursive: true });
}

async function empty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(folder)) await rm(join(folder, file), { recursive: true, force: true });
}

/** A new member has no history of its own yet: binary logs that came along are not its. */
async function cleared(data: string): Promise<void> {
  for (const file of await readdir(data)) {
    if (/^(bin|relay)\.|^(master|relay-log)\.info$/.test(file)) await rm(join(data, file));
  }
}

/** Streams a backup of the other member's data into the folder. */
async function copy({ config, settings }: Agent, from: string): Promise<void> {
  const { fqdn, address } = member(config, from);
  const { data } = config.paths;
  const own = identity(config.paths);
  const target = { address, name: fqdn, port: config.listen.port, path: "/backup" };
  await new Promise<void>((resolve, reject) => {
    const asked = get({ ...optionsOf(undefined, target), ...own, minVersion: "TLSv1.3" }, (response) => {
      if (response.statusCode !== 200) {
        asked.destroy(new Error(`${from} gives no backup now (${response.statusCode})`));
        return;
      }
      const unpack = spawn("mbstream", ["-x", "-C", data], { stdio: ["pipe", "ignore", "pipe"] });
      const wrong: Buffer[] = [];
      unpack.stderr.on("data", (part: Buffer) => wrong.push(part));
      unpack.stdin.on("error", () => undefined);
      response.on("error", () => unpack.stdin.destroy());
      response.pipe(unpack.stdin);
      unpack.on("error", reject);
      unpack.on("close", (code) => {
        if (code === 0 && response.complete && existsSync(join(data, infoFile))) resolve();
        else
          reject(new Error(`the backup of ${from} broke off: ${Buffer.concat(wrong).toString().trim().slice(-200)}`));
      });
    });
    asked.setTimeout(Math.max(60_000, settings.lease), () => asked.destroy(new Error(`${from} fell silent`)));
    asked.on("error", reject);
  });
}

async function running(socket: string): Promise<Session> {
  for (let tries = 0; ; tries++) {
    try {
      return await open(socket, 1000);
    } catch (error) {
      if (tries > 300 || ((await unitState()).state === "stopped" && tries > 20)) throw error;
      await pause(200);
    }
  }
}
