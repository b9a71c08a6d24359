import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuleStanding } from "../../model/alerts.ts";
import { alertText, rulesText } from "../../report/alerts.ts";
import { ruleStandings } from "../alerts/rules.ts";
import { unknownAlert } from "../alerts/unknown.ts";
import type { CommandLine } from "../arguments.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";
import { alertsTest } from "./alerts-test.ts";

/** `alerts [NAME]`: every rule and how it stands, or one of them with its runbook. Exit code 1 when one fires. */
export async function alertsCommand(line: CommandLine): Promise<number> {
  const { options, words } = line;
  if (words[0] === "test") return await alertsTest(line);
  const open = await openSite(options);
  const standings = await ruleStandings(open);
  const [name] = words;
  if (name !== undefined) return one(options.json, name, standings);
  const shown = options.all === true ? standings : standings.filter(({ state }) => state !== "inactive");
  if (options.json) writeJson({ site: open.site.name, alerts: standings });
  else writeText(rulesText(shown, new Set(standings.map((rule) => rule.name)).size, reportStyle()));
  return standings.some(({ state }) => state === "firing") ? exitCodes.failed : exitCodes.done;
}

function one(json: boolean, name: string, standings: readonly RuleStanding[]): number {
  const found = standings.filter((rule) => rule.name === name);
  const [first] = found;
  if (first === undefined) throw unknownAlert(name, standings);
  const text = runbook(first.runbook);
  if (json) writeJson({ alerts: found, runbook: text ?? null });
  else writeText(alertText(found, text, reportStyle()));
  return found.some(({ state }) => state === "firing") ? exitCodes.failed : exitCodes.done;
}

/** dist/ lies beside docs/ in a checkout. */
function runbook(path: string): string | undefined {
  const folder = [1, 2, 3].map((up) => join(dirname(fileURLToPath(import.meta.url)), ...Array(up).fill(".."), path));
  const file = folder.find((one) => existsSync(one));
  return file === undefined ? undefined : readFileSync(file, "utf8");
}
