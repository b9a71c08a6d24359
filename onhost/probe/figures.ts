import { regionFigures as names, type ProbeCheck, probeChecks } from "../../src/model/probe.ts";

/** Outcome of one step of a visit. */
export interface StepOutcome {
  readonly name: string;
  readonly seconds: number;
  /** What was wrong; undefined: nothing. */
  readonly fault?: string;
}

export interface Visit {
  /** Seconds since 1970. */
  readonly at: number;
  /** Those that were tried: after one that fails no other is. */
  readonly steps: readonly StepOutcome[];
}

export interface Look {
  /** Seconds since 1970. */
  readonly at: number;
  readonly success: boolean;
  readonly seconds: number;
}

/** Everything that a probe has seen. */
export interface Figures {
  readonly looks: Map<ProbeCheck, Look>;
  phases: readonly (readonly [phase: string, seconds: number])[];
  status: number;
  readonly certificates: Map<string, number>;
  visit: Visit | undefined;
  visits: number;
  visitsFailed: number;
}

export function noFigures(): Figures {
  return {
    ...{ looks: new Map(), phases: [], status: 0, certificates: new Map() },
    ...{ visit: undefined, visits: 0, visitsFailed: 0 },
  };
}

type Label = readonly [name: string, value: string];
interface Sample {
  readonly labels: readonly Label[];
  readonly value: number;
}

/** Prometheus' text. What was never seen is not there: it must not look like a zero. */
export function figuresText(region: string, figures: Figures, silence: Readonly<Record<string, number>>): string {
  const looks = probeChecks.flatMap((check) => {
    const look = figures.looks.get(check);
    return look === undefined ? [] : [{ check, look }];
  });
  const ofLooks = (value: (look: Look) => number): readonly Sample[] =>
    looks.map(({ check, look }) => ({ labels: [["check", check]], value: value(look) }));
  const page = figures.looks.get("page");
  const families = [
    family(
      names.success,
      "gauge",
      "Whether the last look was well.",
      ofLooks(({ success }) => Number(success)),
    ),
    family(
      names.seconds,
      "gauge",
      "How long the last look took.",
      ofLooks(({ seconds }) => seconds),
    ),
    family(
      names.checked,
      "gauge",
      "When the last look ended.",
      ofLooks(({ at }) => at),
    ),
    family(
      names.phase,
      "gauge",
      "Parts of the time of the page.",
      figures.phases.map(([phase, value]) => ({ labels: [["phase", phase]], value })),
    ),
    family(
      names.status,
      "gauge",
      "Status of the page; 0: none came.",
      page === undefined ? [] : [{ labels: [], value: figures.status }],
    ),
    family(
      names.certificate,
      "gauge",
      "When the certificate ends that is served for a name.",
      [...figures.certificates].map(([name, value]) => ({ labels: [["name", name]], value })),
    ),
    ...visitFamilies(figures),
    family(
      names.silence,
      "gauge",
      "Since the last sign of life of a monitor.",
      Object.entries(silence).map(([monitor, value]) => ({ labels: [["monitor", monitor]], value })),
    ),
  ];
  return families.map((one) => one(region)).join("");
}

function visitFamilies({ visit, visits, visitsFailed }: Figures) {
  const one = (value: number): readonly Sample[] => (visit === undefined ? [] : [{ labels: [], value }]);
  const steps = visit?.steps ?? [];
  const bySteps = (value: (step: StepOutcome) => number): readonly Sample[] =>
    steps.map((step) => ({ labels: [["step", step.name]], value: value(step) }));
  return [
    family(names.visit, "gauge", "Whether every step of the last visit went well.", one(Number(visitWentWell(visit)))),
    family(
      names.visitSeconds,
      "gauge",
      "How long the last visit took.",
      one(steps.reduce((sum, { seconds }) => sum + seconds, 0)),
    ),
    family(names.visited, "gauge", "When the last visit ended.", one(visit?.at ?? 0)),
    family(names.visits, "counter", "Visits.", one(visits)),
    family(names.visitsFailed, "counter", "Visits of which a step failed.", one(visitsFailed)),
    family(
      names.step,
      "gauge",
      "Whether a step of the last visit went well; steps behind one that failed are not there.",
      bySteps(({ fault }) => Number(fault === undefined)),
    ),
    family(
      names.stepSeconds,
      "gauge",
      "How long a step of the last visit took.",
      bySteps(({ seconds }) => seconds),
    ),
  ];
}

export function visitWentWell(visit: Visit | undefined): boolean {
  return visit?.steps.every(({ fault }) => fault === undefined) === true;
}

function family(name: string, type: string, help: string, samples: readonly Sample[]): (region: string) => string {
  return (region) => {
    if (samples.length === 0) return "";
    const lines = samples.map(({ labels, value }) => {
      const all: readonly Label[] = [["region", region], ...labels];
      return `${name}{${all.map(([key, text]) => `${key}=${JSON.stringify(text)}`).join(",")}} ${value}`;
    });
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
  };
}
