import { shellQuote } from "../base/text.ts";
import type { Change, Plan } from "../model/plan.ts";
import {
  caReference,
  programReference,
  referencedPrograms,
  referencedSecrets,
  secretReference,
} from "../model/secret.ts";
import { run } from "../ssh/run.ts";
import type { World } from "./world.ts";

/** A file as it is and as it should be; references to secrets and programs stand for them. */
export interface FileDifference {
  readonly host: string;
  /** resourceId */
  readonly id: string;
  readonly file: string;
  /** undefined: not there. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Fetches the present content of every file that a plan changes, on the hosts that are there already. */
export async function fileDifferences(plan: Plan, world: World): Promise<readonly FileDifference[]> {
  const wanted = plan.stages.flatMap((stage) => stage.hosts.flatMap((work) => work.changes.flatMap(wantedFile)));
  const hosts = [...new Set(wanted.map((one) => one.host))].filter((host) => !plan.added.includes(host));
  const present = new Map(
    await Promise.all(hosts.map(async (host) => [host, await contents(host, wanted, world)] as const)),
  );
  return wanted.map(({ host, id, file, after }) => {
    const before = present.get(host)?.get(file);
    return { host, id, file, before: before === undefined ? undefined : shown(before, after, world), after };
  });
}

interface WantedFile {
  readonly host: string;
  readonly id: string;
  readonly file: string;
  readonly after: string;
}

function wantedFile({ host, id, steps }: Change): readonly WantedFile[] {
  return steps.flatMap((step) =>
    step.kind === "put" ? [{ host, id, file: step.file.replace(/\.rampart-next$/, ""), after: step.content }] : [],
  );
}

async function contents(
  host: string,
  wanted: readonly WantedFile[],
  world: World,
): Promise<ReadonlyMap<string, string | undefined>> {
  const here = wanted.filter((one) => one.host === host);
  const files = here.map((one) => one.file);
  // Of a program the comment at its head is enough: the rest is as long as a book, and for nobody to read.
  const head = (one: WantedFile) => (referencedPrograms(one.after).length > 0 ? "head -n 1" : "cat");
  const script = here.map(
    (one) => `[ -e ${shellQuote(one.file)} ] && echo "= $(${head(one)} ${shellQuote(one.file)} | base64 -w0)" || echo`,
  );
  const { stdout } = await run(world.targetOf(host), script.join("\n"), { timeoutMs: 30_000 });
  const lines = stdout.split("\n");
  const content = (line = "") =>
    line.startsWith("= ") ? Buffer.from(line.slice(2), "base64").toString("utf8") : undefined;
  return new Map(files.map((file, index) => [file, content(lines[index])]));
}

function shown(before: string, after: string, world: World): string {
  const programs = referencedPrograms(after).map((name) => `${programReference(name)}, another build of it\n`);
  return masked(before, after, world) + programs.join("");
}

/**
 * Values that this site knows become their references. In a file that holds secrets every other line that differs keeps its
 * name only: it may hold a secret that this site does not know any more.
 */
function masked(before: string, after: string, world: World): string {
  const names = referencedSecrets(after);
  const pem = world.trusted;
  const known = names.reduce((text, name) => text.replaceAll(world.secretValue(name), secretReference(name)), before);
  const withCa = known.replaceAll(pem, caReference).replaceAll(pem.trimEnd(), caReference);
  if (names.length === 0) return withCa;
  const wanted = new Set(after.split("\n"));
  const hidden = (line: string) =>
    wanted.has(line) || line === "" ? line : `${/^[^=:]*[=:]?/.exec(line)?.[0] ?? ""}[not shown]`;
  return withCa.split("\n").map(hidden).join("\n");
}
