import { shellQuote } from "../base/text.ts";
import type { Change, Generation, Step } from "../model/plan.ts";
import { generationFile, stateFolder } from "../model/plan.ts";
import { scriptPrelude } from "./prelude.ts";

/** A file that travels with the script; `content` or the path of a file on this machine. */
export type Payload =
  | { readonly name: string; readonly content: string }
  | { readonly name: string; readonly localFile: string };

/** A step whose secrets, keys and archives are in place: only `put`, `run`, `package` and `unit` are left. */
export type ReadyStep =
  | Extract<Step, { kind: "run" | "package" | "unit" }>
  | {
      readonly kind: "put";
      readonly file: string;
      readonly payload: string;
      readonly mode: string;
      readonly owner: string;
      readonly group: string;
    };

export interface ReadyChange {
  readonly change: Change;
  readonly steps: readonly ReadyStep[];
}

type UnitStep = Extract<Step, { kind: "unit" }>;

/**
 * The shell script that makes one host's changes: readable, and the whole of what is done there. Packages come by one
 * apt-get; files are put beside and renamed, the old ones kept aside; then every unit's own checker looks at the new files;
 * only then is anything started, reloaded or restarted. What a unit will not take is put back.
 */
export function applyScript(
  changes: readonly ReadyChange[],
  generations: { readonly intent: Generation; readonly done: Generation | undefined },
): string {
  const numbered = changes.map((one, index) => ({ ...one, index }));
  const made = numbered.filter((one) => !isRemoval(one));
  const removed = numbered.filter((one) => isRemoval(one) && !unitOf(one));
  const rereads = removed.length > 0;
  return [
    scriptPrelude,
    recordGeneration(generations.intent),
    phaseLines(
      [...made.filter((one) => !followsRelease(one)), ...numbered.filter((one) => isRemoval(one) && unitOf(one))],
      rereads,
    ),
    // A migration may need what its host offers it, the way to the database above all: so releases come second.
    phaseLines(made.filter(followsRelease), false),
    ...removed.map(({ index, steps }) => plainLines(index, steps)),
    generations.done ? recordGeneration(generations.done) : "",
    'echo "@@ end"',
  ]
    .filter((text) => text !== "")
    .join("\n");
}

interface Numbered extends ReadyChange {
  readonly index: number;
}

/** One pass over a host: packages, then files, then the units' own checkers, then the units. */
function phaseLines(changes: readonly Numbered[], rereads: boolean): string {
  const packages = stepsOf(changes, "package");
  const units = stepsOf(changes, "unit");
  const plain = changes.filter(({ steps }) => steps.some((step) => step.kind === "run" || step.kind === "put"));
  const unitFiles = stepsOf(changes, "put").some(({ step }) => step.file.startsWith("/etc/systemd/system/"));
  return [
    packageLines(packages.map(({ step, index }) => ({ name: step.name, index }))),
    ...plain.map(({ index, steps }) => plainLines(index, steps)),
    ...units.flatMap(({ step, index }) => checkLines(step, index)),
    unitLines(units, rereads || unitFiles),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

function stepsOf<K extends ReadyStep["kind"]>(changes: readonly Numbered[], kind: K) {
  return changes.flatMap(({ steps, index }) =>
    steps
      .filter((step): step is Extract<ReadyStep, { kind: K }> => step.kind === kind)
      .map((step) => ({ step, index })),
  );
}

/** A release, and the unit that runs it. */
function followsRelease({ change, steps }: Numbered): boolean {
  const runsRelease = (step: ReadyStep) =>
    step.kind === "unit" && step.inputs.some((file) => file.endsWith("/release.env"));
  return change.id.startsWith("release:") || steps.some(runsRelease);
}

function unitOf({ change }: Numbered): boolean {
  return change.id.startsWith("unit:");
}

function isRemoval({ change }: { readonly change: Change }): boolean {
  return change.verb === "remove";
}

function packageLines(packages: readonly { readonly name: string; readonly index: number }[]): string {
  if (packages.length === 0) return "";
  const names = packages.map((one) => shellQuote(one.name)).join(" ");
  const [first = { index: 0 }] = packages;
  return [
    ...packages.map(({ index }) => `start ${index}`),
    `try install_packages ${names} || fail ${first.index}`,
    ...packages.map(({ index }) => `finish ${index}`),
  ].join("\n");
}

function plainLines(index: number, steps: readonly ReadyStep[]): string {
  const lines = steps.flatMap((step) => {
    if (step.kind === "put") {
      const words = [step.payload, step.file, step.mode, step.owner, step.group].map(shellQuote).join(" ");
      return [`try put ${words} || fail ${index}`];
    }
    return step.kind === "run" ? [`try sh -c ${shellQuote(step.script)} || fail ${index}`] : [];
  });
  return [`start ${index}`, ...lines, `finish ${index}`].join("\n");
}

function checkLines(step: UnitStep, index: number): readonly string[] {
  if (step.check === undefined || step.deed === "stop" || step.deed === "enable") return [];
  return [`try sh -c ${shellQuote(step.check)} || fail ${index}`];
}

/** Enabling and re-reading once for all units; starts are left to systemd to order; the rest follows one by one. */
function unitLines(units: readonly { readonly step: UnitStep; readonly index: number }[], reloads: boolean): string {
  const names = (deed: UnitStep["deed"]) =>
    units.filter(({ step }) => step.deed === deed).map(({ step }) => shellQuote(step.name));
  const stopped = names("stop");
  const enabled = units.filter(({ step }) => step.deed !== "stop").map(({ step }) => shellQuote(step.name));
  const first = units[0]?.index ?? 0;
  return [
    ...units.map(({ index }) => `start ${index}`),
    stopped.length > 0 ? `try systemctl disable --quiet --no-reload ${stopped.join(" ")} || true` : "",
    enabled.length > 0 ? `try systemctl enable --quiet --no-reload ${enabled.join(" ")} || fail ${first}` : "",
    reloads || units.length > 0 ? "systemctl daemon-reload" : "",
    stopped.length > 0 ? `try systemctl stop ${stopped.join(" ")} || true` : "",
    enabled.length > 0 ? `mark ${enabled.join(" ")}` : "",
    ...deedLines(units),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function deedLines(units: readonly { readonly step: UnitStep; readonly index: number }[]): readonly string[] {
  const starts = units.filter(({ step }) => step.deed === "start");
  const all = starts.map(({ step }) => shellQuote(step.name)).join(" ");
  const begun = starts.length > 0 ? [`try systemctl start ${all} || true`] : [];
  const each = units.map(({ step, index }) => {
    const name = shellQuote(step.name);
    const inputs = step.inputs.map(shellQuote).join(" ");
    if (step.deed === "stop" || step.deed === "enable") return `taken ${name} ${inputs}; finish ${index}`;
    return `bring ${step.deed} ${name} || { put_back; revive ${name} ${step.deed}; say_fail ${index}; exit 1; }
taken ${name} ${inputs}; finish ${index}`;
  });
  return [...begun, ...each];
}

function recordGeneration(generation: Generation): string {
  return `mkdir -p ${stateFolder}/units ${stateFolder}/certificates
cat > ${generationFile}.new <<'GENERATION' && mv -f ${generationFile}.new ${generationFile}
${JSON.stringify(generation)}
GENERATION`;
}
