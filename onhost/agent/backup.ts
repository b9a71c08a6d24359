import { spawn } from "node:child_process";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import type { Config } from "./config.ts";

let busy = false;

/** Streams a physical backup of this host's MariaDB, one at a time. When it fails, the connection breaks off, so that nobody takes a part for the whole. */
export function streamBackup({ paths }: Config, response: ServerResponse, log: (text: string) => void): void {
  if (busy) {
    response.writeHead(503).end("another backup is under way\n");
    return;
  }
  busy = true;
  const words = ["--backup", "--stream=mbstream", "--user=root", `--socket=${paths.socket}`, `--datadir=${paths.data}`];
  const child = spawn(
    "mariadb-backup",
    [...words, `--target-dir=${join(paths.runtime, "backup")}`, "--kill-long-queries-timeout=0"],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let told = "";
  child.stderr.on("data", (part: Buffer) => {
    told = (told + part.toString()).slice(-2000);
  });
  response.writeHead(200, { "content-type": "application/octet-stream" });
  child.stdout.pipe(response, { end: false });
  child.on("error", () => response.destroy());
  child.on("close", (code) => {
    busy = false;
    if (code === 0) response.end();
    else {
      log(`The backup ended with ${code}: ${told.trim().split("\n").slice(-2).join(" ")}`);
      response.destroy();
    }
  });
  response.on("close", () => {
    if (!response.writableFinished) child.kill("SIGKILL");
  });
}
