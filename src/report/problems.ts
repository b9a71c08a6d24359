import type { Problem, RampartError } from "../base/problem.ts";
import { hanging, harmless, visibleWidth, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** A path that is longer than this stands on a line of its own. */
const longestHead = 24;

/** Everything that is wrong, each with its remedy, and last what to type next. Ends with a line end. */
export function problemsText(error: RampartError, style: Style): string {
  const paint = colors(style);
  const blocks = [paint.bold(paint.bad(harmless(error.message))), problemList(error.problems, style)];
  if (error.next !== undefined) blocks.push(nextLine(error.next, style));
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** The problems alone, for screens that say other things as well. */
export function problemList(problems: readonly Problem[], style: Style): string {
  const heads = problems.map((problem) => visibleWidth(harmless(problem.path))).filter((width) => width <= longestHead);
  const column = 2 + Math.max(8, ...heads) + 2;
  const paint = colors(style);
  return problems
    .map((problem) => {
      const head = `  ${paint.bold(harmless(problem.path))}`;
      return hanging(head, problemLines(problem, style.width - column), column);
    })
    .join("\n");
}

/** Reason and remedy as one paragraph; but what a daemon said keeps its own lines between the two. */
function problemLines({ reason, remedy }: Problem, width: number): readonly string[] {
  const [first = "", ...said] = harmless(reason).trimEnd().split("\n");
  if (said.length === 0) return wrapped(`${sentence(first)} ${copyable(harmless(remedy))}`, width).map(plainBlanks);
  const quoted = said.map((line) => (line.trim() === "" ? "" : `  ${line}`));
  return [...wrapped(first, width), ...quoted, ...wrapped(copyable(harmless(remedy)), width).map(plainBlanks)];
}

/** A command at the end stays on one line, so that it can be copied. */
function copyable(text: string): string {
  return text.replace(
    /: +((?:\.\/)?(?:rampart|make|cd|source|sudo|apt-get|npm|ssh-keygen) .*)$/,
    (_, command: string) => {
      return `: ${command.replaceAll(" ", "\u00a0")}`;
    },
  );
}

function plainBlanks(line: string): string {
  return line.replaceAll("\u00a0", " ");
}

function sentence(text: string): string {
  return /[.?!:…]$/.test(text) || text === "" ? text : `${text}.`;
}

function nextLine(next: string, style: Style): string {
  const paint = colors(style);
  // Either a command alone, or a sentence that ends in one.
  if (/^(\.\/)?(rampart|make)\b/.test(next)) return `Then run:  ${paint.command(next)}`;
  const lines = visibleWidth(next) <= style.width ? [next] : wrapped(next, style.width);
  return lines.join("\n").replace(/:\n?\s*((?:\.\/)?(?:rampart|make) .*)$/, (_, command) => {
    return `:  ${paint.command(command)}`;
  });
}

/** The same for programs. */
export interface ProblemsJson {
  readonly error: string;
  readonly problems: readonly Problem[];
  readonly next: string | null;
}

export function problemsJson(error: RampartError): ProblemsJson {
  return { error: error.message, problems: error.problems, next: error.next ?? null };
}

/** An error that nobody but Rampart's makers can mend: calm, and with all that they need. */
export function defectText(error: unknown, style: Style): string {
  const paint = colors(style);
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = wrapped(
    "Rampart stopped because of a mistake of its own. What was begun on the hosts they finish by themselves; the same " +
      "command goes on from there. Please report the lines below.",
    style.width,
  );
  return `${paint.bold(paint.bad(lines.join("\n")))}\n\n${harmless(said)
    .split("\n")
    .map((line) => `  ${paint.dim(line)}`)
    .join("\n")}\n`;
}
