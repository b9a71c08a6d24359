import { shellQuote } from "../base/text.ts";
import type { Plan } from "../model/plan.ts";
import { run } from "../ssh/run.ts";
import type { World } from "./world.ts";

/** A file as it is and as it should be; references to secrets stand for their values. */
export interface FileDifference {
  readonly host: string;
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** Fetches the present content of every file that a plan changes. What holds a secret is fetched with its value masked. */
export async function fileDifferences(plan: Plan, world: World): Promise<readonly FileDifference[]> {
  const wanted = plan.stages.flatMap((stage) =>
    stage.hosts.flatMap(({ host, changes }) =>
      changes.flatMap((change) =>
        change.steps.flatMap((step) =>
          step.kind === "put" ? [{ host, file: step.file.replace(/\.rampart-next$/, ""), after: step.content }] : [],
        ),
      ),
    ),
  );
  const hosts = [...new Set(wanted.map((one) => one.host))].filter((host) => !plan.added.includes(host));
  const present = new Map(
    await Promise.all(hosts.map(async (host) => [host, await contents(host, wanted, world)] as const)),
  );
  return wanted.map((one) => {
    const before = present.get(one.host)?.get(one.file) ?? "";
    return { ...one, before: masked(before, one.after, world) };
  });
}

async function contents(
  host: string,
  wanted: readonly { readonly host: string; readonly file: string }[],
  world: World,
): Promise<ReadonlyMap<string, string>> {
  const files = wanted.filter((one) => one.host === host).map((one) => one.file);
  const script = files.map((file) => `base64 -w0 ${shellQuote(file)} 2>/dev/null; echo`).join("\n");
  const { stdout } = await run(world.targetOf(host), script, { timeoutMs: 30_000 });
  const lines = stdout.split("\n");
  return new Map(files.map((file, index) => [file, Buffer.from(lines[index] ?? "", "base64").toString("utf8")]));
}

/** Values that this site knows go back to their references; the rest of such a file is masked where a reference stands. */
function masked(before: string, after: string, world: World): string {
  const names = [...after.matchAll(/\{\{secret:([A-Za-z0-9_.-]+)\}\}/g)].flatMap(([, name]) => name ?? []);
  const known = names.reduce((text, name) => text.replaceAll(world.secretValue(name), `{{secret:${name}}}`), before);
  return known
    .replaceAll(world.authority.certificatePem.trimEnd(), "{{ca}}")
    .replaceAll(world.authority.certificatePem, "{{ca}}");
}
