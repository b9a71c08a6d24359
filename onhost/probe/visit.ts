import type { ProbeSettings } from "../../src/model/probe.ts";
import type { VisitStep } from "../../src/model/visit.ts";
import { ask, type Reply } from "./ask.ts";
import type { StepOutcome, Visit } from "./figures.ts";

/** A step that takes longer has failed: nobody waits so long. */
const stepLimitMs = 10_000;

/** What a visit carries from step to step. */
interface Bag {
  readonly cookies: Map<string, string>;
  readonly taken: Map<string, string>;
}

/** Makes the visit, step by step; the first that fails ends it. */
export async function makeVisit(settings: ProbeSettings, trust: string | undefined): Promise<Visit> {
  const bag: Bag = { cookies: new Map(), taken: new Map() };
  const steps: StepOutcome[] = [];
  for (const step of settings.visit) {
    const began = performance.now();
    const fault = await faultOf(step, bag, settings, trust);
    const seconds = (performance.now() - began) / 1000;
    steps.push({ name: step.name, seconds, ...(fault === undefined ? {} : { fault }) });
    if (fault !== undefined) break;
  }
  return { at: Date.now() / 1000, steps };
}

async function faultOf(
  step: VisitStep,
  bag: Bag,
  settings: ProbeSettings,
  trust: string | undefined,
): Promise<string | undefined> {
  try {
    const reply = await ask(questionOf(step, bag, settings, trust));
    keepCookies(reply, bag);
    return replyFault(step, reply) ?? take(step, reply, bag);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function questionOf(step: VisitStep, bag: Bag, settings: ProbeSettings, trust: string | undefined) {
  const { names, port, region, secrets } = settings;
  const origin = `https://${names[0]}${port === 443 ? "" : `:${port}`}`;
  const cookies = [...bag.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const form = new URLSearchParams(
    step.form.map((field): [string, string] => [
      field.name,
      "secret" in field ? (secrets[field.secret] ?? "") : filled(field.value, bag),
    ]),
  );
  const isForm = step.method === "POST";
  return {
    url: origin + filled(step.path, bag, encodeURIComponent),
    method: step.method,
    headers: {
      "user-agent": `Rampart-Probe (${region})`,
      accept: "text/html,*/*",
      ...(cookies === "" ? {} : { cookie: cookies }),
      ...(isForm ? { "content-type": "application/x-www-form-urlencoded", origin } : {}),
    },
    ...(isForm ? { body: form.toString() } : {}),
    ca: trust,
    limit: stepLimitMs,
  };
}

/** `${name}` replaced by what was taken. */
export function filled(text: string, { taken }: Pick<Bag, "taken">, encode = (value: string) => value): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => encode(taken.get(name) ?? ""));
}

/** What is wrong with an answer. Never shows the answer itself: it may hold what is only for the customer. */
export function replyFault(
  step: Pick<VisitStep, "status" | "text">,
  reply: Pick<Reply, "status" | "text">,
): string | undefined {
  if (reply.status !== step.status) return `status ${reply.status}, and ${step.status} was expected`;
  if (step.text !== undefined && !reply.text.includes(step.text)) return `the answer does not hold "${step.text}"`;
  return undefined;
}

/** A page that has the text of an attribute has it encoded. */
const entities: readonly (readonly [entity: string, text: string])[] = [
  ["&quot;", '"'],
  ["&#39;", "'"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&amp;", "&"],
];

function take(step: VisitStep, reply: Reply, bag: Bag): string | undefined {
  for (const [name, expression] of Object.entries(step.take)) {
    const found =
      new RegExp(expression).exec(reply.text)?.[1] ??
      new RegExp(expression).exec(String(reply.headers.location ?? ""))?.[1];
    if (found === undefined) return `nothing in the answer is "${name}"`;
    bag.taken.set(
      name,
      entities.reduce((text, [entity, is]) => text.replaceAll(entity, is), found),
    );
  }
  return undefined;
}

/** RFC 6265 as far as one origin needs it: by name, and gone when their time is over. */
export function keepCookies(reply: Pick<Reply, "headers">, { cookies }: Pick<Bag, "cookies">): void {
  const lines = reply.headers["set-cookie"];
  for (const line of Array.isArray(lines) ? (lines as readonly string[]) : []) {
    const [pair = "", ...rest] = line.split(";");
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const attributes = rest.map((one) => one.trim().toLowerCase());
    const isOver = attributes.some(
      (one) =>
        /^max-age=(0|-.*)$/.test(one) ||
        (one.startsWith("expires=") &&
          Date.parse(one.slice(8)) < Date.now() &&
          !attributes.some((other) => other.startsWith("max-age="))),
    );
    if (isOver || value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
}
