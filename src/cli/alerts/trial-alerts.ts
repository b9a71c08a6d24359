import { trialLabel } from "../../model/alerts.ts";
import { groupsIn, type RawRule } from "./rules.ts";

/** An alert that stands for one rule, as Alertmanager is handed it (api/v2/alerts), without its times. */
export interface Trial {
  readonly name: string;
  readonly about: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Whose trials they are, and what Prometheus adds to each of its alerts (external_labels). */
export interface TrialOrigin {
  readonly id: string;
  readonly site: string;
}

/** Before what an alert says: who reads no further must know. */
export const trialWords = "TEST, nothing is wrong";

/**
 * A trial for each rule: with the labels and annotations of the rule. What the rule takes from measurements is not there, so labels that
 * its text shows get a value that is no host's name, "test-host", and figures are "(value)".
 * @param names of these alerts only; none: of all. @param rules Prometheus' answer (api/v1/rules).
 */
export function trialsOf(rules: string, names: readonly string[], origin: TrialOrigin): readonly Trial[] {
  const all = groupsIn(rules).flatMap((group) => group.rules);
  const wanted = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const seen = new Map<string, number>();
  return wanted.map((rule) => {
    const trial = trialOf(rule, origin);
    // Rules that differ by their condition only give the same alert, and would be one trial.
    const key = JSON.stringify(trial.labels);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count === 1) return trial;
    const about = [trial.about, `rule ${count}`].filter((part) => part !== "").join(", ");
    return { ...trial, about, labels: { ...trial.labels, [`${trialLabel}_rule`]: String(count) } };
  });
}

function trialOf({ name, labels: own = {}, annotations = {} }: RawRule, { id, site }: TrialOrigin): Trial {
  const { severity = "", ...rest } = own;
  const shown = Object.values(annotations).flatMap((text) => [...text.matchAll(/\$labels\.(\w+)/g)]);
  const samples = Object.fromEntries(shown.map(([, label = ""]) => [label, `test-${label}`]));
  const labels = { ...samples, ...own, alertname: name, site, [trialLabel]: id };
  const rendered = Object.entries(annotations).map(([key, text]) => {
    const value = inWords(text, labels);
    return [key, key === "summary" ? `${trialWords}: ${value}` : value] as const;
  });
  const about = Object.values(rest).join(", ");
  return { ...{ name, about, severity, labels }, annotations: Object.fromEntries(rendered) };
}

/** A template of Prometheus' with its labels filled in. */
function inWords(text: string, labels: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{([^}]*)\}\}/g, (_, inner: string) => {
    const [, label = ""] = /\$labels\.(\w+)/.exec(inner) ?? [];
    return labels[label] ?? "(value)";
  });
}

/** Trials that are sent at once: each severity by itself, and of pages, which are a letter each, so many names. */
export function waves(trials: readonly Trial[], pagesAtOnce: number): readonly (readonly Trial[])[] {
  const isPage = ({ severity }: Trial) => severity === "page";
  const names = [...new Set(trials.filter(isPage).map(({ name }) => name))];
  const chunks = Array.from({ length: Math.ceil(names.length / pagesAtOnce) }, (_, index) =>
    names.slice(index * pagesAtOnce, (index + 1) * pagesAtOnce),
  );
  const pages = chunks.map((chunk) => trials.filter((one) => isPage(one) && chunk.includes(one.name)));
  const tickets = trials.filter((one) => !isPage(one));
  return [...pages, ...(tickets.length === 0 ? [] : [tickets])];
}
