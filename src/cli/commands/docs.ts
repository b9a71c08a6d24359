import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RampartError } from "../../base/problem.ts";
import { pageListText, pageText } from "../../report/page.ts";
import { nearest } from "../nearest.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeText } from "../output.ts";
import { globalOptions, pageOf, pages } from "../pages.ts";

/** The manual of a verb, or all verbs in a line each. `write`: docs/reference of this checkout is made anew. */
export async function docsCommand(
  verb: string | undefined,
  options: { readonly write?: boolean } = {},
): Promise<number> {
  if (options.write) await writeReference();
  else if (verb === undefined) writeText(pageListText(pages, globalOptions, reportStyle()));
  else writeText(helpText(verb));
  return exitCodes.done;
}

/** What `rampart VERB --help` shows. Throws a RampartError when there is no such verb. */
export function helpText(verb: string): string {
  const page = pageOf(verb);
  if (page) return pageText(page, globalOptions, reportStyle());
  const verbs = pages.map((one) => one.verb);
  const near = nearest(verb, verbs);
  const remedy = `${near === undefined ? "" : `Did you mean "${near}"? `}The verbs are ${verbs.join(", ")}.`;
  throw new RampartError(
    "There is no such page",
    [{ path: verb, reason: "is no verb of rampart.", remedy }],
    "rampart docs",
  );
}

/** Loads the schema, which would cost every --help some 50 ms. */
async function writeReference(): Promise<void> {
  const { referencePages } = await import("../reference.ts");
  // dist/ lies beside docs/ in a checkout.
  const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "reference");
  for (const [name, text] of referencePages()) writeFileSync(join(folder, name), text);
  writeText(`written to ${folder}: ${[...referencePages().keys()].join(", ")}`);
}
