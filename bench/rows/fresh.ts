import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, times } from "../command.ts";
import type { Row } from "../figures.ts";
import { renameSite } from "../site.ts";

const images = "/var/lib/rampart/images";
const aside = `${images}.aside-for-bench`;

/** `make up` in a fresh clone, without npm packages, npm cache and image; the machine's own packages stay. */
export async function freshRow(root: string, runs: number): Promise<Row> {
  const putBack = () => {
    if (!existsSync(aside)) return;
    rmSync(images, { recursive: true, force: true });
    renameSync(aside, images);
  };
  putBack(); // an earlier bench was cut off
  const stop = () => {
    putBack();
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  try {
    const values = await times(runs, async () => {
      if (existsSync(images)) existsSync(aside) ? rmSync(images, { recursive: true }) : renameSync(images, aside);
      return await oneFreshUp(root);
    });
    return {
      ...{ what: "`make up`, nothing cached", unit: "s", values, better: "least", reach: 240, aim: 150 },
      notes: [
        "A fresh clone in an empty folder: npm packages (with an empty npm cache) are fetched, the services and the host image are built, twelve hosts come up. Tools that the machine has to have (mmdebstrap, systemd-container) were there.",
      ],
    };
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
    putBack();
  }
}

async function oneFreshUp(root: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "rampart-fresh-"));
  const clone = join(folder, "rampart");
  const env = { npm_config_cache: join(folder, "npm-cache") };
  try {
    await command(["git", "clone", "--quiet", "--no-local", root, clone]);
    renameSite(join(clone, "examples/shop"));
    return (await command(["make", "-s", "up"], { cwd: clone, env })).ms / 1000;
  } finally {
    await command(["make", "-s", "down"], { cwd: clone, env }).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}
