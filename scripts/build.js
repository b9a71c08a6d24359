// Bundles the command line into dist/, or into the folder that is named: one entry, one chunk per verb, so that
// `rampart --help` loads almost nothing. And the programs that run on hosts.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
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
const onhost = { agent: "onhost/agent/main.ts", member: "onhost/agent/galera/main.ts", probe: "onhost/probe/main.ts" };
await build({ ...common, entryPoints: onhost, minifySyntax: true, minifyWhitespace: true });
// The types of `import "rampart"` for a site outside this checkout, which has no npm package to take them from.
const input = readFileSync(join(root, "src/config/input.ts"), "utf8");
const types = `${input}\n/** Describes a site. */\nexport function defineSite(site: SiteInput): SiteInput;\n`;
writeFileSync(join(outdir, "rampart-env.d.ts"), `declare module "rampart" {\n${types.replace(/^(?=.)/gm, "  ")}}\n`);
writeFileSync(join(outdir, ".built"), "");
