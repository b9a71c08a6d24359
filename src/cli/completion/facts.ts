import type { Page, PageArgument, PageOption } from "../../report/page.ts";

/** One option as shells need it. */
export interface OptionFact {
  /** "-n", "--lines" */
  readonly names: readonly string[];
  readonly takesValue: boolean;
  readonly text: string;
}

/** A verb as shells need it. */
export interface VerbFact {
  readonly verb: string;
  readonly summary: string;
  readonly options: readonly OptionFact[];
  /** What is offered for its first word, its second …; undefined: nothing. */
  readonly places: readonly PageArgument["completes"][];
}

export interface CompletionFacts {
  readonly verbs: readonly VerbFact[];
  readonly globals: readonly OptionFact[];
}

/** What the pages say, without the prose. */
export function completionFacts(pages: readonly Page[], globals: readonly PageOption[]): CompletionFacts {
  return {
    verbs: pages.map(({ verb, summary, options, arguments: words }) => ({
      ...{ verb, summary, options: options.map(optionFact) },
      places: words.map((word) => word.completes),
    })),
    globals: globals.map(optionFact),
  };
}

function optionFact({ flags, text }: PageOption): OptionFact {
  const words = flags.split(/,? +/);
  return { names: words.filter((word) => word.startsWith("-")), takesValue: words.some(isValue), text };
}

function isValue(word: string): boolean {
  return !word.startsWith("-");
}

/** The options after which a word follows that is no verb and no host. */
export function valueOptions({ verbs, globals }: CompletionFacts): readonly string[] {
  const all = [...globals, ...verbs.flatMap((verb) => verb.options)];
  return [...new Set(all.filter((option) => option.takesValue).flatMap((option) => option.names))];
}

/** A text in single quotes of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
