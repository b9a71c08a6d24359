import { spawn } from "node:child_process";
import { RampartError } from "../../base/problem.ts";
import { labCut, labFreeze, labHosts, labPlug, labStart, labThaw, labUnplug } from "../../lab/lab.ts";
import { markCommand } from "../../model/marks.ts";
import { run } from "../../ssh/run.ts";
import { targetsOf } from "../hosts.ts";
import { labSeats } from "../lab-site.ts";
import { monitorStandings } from "../monitors.ts";
import type { GlobalOptions } from "../options.ts";
import { writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";

/** What can be done to a host of the lab, and what is then so. */
export const labDeeds = {
  start: { does: labStart, outcome: "is on" },
  cut: { does: labCut, outcome: "has lost its power" },
  freeze: { does: labFreeze, outcome: "stands still, with everything on it" },
  thaw: { does: labThaw, outcome: "goes on" },
  unplug: { does: labUnplug, outcome: "has lost its inside network cable" },
  plug: { does: labPlug, outcome: "has its network cable back" },
} as const;

/** `lab outside -- CMD…` and `lab inside -- CMD…`: a command of this machine, run as a visitor or beside the hosts. */
export async function labSeatCommand(
  options: GlobalOptions,
  seat: "outside" | "inside",
  argv: readonly string[],
): Promise<number> {
  const name = await labName(options);
  const seats = labSeats(name);
  const [command = "sh", ...args] = seat === "outside" ? seats.visitor(argv) : seats.operator(argv);
  return await new Promise((done) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.on("error", (error) => {
      writeText(error.message);
      done(1);
    });
    child.on("close", (code, signal) => done(code ?? (signal ? 128 : 1)));
  });
}

export async function labDeedCommand(
  options: GlobalOptions,
  deed: keyof typeof labDeeds,
  host: string,
): Promise<number> {
  const name = await labName(options);
  await labDeeds[deed].does(name, host);
  writeText(`${host} ${labDeeds[deed].outcome}.`);
  await tellMonitor(await openSite(options), `${host} ${labDeeds[deed].outcome}`);
  return 0;
}

/** So that the charts of the dashboard show what was done on purpose. A monitor that is away is not waited for. */
async function tellMonitor(open: OpenSite, text: string): Promise<void> {
  const [monitor] = monitorStandings(open);
  if (monitor?.state !== "running") return;
  await run(targetsOf(open)(monitor.name), markCommand("drill", text), { timeoutMs: 3000 });
}

async function labName(options: GlobalOptions): Promise<string> {
  const { site } = await openSite(options);
  if (labHosts(site.name).length > 0) return site.name;
  throw new RampartError(`${site.name} is not up`, [
    { path: site.name, reason: "there is no lab for it on this machine.", remedy: "Start it: rampart up" },
  ]);
}

/** The words after `rampart lab`. */
export async function labCommand(options: GlobalOptions, deed: string, words: readonly string[]): Promise<number> {
  if ((deed === "outside" || deed === "inside") && words.length > 0) return await labSeatCommand(options, deed, words);
  const [host] = words;
  if (Object.hasOwn(labDeeds, deed) && host !== undefined)
    return await labDeedCommand(options, deed as keyof typeof labDeeds, host);
  const form =
    "rampart lab outside -- CMD…, rampart lab inside -- CMD…, or rampart lab start|cut|freeze|thaw|unplug|plug HOST";
  throw new RampartError("rampart lab needs to know what to do", [
    {
      path: "lab",
      reason: `"${[deed, ...words].join(" ")}" is none of its deeds, or lacks a word.`,
      remedy: `Use ${form}.`,
    },
  ]);
}
