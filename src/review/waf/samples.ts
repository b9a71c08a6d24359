import { parse } from "yaml";
import * as z from "zod";

// The YAML of go-ftw, in which the OWASP Core Rule Set keeps its regression tests: the form of version 4 of the rule set and
// the older one of version 3. Keys that say nothing to us (dest_addr, desc, retry_once) are read over.

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), item.transform((one) => [one])]).nullish();

const input = z.object({
  method: text.nullish(),
  uri: text.nullish(),
  version: text.nullish(),
  headers: z.record(z.string(), text.nullable()).nullish(),
  ordered_headers: z.array(z.object({ name: text, value: text })).nullish(),
  data: z.union([text, z.array(text).transform((lines) => lines.join("\r\n"))]).nullish(),
  encoded_request: z.string().nullish(),
  raw_request: z.string().nullish(),
  stop_magic: z.boolean().nullish(),
  autocomplete_headers: z.boolean().nullish(),
  save_cookie: z.boolean().nullish(),
});

const output = z.object({
  status: oneOrMore(z.number()),
  expect_error: z.boolean().nullish(),
  response_contains: z.string().nullish(),
  html_contains: z.string().nullish(),
  log_contains: z.string().nullish(),
  no_log_contains: z.string().nullish(),
  isolated: z.boolean().nullish(),
  log: z
    .object({
      expect_id: z.number().nullish(),
      expect_ids: z.array(z.number()).nullish(),
      no_expect_ids: z.array(z.number()).nullish(),
      match_regex: z.string().nullish(),
      no_match_regex: z.string().nullish(),
    })
    .nullish(),
});

const pair = z.object({ input, output });
const stage = z.union([z.object({ stage: pair }).transform((one) => one.stage), pair]);
const test = z.object({
  test_id: text.nullish(),
  test_title: text.nullish(),
  enabled: z.boolean().nullish(),
  stages: z.array(stage).min(1),
});
const file = z.object({
  meta: z.object({ enabled: z.boolean().nullish() }).nullish(),
  rule_id: z.number().nullish(),
  tests: z.array(z.unknown()),
});

export type SampleInput = z.output<typeof input>;
export type SampleOutput = z.output<typeof output>;
export interface SampleStage {
  readonly input: SampleInput;
  readonly output: SampleOutput;
}

/** One test of a file; `why` says what keeps it from being run. */
export interface Sample {
  readonly file: string;
  readonly name: string;
  readonly stages: readonly SampleStage[];
  readonly why: string;
}

/** The tests of a file; one that cannot be read becomes a test that is skipped. */
export function samplesOf(name: string, content: string): readonly Sample[] {
  const unread = (why: string): readonly Sample[] => [{ file: name, name, stages: [], why }];
  let raw: unknown;
  try {
    raw = parse(content, { maxAliasCount: 100 });
  } catch (error) {
    return unread(`the file is no YAML: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : ""}`);
  }
  const read = file.safeParse(raw);
  if (!read.success) return unread("the file holds no tests in go-ftw's form");
  const { meta, rule_id, tests } = read.data;
  const rule = rule_id ?? /\d{6}/.exec(name)?.[0] ?? "";
  return tests.map((one, index) => sample(name, { rule: String(rule), index, off: meta?.enabled === false }, one));
}

function sample(
  file: string,
  { rule, index, off }: { readonly rule: string; readonly index: number; readonly off: boolean },
  raw: unknown,
): Sample {
  const read = test.safeParse(raw);
  if (!read.success) {
    const { path = [], message = "" } = read.error.issues[0] ?? {};
    return {
      file,
      name: `${rule}-${index + 1}`,
      stages: [],
      why: `not in go-ftw's form: ${path.join(".")} ${message}`,
    };
  }
  const { test_id, test_title, enabled, stages } = read.data;
  const name = test_title ?? `${rule}-${test_id ?? index + 1}`;
  const why = off || enabled === false ? "the file switches it off" : "";
  return { file, name, stages, why };
}
