import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** mariadb.service as systemd sees it. */
export interface Unit {
  readonly state: "alive" | "starting" | "stopping" | "stopped";
  /** It ended by itself with an error: it refused to start. */
  readonly refused: boolean;
  /** Its process is there. Just after a SIGKILL systemd may not have noticed yet. */
  readonly alive: boolean;
}

const unit = "mariadb.service";

/** How the unit stands; asked only when MariaDB does not answer. */
export async function unitState(): Promise<Unit> {
  const text = await run(
    "systemctl",
    ["show", unit, "--property=ActiveState,Job,ExecMainCode,ExecMainStatus,MainPID"],
    3000,
  );
  return parseUnit(text);
}

/** From the lines of `systemctl show`. A code of 1 is "exited", 2 and 3 are "killed": only the first with a status is a refusal. */
export function parseUnit(text: string, lives: (pid: string) => boolean = isAlive): Unit {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
  const active = value("ActiveState");
  const pending = !["", "0"].includes(value("Job"));
  const state =
    active === "active" || active === "reloading"
      ? "alive"
      : active === "deactivating"
        ? "stopping"
        : active === "activating" || pending
          ? "starting"
          : "stopped";
  const refused = value("ExecMainCode") === "1" && value("ExecMainStatus") !== "0";
  return { state, refused, alive: lives(value("MainPID")) };
}

/** Whether systemd is taking the whole host down. */
export async function hostStops(): Promise<boolean> {
  const jobs = await run("systemctl", ["list-jobs", "--no-legend", "--no-pager"], 3000).catch(() => "");
  return /\b(shutdown|reboot|poweroff|halt|kexec)\.target\s+start\b/.test(jobs);
}

function isAlive(pid: string): boolean {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Starts MariaDB without waiting for it; `truncate` lets it give up what nobody acknowledged. */
export async function startServer(runtime: string, how: "plain" | "truncate"): Promise<void> {
  await mkdir(runtime, { recursive: true, mode: 0o700 });
  const options = how === "truncate" ? "--init-rpl-role=SLAVE" : "";
  await writeFile(join(runtime, "mariadb.env"), `MYSQLD_OPTS=${options}\n`);
  await run("systemctl", ["reset-failed", unit], 3000).catch(() => "");
  await run("systemctl", ["start", "--no-block", unit], 5000);
}

/** A start that nobody decided finds no word of how. */
export async function forgetStart(runtime: string): Promise<void> {
  await unlink(join(runtime, "mariadb.env")).catch(() => undefined);
}

/** SIGKILL, at once, whatever it does. */
export async function killServer(): Promise<void> {
  await run("systemctl", ["kill", "--signal=SIGKILL", unit], 5000);
}

/** SIGTERM, and waits until it is gone. */
export async function stopServer(limit: number): Promise<void> {
  await run("systemctl", ["stop", unit], limit);
}

/** Names the life of the process that answers at the socket: number, start time and boot. */
export async function lifeOf(socket: string): Promise<string> {
  const pid = (await readFile(socket.replace(/\.sock$/, ".pid"), "utf8")).trim();
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
  return `${boot.slice(0, 8)}.${pid}.${started}`;
}

/** Whether the data folder holds a database. */
export function hasData(data: string): boolean {
  return existsSync(join(data, "mysql")) && existsSync(join(data, "ibdata1"));
}

/** A program's output; fails when it fails, or takes longer than `limit` ms. */
export function run(program: string, words: readonly string[], limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...words], { timeout: limit, killSignal: "SIGKILL", maxBuffer: 16 << 20 }, (error, out, err) => {
      if (error) reject(new Error(`${program}: ${err.trim().slice(-400) || error.message}`));
      else resolve(out);
    });
  });
}
