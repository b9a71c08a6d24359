import { siteJsonSchemaText } from "../config/json-schema.ts";
import { siteReferenceText } from "../config/reference.ts";
import { pagesMarkdown } from "../report/page.ts";
import { globalOptions, introduction, pages } from "./pages.ts";

/** The generated pages of docs/reference, by file name. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ["cli.md", pagesMarkdown(pages, globalOptions, introduction)],
    ["site-file.md", siteReferenceText()],
    ["site.schema.json", siteJsonSchemaText()],
  ]);
}
