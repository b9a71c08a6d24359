import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processTable } from "../../src/lab/proc.ts";
import { sleep } from "../../src/lab/process.ts";
import type { SiteStatus } from "../../src/model/status.ts";
import { claimLabs, say } from "./support/lab.ts";
import { rampart, rampartArgv, rampartDone, rampartEnv, rampartJson } from "./support/rampart.ts";
import { copyShop, scratch, shop } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// RAMPART_CRASHES=10 for the ten of the promise; RAMPART_SEED chooses other moments.
const crashes = Number(process.env.RAMPART_CRASHES ?? 3);
const seed = Number(process.env.RAMPART_SEED ?? 1);
const name = "tcrash";
const folder = join(scratch, name);

// The shop's own source on fewer hosts: every kind of host, a migration, a replica.
const siteFile = `import { defineSite } from "rampart";
export default defineSite({
  name: "${name}",
  domain: "www.crash.example",
  balancer: { hosts: 1 },
  web: { hosts: 1, files: "./public" },
  app: {
    shop: {
      source: "./shop", build: "npm ci --omit=dev --no-audit --no-fund", migrate: "node migrate.js",
      start: "node server.js", port: 3000, health: "/healthz", metrics: "/metrics", database: true, hosts: 1,
      secrets: ["SESSION_SECRET"],
    },
  },
  database: { hosts: 3 },
  environments: { lab: { httpsPort: 9543, httpPort: 9580 } },
});
`;

beforeAll(async () => {
  claimLabs();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (!existsSync(shop.folder)) copyShop();
  for (const part of ["shop", "public"]) cpSync(join(shop.folder, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, "rampart.config.ts"), siteFile);
  await rampartDone(["down"], { site: folder });
});

afterAll(async () => void (await rampart(["down"], { site: folder })));

test("a killed up is finished by the next one, whatever the moment", async () => {
  // How long a whole one takes here and now; the moments are spread over it.
  const whole = (await rampartDone(["up"], { site: folder })).durationMs;
  say(`up of ${name}: ${(whole / 1000).toFixed(1)} s`);
  const random = randomNumbers(seed);
  for (let crash = 0; crash < crashes; crash += 1) {
    // Every second one begins from nothing, the others on what the last one left.
    if (crash % 2 === 0) await rampartDone(["down"], { site: folder });
    const moment = Math.round(whole * random());
    await killedAfter(moment);
    const next = await rampart(["up"], { site: folder });
    say(`killed after ${(moment / 1000).toFixed(1)} s; the next up took ${(next.durationMs / 1000).toFixed(1)} s`);
    expect(next.exitCode, `seed ${seed}, killed after ${moment} ms:\n${next.stderr}`).toBe(0);
    // An alert of what the cut-off run left broken is right, and ends within two looks of the monitor.
    await eventually(15, async () => {
      const status = await rampartJson<SiteStatus>(["status"], { site: folder });
      expect(status.hosts.map((host) => host.state)).toEqual(status.hosts.map(() => "well"));
    });
  }
}, 900_000);

test("up twice changes nothing, and down leaves nothing, twice", async () => {
  const again = await rampartDone(["up"], { site: folder });
  expect(again.stderr).not.toMatch(/started/);
  expect((await rampart(["plan", "--exit-code"], { site: folder })).exitCode).toBe(0);
  await rampartDone(["down"], { site: folder });
  expect(leftovers()).toEqual([]);
  await rampartDone(["down"], { site: folder });
  expect(leftovers()).toEqual([]);
});

/** Starts an up and kills it without a word after so many milliseconds, as a power cut of the operator's machine would. */
async function killedAfter(milliseconds: number): Promise<void> {
  const [program = "", ...args] = rampartArgv(["up"], folder);
  const child = spawn(program, args, { env: rampartEnv(), stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await sleep(milliseconds);
  child.kill("SIGKILL");
  await ended;
}

/** Everything on this machine that carries the lab's name: mounts, namespaces, cgroups, processes, sockets, folders. */
function leftovers(): readonly string[] {
  const isOurs = (text: string) => text.includes(`rampart-${name}`) || text.includes(`rampart/labs/${name}`);
  const names = (place: string) => (existsSync(place) ? readdirSync(place).map((one) => `${place}/${one}`) : []);
  const trees = names("/sys/fs/cgroup").flatMap((tree) => {
    try {
      return names(tree);
    } catch {
      return []; // a file
    }
  });
  const ports = /:(2547|256C) 0+:0000 0A/; // 9543 and 9580, listening
  return [
    ...readFileSync("/proc/mounts", "utf8").split("\n").filter(isOurs),
    ...[...trees, ...names("/run/netns"), ...names("/run/systemd/nspawn/propagate")].filter(isOurs),
    ...processTable()
      .map((process) => process.argv.join(" "))
      .filter((line) => isOurs(line) || line.includes(`/run/rampart/${name}/`)),
    ...readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .filter((line) => ports.test(line)),
    ...[`/run/rampart/${name}`, `/var/lib/rampart/labs/${name}`].filter(existsSync),
    ...[".rampart/lab.age", ".rampart/lab-ca.crt"].map((file) => join(folder, file)).filter(existsSync),
  ];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
