// `make bench`: bundles the measurements and runs them. `--only WORD` takes the rows whose name holds the word; `--full` repeats the slow ones.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const outdir = join(root, "node_modules/.cache/rampart-bench");
await build({
  absWorkingDir: root,
  entryPoints: ["bench/bench.ts", "bench/plan.ts"],
  outdir,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  outExtension: { ".js": ".mjs" },
  banner: {
    js: 'import { createRequire as __rampartRequire } from "node:module"; const require = __rampartRequire(import.meta.url);',
  },
  logLevel: "warning",
});
const { bench } = await import(join(outdir, "bench.mjs"));
process.exitCode = await bench({ root, plan: join(outdir, "plan.mjs"), words: process.argv.slice(2) });
