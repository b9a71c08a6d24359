import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Config } from "./config.ts";

/** The secret by which members replicate. */
export async function replicationSecret({ paths }: Config): Promise<string> {
  return (await readFile(paths.replication, "utf8")).trim();
}

/** Tells two secrets apart without keeping either. */
export async function secretDigest(config: Config): Promise<string> {
  return createHash("sha256")
    .update(await replicationSecret(config).catch(() => ""))
    .digest("hex");
}
