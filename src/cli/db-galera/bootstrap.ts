import { type Problem, RampartError } from "../../base/problem.ts";
import { listed } from "../../base/text.ts";
import type { GaleraPosition } from "../../contract/galera.ts";
import { positionsText } from "../../report/galera.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { typed } from "../question.ts";
import type { OpenSite } from "../site.ts";
import { type Waiting, waiting } from "../waiting.ts";
import { askMember, askPosition } from "./ask.ts";
import { galeraNow } from "./members.ts";
import { bootstrapProblems, mostAdvanced, positionProblems } from "./refusals.ts";

export interface BootstrapOptions {
  /** Hosts that are given up, by name. */
  readonly without: readonly string[];
  readonly yes: boolean;
  readonly json: boolean;
}

/** How long the members may take to start and to get what they lack. */
const beginsWithin = 900;

/**
 * `db bootstrap`: begins a cluster anew that was lost as a whole. Every member is stopped and says how far its data go; the data of the one
 * that has most are copied aside; it begins, and the others join it.
 */
export async function bootstrap(open: OpenSite, options: BootstrapOptions): Promise<number> {
  const { said } = await galeraNow(open);
  const members = said.map(({ host }) => host).filter((host) => !options.without.includes(host));
  if (
    await finished(
      open,
      said.filter(({ status }) => status?.held).map(({ host }) => host),
      options,
    )
  )
    return exitCodes.done;
  const problems = bootstrapProblems(said, options.without);
  if (problems.length > 0) throw nothingBegun(problems);
  const line = waiting(options.json);
  try {
    const positions = await positionsOf(open, members, line);
    line.end();
    const chosen = await chosenFrom(open, positions, options);
    if (chosen === undefined) return exitCodes.failed;
    const copy = await begin(open, chosen, members, options, line);
    line.end();
    const seconds = await joined(open, members, line);
    line.end();
    if (options.json)
      writeJson({ site: open.site.name, begun: chosen.host, positions, copy, without: options.without, seconds });
    else
      writeText(
        `${chosen.host} began the cluster at ${chosen.seqno}, and ${listed(members)} have everything, after ${seconds} s.\nIts data as they were before: ${chosen.host}:${copy}\nRemove them when all is well.`,
      );
    return exitCodes.done;
  } finally {
    line.end();
  }
}

/** A bootstrap that was broken off after the beginning: those that are still held may join. */
async function finished(open: OpenSite, held: readonly string[], { json }: BootstrapOptions): Promise<boolean> {
  if (held.length === 0) return false;
  const { database } = await galeraNow(open);
  if (database.galera?.size == null) return false;
  await released(open, held, true);
  if (json) writeJson({ site: open.site.name, begun: null, released: held });
  else writeText(`The cluster runs already; ${listed(held)} may join it now:  rampart db status`);
  return true;
}

/** Stops all, then asks all: nothing changes any more while they are compared. */
async function positionsOf(
  open: OpenSite,
  members: readonly string[],
  line: Waiting,
): Promise<readonly GaleraPosition[]> {
  line.say(`stopping MariaDB on ${listed(members)}, where it waits for a cluster`);
  const answers = await Promise.all(
    members.map(async (host) => ({ host, ...(await askMember(open, host, "hold", { within: 900 })) })),
  );
  const refused = answers.filter(({ done }) => !done);
  if (refused.length > 0) {
    await released(open, members, false);
    throw nothingBegun(
      refused.map(({ host, reason }) => ({ path: host, reason, remedy: "See how they stand: rampart db status" })),
    );
  }
  line.say("reading how far the data of each member go");
  // All of them are waited for: one that still reads could not be let go.
  const read = await Promise.allSettled(members.map(async (host) => await askPosition(open, host)));
  const failed = read.find((one) => one.status === "rejected");
  if (failed === undefined) return read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  await released(open, members, false);
  throw failed.reason;
}

/** Shows the positions and asks; undefined when the answer is no. */
async function chosenFrom(
  open: OpenSite,
  positions: readonly GaleraPosition[],
  options: BootstrapOptions,
): Promise<GaleraPosition | undefined> {
  const members = positions.map(({ host }) => host);
  const chosen = mostAdvanced(positions);
  const problems = positionProblems(positions);
  if (chosen === undefined || problems.length > 0) {
    await released(open, members, false);
    throw nothingBegun(problems);
  }
  const table = positionsText(positions, chosen.host, reportStyle());
  if (options.yes) {
    if (!options.json) writeText(`${table}\n`);
    return chosen;
  }
  const question = `${table}\n\n${questionText(chosen, options.without)}`;
  try {
    if (await typed(chosen.host, question, "In a script: rampart db bootstrap --yes")) return chosen;
  } catch (error) {
    await released(open, members, false);
    throw error;
  }
  await released(open, members, false);
  writeText("Stopped; nothing was changed.");
  return undefined;
}

function questionText({ host }: GaleraPosition, without: readonly string[]): string {
  const first = `${host} has most: the cluster begins from its data, of which a copy is made before. The others get what they lack.`;
  if (without.length === 0) return first;
  return `${first}\n${listed(without)} cannot be asked: what only ${without.length === 1 ? "it has" : "they have"} is LOST, and is removed there when ${without.length === 1 ? "it comes" : "they come"} back. All others get a whole copy.`;
}

/** Copies aside, begins, and lets the others join. Resolves with the folder of the copy. */
async function begin(
  open: OpenSite,
  { host }: GaleraPosition,
  members: readonly string[],
  { without }: BootstrapOptions,
  line: Waiting,
): Promise<string> {
  line.say(`copying the data of ${host} aside`);
  const name = `before-bootstrap-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, "-")}`;
  const copied = await askMember(open, host, "copy", { words: { name }, within: 4 * 3600 });
  if (!copied.done) {
    await released(open, members, false);
    throw nothingBegun([
      { path: host, reason: `${copied.reason}.`, remedy: "Make room there, then: rampart db bootstrap" },
    ]);
  }
  line.say(`${host} begins the cluster`);
  const begun = await askMember(open, host, "bootstrap", { words: { newHistory: without.length > 0 }, within: 120 });
  if (!begun.done) {
    await released(open, members, false);
    throw nothingBegun([{ path: host, reason: begun.reason, remedy: `See: rampart logs ${host} rampart-member` }]);
  }
  await seen(open, host);
  await released(
    open,
    members.filter((one) => one !== host),
    true,
  );
  return copied.reason;
}

async function seen(open: OpenSite, host: string): Promise<void> {
  const end = performance.now() + beginsWithin * 1000;
  for (;;) {
    const { said } = await galeraNow(open);
    if (said.find((one) => one.host === host)?.status?.writable) return;
    if (performance.now() > end)
      throw new RampartError(`${host} was told to begin the cluster, and does not run`, [
        {
          path: host,
          reason: said.find((one) => one.host === host)?.status?.reason ?? "it does not answer.",
          remedy: `Why: rampart logs ${host} mariadb. Its data as they were are beside the state of the member program.`,
        },
      ]);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Until every member that was asked has everything; the seconds that it took. */
async function joined(open: OpenSite, members: readonly string[], line: Waiting): Promise<number> {
  const began = performance.now();
  for (;;) {
    const { database } = await galeraNow(open);
    const missing = members.filter(
      (host) => database.galera?.members.find((one) => one.host === host)?.standing !== "synced",
    );
    const seconds = Math.round((performance.now() - began) / 1000);
    if (missing.length === 0) return seconds;
    if (seconds > beginsWithin)
      throw new RampartError(
        `The cluster runs, but not with all members after ${beginsWithin / 60} minutes`,
        missing.map((host) => ({
          path: host,
          reason: "has not joined yet.",
          remedy: `See: rampart logs ${host} mariadb`,
        })),
        "rampart db status",
      );
    line.say(`the cluster runs; ${listed(missing)} join${missing.length === 1 ? "s" : ""} it`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** @throws RampartError when a member is still held; the command once more lets it go. */
async function released(open: OpenSite, hosts: readonly string[], forget: boolean): Promise<void> {
  const answers = await Promise.all(
    hosts.map(async (host) => ({
      host,
      ...(await askMember(open, host, "release", { words: { forget }, within: 30 })),
    })),
  );
  const held = answers.filter(({ done }) => !done);
  if (held.length === 0) return;
  throw new RampartError(
    "Members are still held back",
    held.map(({ host, reason }) => ({ path: host, reason, remedy: "Let them go: rampart db bootstrap" })),
    "rampart db bootstrap",
  );
}

function nothingBegun(problems: readonly Problem[]): RampartError {
  return new RampartError("No cluster was begun, nothing was changed", problems, "rampart db status");
}
