import type { Problem } from "../base/problem.ts";
import { listed } from "../base/text.ts";
import type { VisitStepInput } from "./input.ts";
import type { Fault } from "./names.ts";
import { regionPattern } from "./schema-regions.ts";
import type { Draft, SiteDraft } from "./shape.ts";

/** More would not tell more: each is a server, and a page is sent when most of them agree. */
const mostRegions = 16;

/** Problems with regions, and with what they try. */
export function regionProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  return [...nameProblems(draft), ...visitProblems(draft, isBroken)];
}

function nameProblems({ monitor }: SiteDraft): readonly Problem[] {
  const regions = monitor?.regions ?? [];
  const faults = regions.flatMap((name, index) => {
    const fault = name === undefined ? undefined : regionFault(name, regions.indexOf(name) < index);
    return fault === undefined ? [] : [{ path: `monitor.regions[${index}]`, ...fault }];
  });
  if (regions.length <= mostRegions) return faults;
  const reason = `${regions.length} regions; at most ${mostRegions} are looked from.`;
  return [...faults, { path: "monitor.regions", reason, remedy: "Name the places where most of your visitors are." }];
}

function regionFault(name: string, twice: boolean): Fault | undefined {
  if (twice) return { reason: `"${name}" stands there twice.`, remedy: "Take one of the two out." };
  if (new RegExp(regionPattern).test(name)) return undefined;
  const remedy = 'Use small letters, digits and "-", a letter first, at most 12 characters, such as "eu".';
  return { reason: `"${name}" cannot be a part of host names.`, remedy };
}

type Step = Draft<VisitStepInput>;

function visitProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  const visit = draft.monitor?.visit ?? [];
  if (visit.length === 0) return [];
  const problems: Problem[] = [];
  if ((draft.monitor?.regions ?? []).length === 0 && !isBroken("monitor.regions")) {
    const reason = "nobody makes the visit: the site is looked at from no region.";
    problems.push({ path: "monitor.visit", reason, remedy: 'Name where from: regions: ["eu", "us", "asia"].' });
  }
  const taken: string[] = [];
  visit.forEach((step, index) => {
    if (step === undefined) return;
    const path = `monitor.visit[${index}]`;
    const twice = step.step !== undefined && visit.findIndex((one) => one?.step === step.step) < index;
    if (twice) {
      const reason = `two steps are called "${step.step}": their figures could not be told apart.`;
      problems.push({ path: `${path}.step`, reason, remedy: "Give each step a name of its own." });
    }
    problems.push(
      ...methodProblems(step, path, isBroken),
      ...useProblems(step, path, taken),
      ...secretProblems(step, path, draft),
    );
    problems.push(...takeProblems(step, path));
    taken.push(...Object.keys(step.take ?? {}));
  });
  return problems;
}

function methodProblems(step: Step, path: string, isBroken: (path: string) => boolean): readonly Problem[] {
  if (isBroken(`${path}.get`) || isBroken(`${path}.post`)) return [];
  const both = step.get !== undefined && step.post !== undefined;
  if (both || (step.get === undefined && step.post === undefined)) {
    const reason = both ? "a step asks for one page, by get or by post." : "the step asks for nothing.";
    return [{ path, reason, remedy: 'Write one of the two, such as get: "/search?q=lamp".' }];
  }
  if (step.form === undefined || step.post !== undefined) return [];
  const remedy = "Write post for get, or put the values behind a ? in the path.";
  return [{ path: `${path}.form`, reason: "a form is sent by post.", remedy }];
}

/** `${NAME}` must have been taken by a step before. */
function useProblems(step: Step, path: string, taken: readonly string[]): readonly Problem[] {
  const texts = [
    ["get", step.get] as const,
    ["post", step.post] as const,
    ...Object.entries(step.form ?? {}).map(([name, value]) => [`form.${name}`, value] as const),
  ];
  return texts.flatMap(([key, text]) =>
    (typeof text === "string" ? [...text.matchAll(/\$\{([^}]*)\}/g)] : []).flatMap(([, name = ""]) => {
      if (taken.includes(name)) return [];
      const known =
        taken.length > 0 ? `Taken are ${listed(taken)}.` : `Take it: take: { ${name}: '…' } in a step before.`;
      return [{ path: `${path}.${key}`, reason: `no step before takes "${name}".`, remedy: known }];
    }),
  );
}

function secretProblems(step: Step, path: string, { app = {} }: SiteDraft): readonly Problem[] {
  return Object.entries(step.form ?? {}).flatMap(([field, value]) => {
    if (typeof value !== "object" || value.secret === undefined) return [];
    const [service = "", variable = ""] = value.secret.split(".");
    if (app[service]?.secrets?.includes(variable) === true) return [];
    const known = Object.entries(app).flatMap(([name, one]) =>
      (one?.secrets ?? []).map((secret) => `${name}.${secret}`),
    );
    const remedy =
      known.length > 0
        ? `Secrets are ${listed(known)}.`
        : 'Name it in secrets of a service, and write it as "service.VARIABLE".';
    return [{ path: `${path}.form.${field}`, reason: `there is no secret "${value.secret}".`, remedy }];
  });
}

function takeProblems(step: Step, path: string): readonly Problem[] {
  return Object.entries(step.take ?? {}).flatMap(([name, expression]) => {
    const at = `${path}.take.${name}`;
    if (!/^[A-Za-z_]\w*$/.test(name))
      return [{ path: at, reason: `"${name}" cannot stand in \${…}.`, remedy: "Use letters, digits and _." }];
    if (expression === undefined || groupsOf(expression) === 1) return [];
    const remedy = `Put what is to be taken in one pair of brackets: 'name="order_key" value="([^"]+)"'.`;
    return [{ path: at, reason: "it must be a regular expression with one group.", remedy }];
  });
}

/** undefined: no regular expression. */
function groupsOf(expression: string): number | undefined {
  try {
    // An alternative that always fits shows how many groups there are.
    return (new RegExp(`${expression}|`).exec("")?.length ?? 0) - 1;
  } catch {
    return undefined;
  }
}
