import { shellQuote } from "../base/text.ts";
import { markCommand } from "../model/marks.ts";
import type { Change, Generation, Step } from "../model/plan.ts";
import { generationFile, stateFolder } from "../model/plan.ts";
import { scriptPrelude } from "./prelude.ts";

/** A file that travels with the script; `content` or the path of a file on this machine. */
export type Payload =
  | { readonly name: string; readonly content: string }
  | { readonly name: string; readonly localFile: string };

/** A step whose secrets, keys and archives are in place: only `put`, `run`, `guarded`, `package` and `unit` are left. */
export type ReadyStep =
  | Extract<Step, { kind: "run" | "guarded" | "package" | "unit" }>
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
  const first = [
    ...made.filter((one) => !followsRelease(one)),
    ...numbered.filter((one) => isRemoval(one) && unitOf(one)),
  ];
  // A migration may need what its host offers it, the way to the database above all: so releases come second.
  const second = made.filter(followsRelease);
  const rereads = removed.length > 0 || touchesUnits(first);
  return [
    scriptPrelude,
    recordGeneration(generations.intent),
    phaseLines(first, rereads),
    phaseLines(second, !rereads && touchesUnits(second)),
    plainLines(removed),
    removed.some(({ change }) => change.id.startsWith("file:/etc/systemd/system/")) ? "systemctl daemon-reload" : "",
    generations.done ? recordGeneration(generations.done) : "",
    generations.done ? markCommand("deploy", `generation ${generations.done.number} by ${generations.done.by}`) : "",
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
  const plain = changes.filter(({ steps }) => steps.some((step) => ["run", "put", "guarded"].includes(step.kind)));
  return [
    packageLines(packages.map(({ step, index }) => ({ name: step.name, index }))),
    plainLines(plain),
    ...units.flatMap(({ step, index }) => checkLines(step, index)),
    unitLines(units, rereads),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** systemd re-reads all its files, at the cost of a dozen generators, so it does it once: also for files of a cut-off apply. */
function touchesUnits(changes: readonly Numbered[]): boolean {
  const unitFile = stepsOf(changes, "put").some(({ step }) => step.file.startsWith("/etc/systemd/system/"));
  return unitFile || stepsOf(changes, "unit").length > 0;
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

/**
 * Files that follow one another are put by one process; a change is finished when its last file is there. A guarded deed waits
 * for its confirmation at the end, so that the operator's new connection costs no time of its own.
 */
function plainLines(changes: readonly Numbered[]): string {
  const lines: string[] = [];
  let files: string[] = [];
  let finished: string[] = [];
  const guarded: string[] = [];
  const place = () => {
    if (files.length > 0) lines.push("place <<'FILES'", ...files, "FILES");
    lines.push(...finished);
    files = [];
    finished = [];
  };
  for (const { index, steps } of changes) {
    lines.push(`start ${index}`);
    for (const step of steps) {
      if (step.kind === "put")
        files.push([index, step.payload, step.mode, step.owner, step.group, step.file].join(" "));
      if (step.kind === "run") {
        place();
        lines.push(`attempt ${shellQuote(step.script)} || fail ${index}`);
      }
      if (step.kind === "guarded") {
        place();
        lines.push(`guard ${index} ${shellQuote(step.go)} ${shellQuote(step.back)}`);
        guarded.push(`confirmed ${index} ${shellQuote(step.keep)}`, `finish ${index}`);
      }
    }
    if (!steps.some((step) => step.kind === "guarded")) finished.push(`finish ${index}`);
  }
  place();
  return [...lines, ...guarded].join("\n");
}

function checkLines(step: UnitStep, index: number): readonly string[] {
  if (step.check === undefined || step.deed === "stop" || step.deed === "enable") return [];
  return [`attempt ${shellQuote(step.check)} || fail ${index}`];
}

/** Enabling and re-reading once for all units; starts are left to systemd to order; the rest follows one by one. */
function unitLines(units: readonly { readonly step: UnitStep; readonly index: number }[], rereads: boolean): string {
  const names = (deed: UnitStep["deed"]) =>
    units.filter(({ step }) => step.deed === deed).map(({ step }) => shellQuote(step.name));
  const stopped = names("stop");
  const owned = units.filter(({ step }) => step.owner !== undefined).map(({ step }) => shellQuote(step.name));
  const enabled = units
    .filter(({ step }) => step.deed !== "stop" && step.owner === undefined)
    .map(({ step }) => shellQuote(step.name));
  const disabled = [...new Set([...stopped, ...owned])];
  const marked = [...enabled, ...owned];
  const first = units[0]?.index ?? 0;
  return [
    ...units.map(({ index }) => `start ${index}`),
    disabled.length > 0 ? `try systemctl disable --quiet --no-reload ${disabled.join(" ")} || true` : "",
    enabled.length > 0 ? `try systemctl enable --quiet --no-reload ${enabled.join(" ")} || fail ${first}` : "",
    rereads ? "systemctl daemon-reload" : "",
    stopped.length > 0 ? `try systemctl stop ${stopped.join(" ")} || true` : "",
    // A job that was under way counts as failed when it is stopped; nobody is to mend that.
    stopped.length > 0 ? `systemctl reset-failed ${stopped.join(" ")} 2> /dev/null || true` : "",
    marked.length > 0 ? `mark ${marked.join(" ")}` : "",
    ...deedLines(units),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** Starts together, then restarts together, and one call tells how all are: systemd knows their order. */
function deedLines(units: readonly { readonly step: UnitStep; readonly index: number }[]): readonly string[] {
  const together = (["start", "restart"] as const).flatMap((deed) => {
    const names = units
      .filter(({ step }) => step.deed === deed && step.owner === undefined)
      .map(({ step }) => shellQuote(step.name));
    return names.length > 0 ? [`bring ${deed} ${names.join(" ")}`] : [];
  });
  const anew = units.flatMap(({ step }) => anewLines(step));
  const each = units.map(({ step, index }) =>
    [
      "settle",
      step.owner === undefined ? step.deed : "owned",
      index,
      ...[step.name, ...step.inputs].map(shellQuote),
    ].join(" "),
  );
  return [...together, ...anew, ...each, ...(each.length > 0 ? ["settled"] : [])];
}

/** Reloads, and restarts that are asked of a unit's owner, who runs by then with its own new files. */
function anewLines({ name, deed, owner }: UnitStep): readonly string[] {
  const quoted = shellQuote(name);
  if (owner === undefined) return deed === "reload" ? [`reload ${quoted}`] : [];
  if (deed === "restart") return [`ask_owner ${quoted} ${shellQuote(owner)}`];
  return deed === "reload" ? [`! systemctl is-active -q ${quoted} || reload ${quoted}`] : [];
}

function recordGeneration(generation: Generation): string {
  return `mkdir -p ${stateFolder}/units/.new ${stateFolder}/certificates
cat > ${generationFile}.new <<'GENERATION' && mv -f ${generationFile}.new ${generationFile}
${JSON.stringify(generation)}
GENERATION`;
}
