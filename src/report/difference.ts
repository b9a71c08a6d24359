import { structuredPatch } from "diff";
import { harmless } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/**
 * A unified difference (as `diff -u`) of a file, coloured by line; "" when there is none. Secrets must be references still.
 * @param before undefined: the file is not there.
 * @param after undefined: the file goes.
 */
export function fileDiffText(
  path: string,
  before: string | undefined,
  after: string | undefined,
  style: Style,
): string {
  if (before === after) return "";
  const { hunks } = structuredPatch(path, path, before ?? "", after ?? "", "", "", { context: 3 });
  const paint = colors(style);
  const lines = hunks.flatMap((hunk) => [
    paint.dim(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`),
    ...hunk.lines.map((line) => diffLine(harmless(line), style)),
  ]);
  const head = [`--- ${before === undefined ? "/dev/null" : path}`, `+++ ${after === undefined ? "/dev/null" : path}`];
  return `${[...head.map(paint.bold), ...lines].join("\n")}\n`;
}

function diffLine(line: string, style: Style): string {
  const paint = colors(style);
  if (line.startsWith("+")) return paint.good(line);
  if (line.startsWith("-")) return paint.bad(line);
  return line.startsWith("\\") ? paint.dim(line) : line;
}
