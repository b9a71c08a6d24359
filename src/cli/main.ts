import { Command, CommanderError } from "commander";
import type { GlobalOptions } from "./options.ts";
import { exitCodes } from "./options.ts";

// Every verb is a chunk of its own, loaded when it is called: `rampart --help` loads none of them.
const program = siteOptions(new Command("rampart"));

program
  .description(
    "One site file becomes a complete web infrastructure on plain Debian, and keeps being what the file says.",
  )
  .version(process.env.npm_package_version ?? "0.1.0", "-V, --version")
  .showHelpAfterError("(rampart --help lists the verbs, rampart docs VERB explains one)")
  .enablePositionalOptions()
  .exitOverride();

function siteOptions(command: Command): Command {
  return command
    .option("--site <dir>", "folder of the site file, or the file itself (default: this folder)")
    .option("--env <name>", "environment (default: lab)");
}

type Run = (options: GlobalOptions, ...args: string[]) => Promise<number>;

function verb(name: string, summary: string, run: Run): Command {
  return siteOptions(program.command(name))
    .description(summary)
    .action(async (...all: unknown[]) => {
      all.pop();
      const own = all.pop() as Record<string, unknown>;
      const args = all.flat().filter((word): word is string => typeof word === "string");
      // Both may stand before the verb or behind it; behind it counts.
      const given = { env: "lab", ...program.opts<{ site?: string; env?: string }>(), ...own };
      const options = { site: undefined, ...given, json: own.json === true } as GlobalOptions;
      process.exitCode = await run(options, ...args);
    });
}

const json = ["--json", "print JSON for machines"] as const;

verb("init [name]", "write a new site: a site file and a small application", async (options, name) =>
  (await import("./commands/init.ts")).initCommand(options as never, name),
)
  .option("--yaml", "as YAML instead of TypeScript")
  .option("--domain <domain>", "public name of the site");
verb("up", "start what is missing and bring the site to what its file says", async (options) =>
  (await import("./commands/up.ts")).upCommand(options),
).option(...json);
verb("plan", "show what apply would change; changes nothing", async (options) =>
  (await import("./commands/plan.ts")).planCommand(options as never),
)
  .option("-v, --verbose", "with the differences of files", false)
  .option("--exit-code", "exit with 3 when there are changes", false)
  .option(...json);
verb("apply", "make the changes that plan shows, and verify them", async (options) =>
  (await import("./commands/apply.ts")).applyCommand(options),
).option(...json);
verb("status", "how the site is now", async (options) =>
  (await import("./commands/status.ts")).statusCommand(options),
).option(...json);
verb("verify", "try everything that the site promises, from outside", async (options) =>
  (await import("./commands/verify.ts")).verifyCommand(options),
).option(...json);
verb("config", "the complete site, with every default and where it comes from", async (options) =>
  (await import("./commands/config.ts")).configCommand(options as never),
)
  .option("--schema", "the JSON Schema of the site file", false)
  .option(...json);
verb("explain <target>", "who wants HOST:PATH, from which line of the site file, and why", async (options, target) =>
  (await import("./commands/explain.ts")).explainCommand(options, target ?? ""),
).option(...json);
verb("render <dir>", "write all files of all hosts into a folder, for reading", async (options, dir) =>
  (await import("./commands/render.ts")).renderCommand(options, dir ?? ""),
).option(...json);
verb("exec <host> [command...]", "run a command on a host:  exec HOST -- CMD…", async (options, host, ...argv) =>
  (await import("./commands/hosts.ts")).execCommand(options, host ?? "", argv),
).passThroughOptions();
verb("ssh <host> [command...]", "a shell on a host", async (options, host, ...argv) =>
  (await import("./commands/hosts.ts")).sshCommand(options, host ?? "", argv),
).passThroughOptions();
verb("logs <host> [unit]", "the journal of a host or of one of its units", async (options, host, unit) =>
  (await import("./commands/hosts.ts")).logsCommand(options as never, host ?? "", unit),
)
  .option("-f, --follow", "go on as lines come", false)
  .option("-n, --lines <count>", "so many of the newest lines", "100")
  .option(...json);
verb(
  "lab <deed> [words...]",
  "the lab: outside -- CMD…, inside -- CMD…, start|cut|freeze|thaw|unplug|plug HOST",
  async (options, deed, ...words) => {
    const lab = await import("./commands/lab.ts");
    return await lab.labCommand(options, deed ?? "", words);
  },
).passThroughOptions();
verb("down", "stop the site's lab; leaves nothing behind", async (options) =>
  (await import("./commands/down.ts")).downCommand(options),
).option(...json);
verb("docs [verb]", "the manual of a verb", async (_, name) => (await import("./commands/docs.ts")).docsCommand(name));
verb("completion [shell]", "completion for bash, zsh or fish", async (options, shell) =>
  (await import("./commands/completion.ts")).completionCommand(options, shell),
);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  else process.exitCode = await (await import("./failure.ts")).reportFailure(error);
}
