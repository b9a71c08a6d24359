import * as z from "zod";
import type { Problem } from "../base/problem.ts";
import { listed } from "../base/text.ts";
import type { SiteInput } from "./input.ts";
import { type AnySchema, homesOf, isOptional, keyMeta, nearestKey, unwrapped } from "./keys.ts";
import { laterKey, laterValue } from "./later.ts";
import { siteSchema } from "./schema.ts";
import { inWords, kindInWords, literal, pathText } from "./words.ts";

/** What is left of a site file when everything that has the wrong form is taken out: every key may be missing. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

export type SiteDraft = Draft<SiteInput>;

export interface Shape {
  /** Undefined when the value is no group of keys at all. */
  readonly draft: SiteDraft | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Compares a raw value with the schema, key by key. What is well-formed comes back as a draft, so that the checks across
 * keys can run in the same pass and all problems are told at once.
 */
export function siteShape(raw: unknown, siteFile: string): Shape {
  const problems: Problem[] = [];
  if (!isGroup(raw)) {
    const remedy = 'Its value is a group of keys: name: "shop", domain: "www.shop.example", app: { … }.';
    problems.push({ path: siteFile, reason: `holds no site: its value is ${inWords(raw)}.`, remedy });
    return { draft: undefined, problems };
  }
  const draft = read(siteSchema, raw, { path: [], problems });
  return { draft: isGroup(draft) ? draft : {}, problems };
}

/** Where the walk is. */
interface Place {
  readonly path: readonly (string | number)[];
  readonly problems: Problem[];
}

function read(wrapped: AnySchema, value: unknown, place: Place): unknown {
  const schema = unwrapped(wrapped);
  if (schema instanceof z.ZodObject) {
    return isGroup(value) ? readGroup(schema.shape, value, place) : wrong(wrapped, value, "a group of keys", place);
  }
  if (schema instanceof z.ZodRecord) {
    if (!isGroup(value)) return wrong(wrapped, value, "a group of keys, one for each name", place);
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, read(schema.valueType, item, below(place, key))]),
    );
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return Array.from(value, (item: unknown, index) => read(schema.element, item, below(place, index)));
  }
  if (schema instanceof z.ZodUnion && isGroup(value)) {
    const group = schema.options.find((option) => unwrapped(option) instanceof z.ZodObject);
    if (group !== undefined) return read(group, value, place);
  }
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  return wrong(wrapped, value, result.error.issues[0]?.message ?? "something else", place);
}

function readGroup(shape: Record<string, AnySchema>, value: Record<string, unknown>, place: Place): unknown {
  const known = Object.keys(shape);
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shape, key));
  const meant = unknown.map((key) => nearestKey(key, known));
  for (const key of unknown) place.problems.push(unknownKey(key, known, place));
  const entries = Object.entries(shape).flatMap(([key, schema]) => {
    const item = Object.hasOwn(value, key) ? value[key] : undefined;
    if (item !== undefined) return [[key, read(schema, item, below(place, key))]];
    // A required key that was only misspelt is told once, at the misspelling.
    if (!isOptional(schema) && !meant.includes(key)) place.problems.push(missingKey(key, schema, place));
    return [];
  });
  return Object.fromEntries(entries);
}

function unknownKey(key: string, known: readonly string[], place: Place): Problem {
  const path = pathText([...place.path, key]);
  const meant = nearestKey(key, known);
  const later = meant === undefined ? laterKey(path) : undefined;
  if (later !== undefined) return { path, ...later };
  const reason = "unknown key.";
  if (meant !== undefined) return { path, reason, remedy: `Did you mean "${meant}"?` };
  const homes = homesOf(key).map((home) => (home === "" ? "the top level" : home));
  if (homes.length > 0) return { path, reason, remedy: `It belongs in ${listed(homes).replace(" and ", " or ")}.` };
  return { path, reason, remedy: `Keys here are ${listed(known)}.` };
}

function missingKey(key: string, schema: AnySchema, place: Place): Problem {
  const { description, example } = keyMeta(schema);
  const meaning = description.charAt(0).toLowerCase() + description.slice(1);
  return {
    path: pathText([...place.path, key]),
    reason: `is missing: ${meaning}`,
    remedy: `Add for example  ${key}: ${literal(example)}`,
  };
}

function wrong(schema: AnySchema, value: unknown, must: string, place: Place): undefined {
  const path = pathText(place.path);
  const later = laterValue(path, value);
  if (later !== undefined) {
    place.problems.push({ path, ...later });
    return undefined;
  }
  const last = place.path[place.path.length - 1];
  const name = typeof last === "number" ? `entry ${last + 1}` : last;
  const shown = isPrivate(place.path) ? kindInWords(value) : inWords(value);
  place.problems.push({
    path,
    reason: `${name} is ${shown}; it must be ${must}.`,
    remedy: remedyFor(schema, `${name}`, value, place),
  });
  return undefined;
}

function remedyFor(schema: AnySchema, name: string, value: unknown, place: Place): string {
  const { example } = keyMeta(schema);
  const inner = unwrapped(schema);
  if (place.path[2] === "env" && typeof value !== "object") return `Put the value in quotes: ${name}: "…"`;
  if (inner instanceof z.ZodEnum) return `Write one of these${isOptional(schema) ? ", or leave the key out" : ""}.`;
  if (example !== undefined) {
    return `Write for example  ${name}: ${literal(example)}${isOptional(schema) ? "  or leave the key out: it has a default." : ""}`;
  }
  if (value === null) return `Write ${name}: {} to take every default, or leave the key out.`;
  return isOptional(schema) ? "Correct it, or leave the key out: it has a default." : "Correct it.";
}

/** Environment variables, forms, webhooks and passwords may hold something that belongs in no terminal and no CI log. */
function isPrivate(path: readonly (string | number)[]): boolean {
  const last = path[path.length - 1] ?? "";
  return (
    (path[0] === "app" && path[2] === "env") ||
    path.includes("form") ||
    ["webhook", "heartbeat", "password"].includes(`${last}`)
  );
}

function below(place: Place, key: string | number): Place {
  return { path: [...place.path, key], problems: place.problems };
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
