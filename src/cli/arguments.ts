import { parseArgs } from "node:util";
import { RampartError } from "../base/problem.ts";
import type { Page, PageOption } from "../report/page.ts";
import { nearest } from "./nearest.ts";
import type { GlobalOptions } from "./options.ts";

/** A command line, taken apart. */
export interface CommandLine {
  readonly options: GlobalOptions & Readonly<Record<string, string | boolean | undefined>>;
  /** The words that are no options; all that stands behind `--` belongs to them as it is. */
  readonly words: readonly string[];
  readonly help: boolean;
}

/** Marks a command line that cannot be understood: exit code 2. */
export class UsageError extends RampartError {}

/** Takes the words behind a verb apart by the options of its page, which are the ones that its manual shows. */
export function commandLine(page: Page, globals: readonly PageOption[], argv: readonly string[]): CommandLine {
  const known = [...globals, ...page.options].map(({ flags }) => optionOf(flags));
  const options = Object.fromEntries(known.map(({ long, short, type }) => [long, short ? { type, short } : { type }]));
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    const given = values as Readonly<Record<string, string | boolean | undefined>>;
    const [site, env] = [given.site, given.env ?? "lab"] as readonly (string | undefined)[];
    requireWords(page, positionals);
    return {
      options: { ...given, site, env: env ?? "lab", json: given.json === true },
      words: positionals,
      help: given.help === true,
    };
  } catch (error) {
    if (asksForHelp(argv)) return { options: { site: undefined, env: "lab", json: false }, words: [], help: true };
    throw error instanceof UsageError ? error : usageError(page, error, known);
  }
}

/** Whoever asks for help gets it, however wrong the rest is. */
function asksForHelp(argv: readonly string[]): boolean {
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  return own.includes("--help") || own.includes("-h");
}

interface Option {
  readonly long: string;
  readonly short: string | undefined;
  readonly type: "string" | "boolean";
}

/** "-n, --lines COUNT" is an option with a value; without capitals behind it, a switch. */
function optionOf(flags: string): Option {
  const [, short, long = "", value] = /^(?:-(\w), )?--([a-z-]+)(?: ([A-Z]+))?$/.exec(flags) ?? [];
  return { long, short, type: value === undefined ? "boolean" : "string" };
}

/** A word in the synopsis without brackets must be there; the value of an option is none. */
function requireWords(page: Page, words: readonly string[]): void {
  const needed = (page.synopsis[0] ?? "")
    .replace(/\[[^\]]*\]/g, "")
    .replace(/--[a-z-]+ [A-Z]+/g, "")
    .split(" ")
    .slice(1)
    .filter((word) => /^[A-Z]/.test(word)).length;
  if (words.length >= needed) return;
  throw new UsageError(
    `rampart ${page.verb} needs more`,
    [
      {
        path: page.verb,
        reason: "a word is missing.",
        remedy: `The form is:  rampart ${page.synopsis.join(", or rampart ")}`,
      },
    ],
    `rampart docs ${page.verb}`,
  );
}

function usageError(page: Page, error: unknown, known: readonly Option[]): UsageError {
  const said = error instanceof Error ? error.message : String(error);
  const word = /'(-[^' ]*)/.exec(said)?.[1] ?? "";
  const guess = nearest(
    word.replace(/^-+/, ""),
    known.map((option) => option.long),
  );
  const isUnknown = said.startsWith("Unknown option");
  return new UsageError(
    `rampart ${page.verb} does not understand ${word || "this"}`,
    [
      {
        path: word || page.verb,
        reason: isUnknown ? `is no option of rampart ${page.verb}.` : `${said.split(". ")[0]}.`,
        remedy:
          isUnknown && guess
            ? `Did you mean --${guess}?`
            : `The form is:  rampart ${page.synopsis.join(", or rampart ")}`,
      },
    ],
    `rampart docs ${page.verb}`,
  );
}
