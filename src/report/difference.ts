import { structuredPatch } from "diff";
import { harmless } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** A file of a host as it is and as it should be. Secrets are references. */
export interface FileDifference {
  readonly host: string;
  readonly file: string;
  /** undefined: not there. */
  readonly before: string | undefined;
  readonly after: string;
}

/** A unified difference (as `diff -u`) of a file, coloured by line; "" when there is none. */
export function fileDiffText({ host, file, before, after }: FileDifference, style: Style): string {
  if (before === after) return "";
  const { hunks } = structuredPatch(file, file, before ?? "", after, "", "", { context: 3 });
  const paint = colors(style);
  const lines = hunks.flatMap((hunk) => [
    paint.dim(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`),
    ...hunk.lines.map((line) => diffLine(harmless(line), style)),
  ]);
  const name = `${host}:${file}`;
  const head = [`--- ${before === undefined ? "/dev/null" : name}`, `+++ ${name}`];
  return [...head.map(paint.bold), ...lines].join("\n");
}

function diffLine(line: string, style: Style): string {
  const paint = colors(style);
  if (line.startsWith("+")) return paint.good(line);
  if (line.startsWith("-")) return paint.bad(line);
  return line.startsWith("\\") ? paint.dim(line) : line;
}
