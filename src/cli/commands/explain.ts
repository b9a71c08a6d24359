import { explainListText, explainText } from "../../report/explain.ts";
import { explanationsNamed, hostExplanations } from "../explanation.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";

/** `explain HOST:PATH` (or HOST:UNIT): which role wants it, from which line, why. `explain HOST` lists what is there. */
export async function explainCommand(options: GlobalOptions, target: string): Promise<number> {
  const open = await openSite(options);
  const colon = target.indexOf(":");
  const [host, word] = colon < 0 ? [target, ""] : [target.slice(0, colon), target.slice(colon + 1)];
  const found = word === "" ? hostExplanations(open, host) : explanationsNamed(open, host, word);
  if (options.json) writeJson({ site: open.site.name, host, explanations: found });
  else if (word === "") writeText(explainListText(host, found, reportStyle()));
  else writeText(found.map((one) => explainText(one, reportStyle())).join("\n\n"));
  return exitCodes.done;
}
