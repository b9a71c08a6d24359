import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, build, type Message, type Plugin, stop } from "esbuild";
import { fail, RampartError } from "../base/problem.ts";

const remedy = 'The file must end with  export default defineSite({ name: "shop", … });';
let loads = 0;

/**
 * Runs a TypeScript or JavaScript site file and gives its default export, unchecked. `import "rampart"` works without
 * any node_modules in the site's folder.
 * @throws RampartError for mistakes in the file, with their lines, and for errors that it throws; never with a stack
 */
export async function runSiteFile(file: string): Promise<unknown> {
  const name = basename(file);
  const code = await bundled(file);
  const exported = await imported(code, name);
  const value: unknown = exported.default;
  if (value === undefined) {
    return fail(`${name} holds no site`, {
      path: name,
      reason: "has no default export: nothing says what the site is.",
      remedy,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  const kind = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  return fail(`${name} holds no site`, { path: name, reason: `its default export is ${kind}, not a site.`, remedy });
}

async function bundled(file: string): Promise<string> {
  const url = pathToFileURL(file).href;
  try {
    const result = await build({
      entryPoints: [file],
      absWorkingDir: dirname(file),
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node20.19",
      logLevel: "silent",
      plugins: [rampartModule],
      // The code runs from memory: what it asks about its own place must still be the site's folder.
      define: {
        "import.meta.url": JSON.stringify(url),
        "import.meta.dirname": JSON.stringify(dirname(file)),
        "import.meta.filename": JSON.stringify(file),
        __dirname: JSON.stringify(dirname(file)),
        __filename: JSON.stringify(file),
      },
      banner: {
        js: `import { createRequire as rampartRequire } from "node:module"; const require = rampartRequire(${JSON.stringify(url)});`,
      },
    });
    return result.outputFiles[0]?.text ?? "";
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new RampartError(
      `${basename(file)} cannot be read`,
      error.errors.map((message) => problemOf(message, file)),
    );
  } finally {
    await stop();
  }
}

async function imported(code: string, name: string): Promise<{ readonly default?: unknown }> {
  // The number makes each load a module of its own; Node would give the first result again for equal text.
  loads += 1;
  const url = `data:text/javascript;base64,${Buffer.from(`${code}\n// ${loads}\n`).toString("base64")}`;
  try {
    return await import(url);
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    return fail(`${name} stopped with an error`, {
      path: name,
      reason: `stopped while it was read: ${message.slice(0, 300)}`,
      remedy: "The file is a program; correct what it does before it gives its site.",
    });
  }
}

const rampartModule: Plugin = {
  name: "rampart",
  setup(bundler) {
    bundler.onResolve({ filter: /^rampart$/ }, () => ({ path: "rampart", namespace: "rampart" }));
    bundler.onLoad({ filter: /.*/, namespace: "rampart" }, () => ({
      contents: "export const defineSite = (site) => site;",
      loader: "js",
    }));
  },
};

function problemOf({ text, location }: Message, file: string) {
  if (location === null) return { path: basename(file), reason: `${text}.`, remedy };
  const source = location.lineText.trim();
  const shown = source.length > 80 ? `${source.slice(0, 79)}…` : source;
  return {
    path: `${location.file}:${location.line}:${location.column + 1}`,
    reason: `${text}.`,
    remedy: shown === "" ? "Correct the file there." : `Correct line ${location.line}:  ${shown}`,
  };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
