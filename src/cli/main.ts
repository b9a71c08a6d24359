import { type CommandLine, commandLine, UsageError } from "./arguments.ts";
import { exitCodes } from "./options.ts";
import { globalOptions, pageOf, pages } from "./pages.ts";

type Run = (line: CommandLine) => Promise<number>;

// Every verb is a chunk of its own, loaded when it is called: `rampart --help` loads none of them.
const verbs: Readonly<Record<string, Run>> = {
  init: async ({ options, words }) => (await import("./commands/init.ts")).initCommand(options, words[0]),
  up: async ({ options }) => (await import("./commands/up.ts")).upCommand(options),
  plan: async ({ options }) => {
    const { planCommand } = await import("./commands/plan.ts");
    return await planCommand({
      ...options,
      verbose: options.verbose === true,
      exitCode: options["exit-code"] === true,
    });
  },
  apply: async ({ options }) => (await import("./commands/apply.ts")).applyCommand(options),
  status: async ({ options }) => (await import("./commands/status.ts")).statusCommand(options),
  dashboard: async ({ options }) => {
    const { dashboardCommand } = await import("./commands/dashboard.ts");
    const port = typeof options.port === "string" ? options.port : undefined;
    return await dashboardCommand({ ...options, open: options["no-open"] !== true, port });
  },
  top: async ({ options }) =>
    (await import("./commands/top.ts")).topCommand({ ...options, once: options.once === true }),
  qps: async ({ options }) =>
    (await import("./commands/qps.ts")).qpsCommand({ ...options, once: options.once === true }),
  regions: async ({ options }) => (await import("./commands/regions.ts")).regionsCommand(options),
  report: async ({ options }) => {
    const { reportCommand } = await import("./commands/report.ts");
    return await reportCommand({ ...options, day: typeof options.day === "string" ? options.day : undefined });
  },
  verify: async ({ options }) => (await import("./commands/verify.ts")).verifyCommand(options),
  alerts: async (line) => (await import("./commands/alerts.ts")).alertsCommand(line),
  silence: async (line) => (await import("./commands/silence.ts")).silenceCommand(line),
  config: async ({ options }) => (await import("./commands/config.ts")).configCommand(options),
  explain: async ({ options, words }) =>
    (await import("./commands/explain.ts")).explainCommand(options, words[0] ?? ""),
  render: async ({ options, words }) => (await import("./commands/render.ts")).renderCommand(options, words[0] ?? ""),
  export: async ({ options, words }) => (await import("./commands/export.ts")).exportCommand(options, words),
  firewall: async ({ options, words }) => (await import("./commands/firewall.ts")).firewallCommand(options, words),
  exec: async ({ options, words: [host = "", ...argv] }) =>
    (await import("./commands/hosts.ts")).execCommand(options, host, argv),
  ssh: async ({ options, words: [host = "", ...argv] }) =>
    (await import("./commands/hosts.ts")).sshCommand(options, host, argv),
  logs: async ({ options, words }) => (await import("./commands/logs.ts")).logsCommand(options, words),
  cert: async ({ options, words: [deed = "", ...targets] }) => {
    const { certCommand } = await import("./commands/cert.ts");
    return await certCommand(options, deed, targets, { all: options.all === true, pause: options.pause === true });
  },
  bans: async ({ options, words }) => {
    const { bansCommand } = await import("./commands/bans.ts");
    const lasting = typeof options.for === "string" ? options.for : undefined;
    return await bansCommand({ ...options, for: lasting }, words[0] ?? "list", words[1]);
  },
  db: async ({ options, words: [deed = "status", ...words] }) => {
    const { dbCommand } = await import("./commands/db.ts");
    const to = typeof options.to === "string" ? options.to : undefined;
    const on = typeof options.on === "string" ? options.on : undefined;
    const without = typeof options.without === "string" ? options.without.split(",").filter((one) => one !== "") : [];
    const [yes, read, check] = [options.yes === true, options.read === true, options.check === true];
    const [drill, swap, drop] = [options.drill === true, options.swap === true, options.drop === true];
    return await dbCommand({ ...options, to, on, yes, read, check, drill, swap, drop, without, words }, deed);
  },
  waf: async ({ options, words }) => (await import("./commands/waf.ts")).wafCommand(options, words),
  lab: async ({ options, words: [deed = "", ...argv] }) =>
    (await import("./commands/lab.ts")).labCommand(options, deed, argv),
  secrets: async ({ options, words }) => {
    const { secretsCommand } = await import("./commands/secrets.ts");
    return await secretsCommand({ ...options, confirm: options.confirm === true }, words[0] ?? "");
  },
  down: async ({ options }) => (await import("./commands/down.ts")).downCommand(options),
  docs: async ({ options, words }) =>
    (await import("./commands/docs.ts")).docsCommand(words[0], { write: options.write === true }),
  completion: async ({ options, words }) =>
    (await import("./commands/completion.ts")).completionCommand(options, words[0]),
};

async function main(argv: readonly string[]): Promise<number> {
  const [front, verb, behind] = splitAtVerb(argv);
  if (verb === undefined || verb === "help") return await showHelp(front, behind[0]);
  const page = pageOf(verb);
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!page || !run) throw await unknownVerb(verb);
  const line = commandLine(page, globalOptions, [...front, ...behind]);
  return line.help ? await showHelp([], verb) : await run(line);
}

/** `rampart --site X plan -v`: options may stand before the verb; those with a value take it along. */
function splitAtVerb(argv: readonly string[]): readonly [readonly string[], string | undefined, readonly string[]] {
  let at = 0;
  while (at < argv.length && argv[at]?.startsWith("-")) at += argv[at] === "--site" || argv[at] === "--env" ? 2 : 1;
  return [argv.slice(0, at), argv[at], argv.slice(at + 1)];
}

async function showHelp(front: readonly string[], verb: string | undefined): Promise<number> {
  if (front.includes("--version") || front.includes("-V")) {
    process.stdout.write(`rampart ${process.env.RAMPART_VERSION ?? "0.1.0"}\n`);
    return exitCodes.done;
  }
  const { docsCommand } = await import("./commands/docs.ts");
  return await docsCommand(verb);
}

async function unknownVerb(verb: string): Promise<UsageError> {
  const { nearest } = await import("./nearest.ts");
  const names = pages.map((page) => page.verb);
  const guess = nearest(verb, names);
  const remedy = `${guess ? `Did you mean "${guess}"? ` : ""}The verbs are ${names.join(", ")}.`;
  return new UsageError(
    `There is no verb ${verb}`,
    [{ path: verb, reason: "is nothing that rampart does.", remedy }],
    "rampart --help",
  );
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { reportFailure } = await import("./failure.ts");
  process.exitCode = reportFailure(error);
}
