import { plural } from "./text.ts";

/**
 * Characters that are no text: control characters (ECMA-48, C1 too), and those by which text is shown in another order than it is
 * read (Unicode UAX 9), broken into lines or not shown at all.
 */
export const unseen = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * What others wrote, with every character that a terminal or a browser would act on written out: `\x1b[2J`. Longer texts are cut.
 * @param rest says where the whole of a cut text is
 */
export function shownText(text: string, longest: number, rest: string): string {
  const kept = text.length > longest ? text.slice(0, longest) : text;
  const safe = kept.replace(/\n+$/, "").replace(unseen, (one) => {
    if (one === "\n") return "\n    ";
    if (one === "\t") return "  ";
    const code = one.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return text.length > longest ? `${safe}… (${plural(text.length, "character")} in all: ${rest})` : safe;
}
