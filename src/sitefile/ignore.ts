/** Never part of a release: installed anew by the build command, or not the service's at all. */
const always = new Set(["node_modules", ".git", ".rampart"]);

/** Tells whether a path (relative, with "/") is left out of a release. */
export type Ignored = (path: string, isFolder: boolean) => boolean;

/**
 * The rules of a .rampartignore file, which reads like a .gitignore: `*.log`, `/build`, `data/`, `docs/**`, `!keep.log`.
 * The last rule that matches wins.
 */
export function ignoreRules(text: string): Ignored {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(ruleFrom);
  return (path, isFolder) => {
    if (always.has(path.slice(path.lastIndexOf("/") + 1))) return true;
    const last = rules.findLast((rule) => (isFolder || !rule.foldersOnly) && rule.pattern.test(path));
    return last !== undefined && !last.keeps;
  };
}

function ruleFrom(line: string): { pattern: RegExp; keeps: boolean; foldersOnly: boolean } {
  const keeps = line.startsWith("!");
  const foldersOnly = line.endsWith("/");
  const glob = line.replace(/^!/, "").replace(/\/$/, "");
  // A slash within the pattern ties it to the source folder; without one it holds at every depth.
  const anchored = glob.includes("/");
  const body = glob
    .replace(/^\//, "")
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map(globPart)
    .join("");
  return { pattern: new RegExp(`^${anchored ? "" : "(?:.*/)?"}${body}$`), keeps, foldersOnly };
}

function globPart(part: string): string {
  if (part === "**/") return "(?:.*/)?";
  if (part === "**") return ".*";
  if (part === "*") return "[^/]*";
  if (part === "?") return "[^/]";
  return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
