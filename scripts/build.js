// Bundles the command line into dist/, or into the folder that is named: one entry, one chunk per verb, so that
// `rampart --help` loads almost nothing. And the programs that run on hosts.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const outdir = process.argv[2] === undefined ? join(root, "dist") : resolve(process.argv[2]);
rmSync(outdir, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "bundle",
  banner: {
    js: 'import { createRequire as __rampartRequire } from "node:module"; const require = __rampartRequire(import.meta.url);',
  },
  logLevel: "warning",
};
await build({
  ...common,
  entryPoints: { main: "src/cli/main.ts", index: "src/index.ts" },
  splitting: true,
  external: ["esbuild"],
  sourcemap: "linked",
});
// The programs of hosts: one file each, which must be all that they need.
const onhost = {
  agent: "onhost/agent/main.ts",
  member: "onhost/agent/galera/main.ts",
  dashboard: "onhost/dashboard/main.ts",
  probe: "onhost/probe/main.ts",
  "status-page": "onhost/status-page/main.ts",
  "log-export": "onhost/log-export/main.ts",
  "daily-report": "onhost/daily-report/main.ts",
};
const plugins = [pageOfTheDashboard(await builtPage())];
await build({ ...common, entryPoints: onhost, plugins, minifySyntax: true, minifyWhitespace: true });
// What visitors' browsers run.
const beacon = {
  entryPoints: { beacon: "onhost/beacon/beacon.ts" },
  platform: "browser",
  format: "iife",
  target: "es2020",
};
await build({ ...common, ...beacon, banner: {}, minify: true });
// The runbooks, for the letters that Alertmanager writes: a template that gives the text of the alert's own.
const books = join(root, "docs/runbooks");
const texts = readdirSync(books)
  .filter((file) => file.endsWith(".md"))
  .sort()
  .map((file) => {
    const text = readFileSync(join(books, file), "utf8")
      .replace(/^# .*\n+/, "")
      .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
      .trim();
    return `eq .Labels.alertname "${file.replace(/\.md$/, "")}" }}{{ ${JSON.stringify(text)} }}`;
  });
writeFileSync(
  join(outdir, "runbooks.tmpl"),
  `{{ define "rampart.runbook" }}{{ if ${texts.join("{{ else if ")}{{ end }}{{ end }}\n`,
);
// The types of `import "rampart"` for a site outside this checkout, which has no npm package to take them from.
const input = ["input", "input-monitor"]
  .map((file) =>
    readFileSync(join(root, `src/config/${file}.ts`), "utf8").replaceAll(/^(import|export type \*).*\n/gm, ""),
  )
  .join("\n");
const types = `${input}\n/** Describes a site. */\nexport function defineSite(site: SiteInput): SiteInput;\n`;
writeFileSync(join(outdir, "rampart-env.d.ts"), `declare module "rampart" {\n${types.replace(/^(?=.)/gm, "  ")}}\n`);
writeFileSync(join(outdir, ".built"), "");

/** The dashboard's page for browsers, as texts by name. */
async function builtPage() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: "onhost/dashboard/page/main.tsx" },
    outdir,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["es2022", "safari16"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  const bundled = outputFiles.map(({ path, text }) => [path.endsWith(".css") ? "style" : "script", text]);
  const kept = { html: "index.html", icon: "icon.svg" };
  const read = (file) => readFileSync(join(root, "onhost/dashboard/page", file), "utf8");
  return Object.fromEntries([...bundled, ...Object.entries(kept).map(([name, file]) => [name, read(file)])]);
}

/** `import text from "page:script"` in the dashboard's server. */
function pageOfTheDashboard(texts) {
  return {
    name: "page",
    setup(builder) {
      builder.onResolve({ filter: /^page:/ }, ({ path }) => ({ path: path.slice(5), namespace: "page" }));
      builder.onLoad({ filter: /.*/, namespace: "page" }, ({ path }) => ({ contents: texts[path], loader: "text" }));
    },
  };
}
