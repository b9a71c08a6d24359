import { readFileSync } from "node:fs";
import { entries } from "./paths.ts";

/** Where this machine gets Debian packages from, as its apt is set up. */
export interface AptMirrors {
  readonly main: string | undefined;
  readonly security: string | undefined;
}

interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

const DEBIAN_SUITES = [
  ...["bullseye", "bookworm", "trixie", "forky", "duke", "sid"],
  ...["oldoldstable", "oldstable", "stable", "testing", "unstable"],
];

/** The Debian mirrors among the sources of this machine. */
export function machineMirrors(): AptMirrors {
  const parts = entries("/etc/apt/sources.list.d")
    .filter((entry) => /\.(list|sources)$/.test(entry))
    .toSorted()
    .map((entry) => `/etc/apt/sources.list.d/${entry}`);
  const files = [
    ...entries("/etc/apt")
      .filter((entry) => entry === "sources.list")
      .map(() => "/etc/apt/sources.list"),
    ...parts,
  ];
  return debianMirrors(files.map((path) => ({ path, text: readFileSync(path, "utf8") })));
}

/** The first URI that serves `main` of a Debian suite, and the first that serves its security updates. */
export function debianMirrors(files: readonly { readonly path: string; readonly text: string }[]): AptMirrors {
  const sources = files
    .flatMap((file) => (file.path.endsWith(".sources") ? deb822Sources(file.text) : oneLineSources(file.text)))
    .filter((source) => source.components.includes("main") && /^(https?|file|mirror\+\w+|copy):/.test(source.uri));
  const suffixes = DEBIAN_SUITES.flatMap((suite) => [`${suite}-security`, `${suite}/updates`]);
  return {
    main: sources.find((source) => DEBIAN_SUITES.includes(source.suite))?.uri,
    security: sources.find((source) => suffixes.includes(source.suite.replace(/\/$/, "")))?.uri,
  };
}

/** `deb [options] uri suite component…`, one a line (sources.list(5)). */
function oneLineSources(text: string): readonly AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (match === null) return [];
    const [, uri = "", suite = "", components = ""] = match;
    return [{ uri, suite, components: components.trim().split(/\s+/) }];
  });
}

/** Stanzas of `Field: value` (deb822); a disabled one still tells where a mirror is. */
function deb822Sources(text: string): readonly AptSource[] {
  return text.split(/\n[ \t]*\n/).flatMap((stanza) => {
    const lines = stanza.split("\n").filter((line) => !line.startsWith("#"));
    const words = (field: string) => {
      const match = new RegExp(`^${field}:(.*(?:\\n[ \\t].*)*)`, "im").exec(lines.join("\n"));
      return (match?.[1] ?? "").split(/\s+/).filter((word) => word !== "");
    };
    if (!words("Types").includes("deb")) return [];
    return words("URIs").flatMap((uri) =>
      words("Suites").map((suite) => ({ uri, suite, components: words("Components") })),
    );
  });
}
