import { hanging, table } from "./layout.ts";
import { colors, type Style } from "./style.ts";

export interface NewSiteSummary {
  readonly name: string;
  /** As the user would type it; "" for the working folder. */
  readonly folder: string;
  readonly files: readonly string[];
  /** " --site DIR" when the commands need it. */
  readonly siteOption: string;
}

const meanings: Readonly<Record<string, string>> = {
  "rampart.config.ts": "the site: the one file to edit",
  "rampart.config.yaml": "the site: the one file to edit",
  "rampart-env.d.ts": "what editors know its keys from",
  "rampart.schema.json": "what editors complete its keys from",
  "app/server.js": "a small program, to be replaced by yours",
  ".gitignore": "keeps Rampart's own files out of git",
};

/** What `rampart init` wrote, and what to type next. */
export function newSiteText({ name, folder, files, siteOption }: NewSiteSummary, style: Style): string {
  const paint = colors(style);
  const rows = files.map((file) => [folder === "" ? file : `${folder}/${file}`, paint.dim(meanings[file] ?? "")]);
  const next = [
    ["see it all", `rampart config${siteOption}`],
    ["start it", `rampart up${siteOption}`],
  ] as const;
  const lines = next.map(([label, command]) => hanging(`  ${paint.bold(label)}`, [paint.command(command)], 14));
  return `A new site, ${paint.bold(name)}:\n\n${table(rows)}\n\n${lines.join("\n")}`;
}
