import { RampartError } from "../../base/problem.ts";
import { converge } from "../../converge/converge.ts";
import type { World } from "../../converge/world.ts";
import { acmeOf } from "../../model/certificate.ts";
import type { Emit } from "../../model/event.ts";
import { certificatesText } from "../../report/certificates.ts";
import { planText } from "../../report/plan.ts";
import { UsageError } from "../arguments.ts";
import { certificateStatus, certificatesOf } from "../certificates.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { orderPublic } from "../order.ts";
import { failedChecks, reportStyle, silent, withProgress, writeJson, writeText } from "../output.ts";
import { rotateCa } from "../rotate-ca.ts";
import { type OpenSite, openSite } from "../site.ts";
import { caFile, worldOf } from "../world.ts";

export interface CertOptions {
  readonly all: boolean;
  readonly pause: boolean;
}

/** `cert list`, `cert renew HOST:FILE…|--all`, `cert rotate-ca [--pause]`. */
export async function certCommand(
  options: GlobalOptions,
  deed: string,
  targets: readonly string[],
  chosen: CertOptions,
): Promise<number> {
  if (deed === "list") return await listCertificates(options);
  if (deed === "rotate-ca") return await rotateCommand(options, chosen);
  if (deed === "renew" && (chosen.all || targets.length > 0)) return await renewCertificates(options, targets, chosen);
  const reason = deed === "renew" ? "it is not said which certificates." : `"${deed}" is none of its deeds.`;
  const remedy = "The form is:  rampart cert list, rampart cert renew HOST:FILE…|--all, or rampart cert rotate-ca";
  throw new UsageError(
    "rampart cert needs to know what to do",
    [{ path: "cert", reason, remedy }],
    "rampart docs cert",
  );
}

async function listCertificates(options: GlobalOptions): Promise<number> {
  const open = await openSite(options);
  const world = await worldOf(open, silent);
  const all = await certificateStatus(world, new Date());
  if (options.json) writeJson({ site: open.site.name, certificates: all });
  else writeText(certificatesText(all, reportStyle()));
  return all.every((one) => one.state === "well") ? exitCodes.done : exitCodes.failed;
}

async function renewCertificates(
  options: GlobalOptions,
  targets: readonly string[],
  { all }: CertOptions,
): Promise<number> {
  const open = await openSite(options);
  return await withProgress(options, async (emit) => {
    const world = await worldOf(open, emit);
    const files = targets.filter((one) => one !== publicTarget);
    const renew = all ? everything(world) : chosen(files, world);
    const result = renew.size > 0 ? await converge({ ...world, renew }) : undefined;
    if (targets.includes(publicTarget) || (all && acmeOf(open.site))) await orderPublic(world);
    return outcome(open, options, result);
  });
}

async function rotateCommand(options: GlobalOptions, { pause }: CertOptions): Promise<number> {
  const open = await openSite(options);
  return await withProgress(options, async (emit: Emit) => {
    const reached = await rotateCa(open, emit, { pause });
    if (options.json) writeJson({ site: open.site.name, rotation: reached, ca: caFile(open) });
    else writeText(rotationText(reached, caFile(open)));
    return exitCodes.done;
  });
}

function rotationText(reached: "paused" | "done", file: string): string {
  if (reached === "done")
    return `Every certificate is of the new CA, and the old one is forgotten.\nThe new one:  ${file}`;
  return `Every host trusts the new CA beside the old one.\nGive both to whoever trusts the old one:  ${file}\nThen:  rampart cert rotate-ca`;
}

/** What `cert list` calls served, when a public authority issues it. */
const publicTarget = "public";

function outcome(
  open: OpenSite,
  options: GlobalOptions,
  result: Awaited<ReturnType<typeof converge>> | undefined,
): number {
  const { plan, checks = [] } = result ?? {};
  const failed = failedChecks(checks);
  if (failed) throw failed;
  if (options.json) writeJson({ plan: plan ?? null });
  else if (plan === undefined) writeText("Visitors are served a new certificate:  rampart cert list");
  else writeText(planText(plan, open.topology, { retiring: [], done: true, ...reportStyle() }));
  return exitCodes.done;
}

type Renewals = ReadonlyMap<string, ReadonlySet<string>>;

function everything(world: World): Renewals {
  const ids = (host: World["topology"]["hosts"][number]) =>
    new Set(certificatesOf(host, world).map((one) => `certificate:${one.certificateFile}`));
  return new Map(world.topology.hosts.map((host) => [host.name, ids(host)]));
}

/** HOST:FILE as `cert list` shows it. All that name nothing are told at once. */
function chosen(targets: readonly string[], world: World): Renewals {
  const known = everything(world);
  const renew = new Map<string, Set<string>>();
  const problems = targets.flatMap((target) => {
    const [host = "", file = ""] = [target.slice(0, target.indexOf(":")), target.slice(target.indexOf(":") + 1)];
    const id = `certificate:${file}`;
    if (!known.get(host)?.has(id)) {
      const remedy = "List them: rampart cert list";
      return [{ path: target, reason: "is no certificate of the site's own CA that a host has.", remedy }];
    }
    renew.set(host, new Set([...(renew.get(host) ?? []), id]));
    return [];
  });
  if (problems.length > 0) throw new RampartError("Nothing was renewed", problems, "rampart cert list");
  return renew;
}
