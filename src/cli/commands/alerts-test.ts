import { randomBytes } from "node:crypto";
import { plural } from "../../base/text.ts";
import { trialsDelivered, trialsText } from "../../report/alert-trials.ts";
import { makeTrials, planTrials } from "../alerts/trial.ts";
import type { TrialPlan } from "../alerts/trial-result.ts";
import type { CommandLine } from "../arguments.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { typed } from "../question.ts";
import { openSite } from "../site.ts";
import { waiting } from "../waiting.ts";

/** `alerts test [NAME…]`: sends an alert for every rule, marked as a test, and says which of them were delivered. */
export async function alertsTest({ options, words }: CommandLine): Promise<number> {
  const open = await openSite(options);
  const names = [...new Set(words.slice(1))];
  const id = randomBytes(6).toString("hex");
  const plan = await planTrials(open, names, id);
  const isLab = open.site.environment.name === "lab";
  const without = `In a script: rampart ${["alerts", "test", ...names, "--yes"].join(" ")}`;
  if (!isLab && !options.yes && !(await typed(open.site.name, question(plan), without, "alerts"))) {
    writeText("Stopped; nothing was sent.");
    return exitCodes.failed;
  }
  const line = waiting(options.json);
  const report = await makeTrials(open, plan, line).finally(() => line.end());
  const delivered = trialsDelivered(report);
  if (options.json) writeJson({ site: open.site.name, delivered, ...report });
  else writeText(trialsText(report, reportStyle()));
  return delivered ? exitCodes.done : exitCodes.failed;
}

/** What it would send, before it is sent: somebody's telephone may ring for each. */
function question({ trials, channels }: TrialPlan): string {
  const names = new Set(trials.map(({ name }) => name)).size;
  const pages = new Set(trials.filter(({ severity }) => severity === "page").map(({ name }) => name)).size;
  const tickets = trials.some(({ severity }) => severity !== "page") ? 1 : 0;
  const counts = channels.map((channel) =>
    channel === "email"
      ? `about ${plural(2 * (pages + tickets), "letter")}`
      : `about ${plural(2 * names, "message")} by ${channel}`,
  );
  return `Whoever gets this site's alerts is sent ${counts.join(" and ")}, marked as a test, within some minutes. Pages among them may wake people.`;
}
