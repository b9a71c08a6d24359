import { hanging, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** A word of a verb's synopsis. */
export interface PageArgument {
  /** In capitals: HOST. */
  readonly name: string;
  readonly text: string;
  /** What completion offers for it. */
  readonly completes?: "hosts" | "verbs" | "folders" | readonly string[];
}

export interface PageOption {
  /** As typed: "-n, --lines COUNT". */
  readonly flags: string;
  readonly text: string;
}

/** Something and what it means: an exit code, a file, an example. */
export interface PageNote {
  readonly term: string;
  readonly text: string;
}

/** The manual of one verb: the only source of `--help`, `rampart docs`, the reference and shell completion. */
export interface Page {
  readonly verb: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Without "rampart". */
  readonly synopsis: readonly string[];
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly arguments: readonly PageArgument[];
  readonly options: readonly PageOption[];
  readonly examples: readonly PageNote[];
  readonly exits: readonly PageNote[];
  readonly files: readonly PageNote[];
  readonly related: readonly string[];
}

/** A page as a manual page shows it. */
export function pageText(page: Page, globals: readonly PageOption[], style: Style): string {
  const paint = colors(style);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${paint.bold(title)}\n${lines.join("\n")}`];
  const notes = (list: readonly PageNote[]) => list.map(({ term, text }) => noteText(term, text, style));
  const options = (list: readonly PageOption[]) => list.map(({ flags, text }) => noteText(flags, text, style));
  return [
    ...section("NAME", wrapped(`rampart ${page.verb} - ${page.summary}`, style.width - 2).map(indented)),
    ...section(
      "SYNOPSIS",
      page.synopsis.map((line) => indented(`rampart ${line}`)),
    ),
    ...section("DESCRIPTION", [page.description.map((text) => paragraph(text, style)).join("\n\n")]),
    ...section(
      "ARGUMENTS",
      page.arguments.map(({ name, text }) => noteText(name, text, style)),
    ),
    ...section("OPTIONS", options(page.options)),
    ...section("OPTIONS OF EVERY VERB", options(globals)),
    ...section(
      "EXAMPLES",
      page.examples.map(({ term, text }) => exampleText(term, text, style)),
    ),
    ...section("EXIT CODES", notes(page.exits)),
    ...section("FILES", notes(page.files)),
    ...section(
      "SEE ALSO",
      related(page).map((line) => indented(line)),
    ),
  ].join("\n\n");
}

function related({ related: verbs }: Page): readonly string[] {
  return verbs.length === 0 ? [] : [verbs.map((verb) => `rampart ${verb}`).join(", ")];
}

function indented(line: string): string {
  return `  ${line}`;
}

function paragraph(text: string, style: Style): string {
  return wrapped(text, style.width - 2)
    .map(indented)
    .join("\n");
}

const noteColumn = 24;

function noteText(term: string, text: string, style: Style): string {
  return hanging(`  ${colors(style).command(term)}`, wrapped(text, style.width - noteColumn), noteColumn);
}

function exampleText(command: string, text: string, style: Style): string {
  const why = wrapped(text, style.width - 6).map((line) => `      ${line}`);
  return [`  ${colors(style).command(command)}`, ...why].join("\n");
}

/** All verbs with their summaries: what `rampart --help` shows. */
export function pageListText(pages: readonly Page[], globals: readonly PageOption[], style: Style): string {
  const paint = colors(style);
  const verbs = pages.map(({ verb, summary }) =>
    hanging(`  ${paint.command(verb)}`, wrapped(summary, style.width - 14), 14),
  );
  return [
    wrapped("One site file becomes a complete web infrastructure on plain Debian.", style.width).join("\n"),
    `${paint.bold("Usage")}\n  rampart VERB [OPTION…] [WORD…]`,
    `${paint.bold("Verbs")}\n${verbs.join("\n")}`,
    `${paint.bold("Options of every verb")}\n${globals.map(({ flags, text }) => noteText(flags, text, style)).join("\n")}`,
    `The manual of a verb:  ${paint.command("rampart docs VERB")}`,
  ].join("\n\n");
}

/** The text of docs/reference/cli.md. Ends with a line end. */
export function pagesMarkdown(
  pages: readonly Page[],
  globals: readonly PageOption[],
  intro: readonly string[],
): string {
  const list = pages.map(({ verb, summary }) => `- [\`${verb}\`](#rampart-${verb}): ${summary}`);
  const blocks = [
    "# The command line",
    ...intro,
    list.join("\n"),
    "## Options of every verb",
    optionTable(globals),
    ...pages.flatMap(pageMarkdown),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function pageMarkdown(page: Page): readonly string[] {
  const part = (title: string, body: readonly string[]) => (body.length === 0 ? [] : [`**${title}**`, body.join("\n")]);
  const note = ({ term, text }: PageNote) => `- \`${term}\`: ${text}`;
  return [
    `## rampart ${page.verb}`,
    `${page.summary}.`,
    `\`\`\`\n${page.synopsis.map((line) => `rampart ${line}`).join("\n")}\n\`\`\``,
    ...page.description,
    ...part(
      "Arguments",
      page.arguments.map(({ name, text }) => note({ term: name, text })),
    ),
    ...(page.options.length > 0 ? [optionTable(page.options)] : []),
    ...part("Examples", page.examples.map(note)),
    ...part("Exit codes", page.exits.map(note)),
    ...part("Files", page.files.map(note)),
  ];
}

function optionTable(options: readonly PageOption[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = options.map(({ flags, text }) => `| \`${cell(flags)}\` | ${cell(text)} |`);
  return ["| option | meaning |", "|---|---|", ...rows].join("\n");
}
