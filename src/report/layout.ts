import { stripVTControlCharacters } from "node:util";

const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;
const doubleWidth =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** Columns that a text takes on a terminal: colours take none, East Asian characters two. */
export function visibleWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (!zeroWidth.test(character)) width += doubleWidth.test(character) ? 2 : 1;
  }
  return width;
}

/** The text with blanks behind it up to a visible width; a longer text stays as it is. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - visibleWidth(text)));
}

/** The text cut to a visible width, with "…" where something is missing. For text without colours. */
export function shortened(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (visibleWidth(`${kept}${character}…`) > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

// ECMA-48: a control sequence, or an operating system command up to its end. Node's own function eats text up to a bell.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be taken out
const sequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/**
 * What others wrote (a daemon's output, a value of a site file), safe to show: no escape sequences that could move the
 * cursor or recolour the screen, no control characters but line ends; tabs become blanks.
 */
export function harmless(text: string): string {
  return text
    .replace(sequences, "")
    .replaceAll("\t", "  ")
    .replace(/\p{Cc}/gu, (character) => (character === "\n" ? "\n" : ""));
}

/** Lines of at most `width` columns, broken at blanks; a word that is longer stays whole, so that it can be copied. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/).filter((part) => part !== "")) {
    if (line !== "" && visibleWidth(line) + 1 + visibleWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

/** `head` and beside it the lines, each but the first indented to the same column. A head that is too long stands alone. */
export function hanging(head: string, lines: readonly string[], column: number): string {
  const blanks = " ".repeat(column);
  const fits = visibleWidth(head) < column;
  const [first = "", ...rest] = lines;
  const top = fits ? [padded(head, column) + first] : [head, blanks + first];
  return [...top, ...rest.map((line) => (line === "" ? "" : blanks + line))].map((line) => line.trimEnd()).join("\n");
}

export interface TableOptions {
  /** Before each row. */
  readonly indent?: string;
  /** Between two columns. */
  readonly gap?: string;
}

/** Rows in columns, each as wide as its widest cell by what is visible. Nothing is cut; line ends hold no blanks. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { indent = "  ", gap = "  " } = options;
  const widths = columnWidths(rows);
  return rows
    .map((row) => (indent + row.map((cell, index) => padded(cell, widths[index] ?? 0)).join(gap)).trimEnd())
    .join("\n");
}

export function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) => Math.max(0, ...rows.map((row) => visibleWidth(row[index] ?? ""))));
}
