import { type Problem, RampartError } from "../base/problem.ts";
import type { Held } from "../ssh/run.ts";
import { hold } from "../ssh/run.ts";
import type { SshTarget } from "../ssh/target.ts";
import { unreachableProblem } from "../ssh/unreachable.ts";
import { awaitRunningApply, busyProblem, lockedError, lockHolder, lockScript } from "./lock.ts";

/** The site lock on some hosts, for work on them that is no apply. */
export interface SiteHold {
  /** A host whose session ended, and with it the lock; undefined while all hold. */
  readonly lost: () => string | undefined;
  readonly release: () => Promise<void>;
}

const ready = "== held";

/**
 * Takes the site lock on these hosts: an apply, which needs it on every host, then waits for the release, and this for an apply.
 * @param holder who works and since when, as the next one is told.
 * @throws RampartError when another holds it, or a host cannot be reached; nothing is held then.
 */
export async function holdHosts(
  targets: readonly SshTarget[],
  { site, holder }: { readonly site: string; readonly holder: string },
): Promise<SiteHold> {
  const script = `set -u
mkdir -p /run/rampart
${awaitRunningApply}
${lockScript(holder)}
echo "${ready}"
cat >/dev/null
`;
  const all = await Promise.all(targets.map((target) => hold(target, script, { readyLine: ready, timeoutMs: 90_000 })));
  const held = all.flatMap((one) => (one.held ? [one] : []));
  const release = async () => void (await Promise.all(held.map((one) => one.release())));
  const refused = all.flatMap((one) => (one.held ? [] : [one.result]));
  if (refused.length === 0) return { lost: watch(held), release };
  await release();
  const other = refused.flatMap(({ stdout }) => lockHolder(stdout) ?? [])[0];
  if (other !== undefined) throw lockedError(site, other);
  throw new RampartError(
    "Nothing was changed: not every host can be worked on",
    refused.map(problemOf),
    "rampart status",
  );
}

function watch(held: readonly Extract<Held, { held: true }>[]): () => string | undefined {
  let lost: string | undefined;
  for (const one of held)
    void one.ended.then(
      ({ host }) => {
        lost ??= host;
      },
      () => undefined,
    );
  return () => lost;
}

function problemOf(result: Extract<Held, { held: false }>["result"]): Problem {
  if (result.unreachable !== undefined) return unreachableProblem(result);
  return (
    busyProblem(result) ?? {
      path: result.host,
      reason: `its lock was not taken: ${result.stderr.trim()}.`,
      remedy: `Look what it does: rampart exec ${result.host} -- ps -ef`,
    }
  );
}
