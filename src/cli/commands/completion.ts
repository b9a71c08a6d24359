import { RampartError } from "../../base/problem.ts";
import { bashCompletion } from "../completion/bash.ts";
import { type CompletionFacts, completionFacts } from "../completion/facts.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { writeText } from "../output.ts";
import { globalOptions, pages } from "../pages.ts";

const shells: Readonly<Record<string, (facts: CompletionFacts) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The completion script of a shell; or `hosts`: the names of the site's hosts, which the scripts ask for. */
export async function completionCommand(options: GlobalOptions, shell: string | undefined): Promise<number> {
  if (shell === "hosts") return await printHosts(options);
  const script = shell !== undefined && Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (script) {
    writeText(script(completionFacts(pages, globalOptions)));
    return exitCodes.done;
  }
  const reason = shell === undefined ? "no shell was named." : "there is no completion for this shell.";
  const remedy = "Use bash, zsh or fish:  source <(rampart completion bash)";
  throw new RampartError("Nothing to complete with", [{ path: shell ?? "SHELL", reason, remedy }]);
}

/** In the middle of someone's typing nothing may be said but names: a wrong site file has none. */
async function printHosts(options: GlobalOptions): Promise<number> {
  try {
    const { openSite } = await import("../site.ts");
    const { topology } = await openSite(options);
    writeText(topology.hosts.map((host) => host.name).join("\n"));
    return exitCodes.done;
  } catch {
    return exitCodes.failed;
  }
}
