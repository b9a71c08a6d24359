import * as z from "zod";
import { parseDuration, parseRate } from "../base/rate.ts";

// The vocabulary of the schema.
// Every message completes the sentence "… must be": shape.ts says the rest. Whatever needs a longer answer than
// that (a domain, a service name, two keys that do not fit together) is only a text here and is judged in check-*.ts;
// `pattern` then tells editors what is coming.

export const text = (must: string) => z.string({ error: must }).min(1, { error: must });
export const matching = (pattern: RegExp, must: string) => z.string({ error: must }).regex(pattern, { error: must });
export const list = <Item extends z.ZodType>(item: Item, must: string) => z.array(item, { error: must });
export const one = <const Choices extends readonly string[]>(choices: Choices) =>
  z.enum(choices, { error: choices.map((choice) => `"${choice}"`).join(" or ") });

/** A rate such as "200/s", or false for no limit. */
export const rate = () => {
  const must = 'a rate such as "200/s" or "10/5m", or false';
  const text = z.string({ error: must }).refine((given) => parseRate(given) !== undefined, { error: must });
  return z.union([text, z.literal(false)], { error: must });
};
export const lasting = (most: string) => {
  const must = `a duration such as "1h", "30m" or "7d", up to ${most}`;
  const isOne = (given: string) => (parseDuration(given) ?? Infinity) <= (parseDuration(most) ?? 0);
  return z.string({ error: must }).refine(isOne, { error: must });
};

export function whole(least: number, most: number) {
  const must = `a whole number from ${least.toLocaleString("en-US")} to ${most.toLocaleString("en-US")}`;
  return z.int({ error: must }).min(least, { error: must }).max(most, { error: must });
}

/** One line without control characters: commands end in unit files, where a second line would be another setting. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it keeps out
export const oneLine = (must: string) => matching(/^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$/, must);
export const command = () => oneLine('a command on one line, such as "node server.js"');
export const urlPath = (must: string) => matching(/^\/[A-Za-z0-9._~@+=,!&?/-]*$/, must);
export const folder = (must: string) => oneLine(must);
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it keeps out
export const value = () => matching(/^[^\x00-\x1f\x7f]*$/, "a text on one line, in quotes");
