import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { siteSchema } from "./schema.ts";

export type AnySchema = z.core.$ZodType;

/** One key of the site file, as the reference shows it. */
export interface SiteKey {
  /** e.g. `app.<name>.port` */
  readonly path: string;
  readonly description: string;
  readonly required: boolean;
  readonly example: unknown;
  /** False for a key that only holds other keys. */
  readonly leaf: boolean;
}

/** Every key that a site file may have, in the order of the schema. */
export function siteKeys(): readonly SiteKey[] {
  return keysBelow(siteSchema, "");
}

/** The schema itself, without the wrapper that lets it be left out. */
export function unwrapped(schema: AnySchema): AnySchema {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

export function isOptional(schema: AnySchema): boolean {
  return schema instanceof z.ZodOptional;
}

/** What the schema says about a key: its description and an example. */
export function keyMeta(schema: AnySchema): { readonly description: string; readonly example: unknown } {
  const meta = z.globalRegistry.get(unwrapped(schema));
  return { description: meta?.description ?? "", example: examplesOf(meta?.examples)[0] };
}

/** The known key that was probably meant; undefined when none is near enough to be a slip of the fingers. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || key.length > 40) return undefined;
  const folded = new Map(known.map((name) => [name.toLowerCase(), name]));
  const nearest = closest(key.toLowerCase(), [...folded.keys()]);
  const allowed = Math.ceil(Math.max(nearest.length, key.length) / 3);
  return distance(key.toLowerCase(), nearest) <= allowed ? folded.get(nearest) : undefined;
}

/** Groups of the site file that do have a key of this name: `port` is one of `app.<name>`. */
export function homesOf(key: string): readonly string[] {
  const parents = siteKeys()
    .filter(({ path }) => path.endsWith(`.${key}`) || path === key)
    .map(({ path }) => path.slice(0, -key.length - 1));
  return [...new Set(parents)];
}

function keysBelow(schema: AnySchema, prefix: string): readonly SiteKey[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodRecord && unwrapped(inner.valueType) instanceof z.ZodObject) {
    return keysBelow(inner.valueType, `${prefix}<name>.`);
  }
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries<AnySchema>(inner.shape).flatMap(([key, child]) => {
    const path = prefix + key;
    const below = keysBelow(child, `${path}.`);
    return [{ path, ...keyMeta(child), required: !isOptional(child), leaf: below.length === 0 }, ...below];
  });
}

function examplesOf(examples: unknown): readonly unknown[] {
  return Array.isArray(examples) ? examples : [];
}
