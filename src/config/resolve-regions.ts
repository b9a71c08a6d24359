import type { Site } from "../model/site.ts";
import type { VisitField, VisitStep } from "../model/visit.ts";
import type { SiteInput, VisitStepInput } from "./input.ts";
import type { Choose } from "./resolve-web.ts";

/** From where the site is looked at, and what is tried there. */
export function regions({ monitor }: SiteInput, choose: Choose): Pick<Site["monitor"], "regions" | "visit"> {
  const visit = choose(
    "monitor.visit",
    monitor?.visit,
    [],
    "what a customer does on the site is for you to say; without it pages are asked for, and nothing is tried",
  );
  return {
    regions: choose(
      "monitor.regions",
      monitor?.regions,
      [],
      "a probe is a server at another provider: it is rented by you; without one only the monitor itself looks at the site",
    ),
    visit: visit.map(visitStep),
  };
}

function visitStep({ step, get, post, form = {}, status, text, take = {} }: VisitStepInput): VisitStep {
  return {
    name: step,
    method: post === undefined ? "GET" : "POST",
    path: post ?? get ?? "/",
    form: Object.entries(form).map(
      ([name, value]): VisitField => ({ name, ...(typeof value === "string" ? { value } : value) }),
    ),
    status: status ?? 200,
    text,
    take,
  };
}
