import { labHosts } from "../../lab/lab.ts";
import { tierOfName } from "../../report/names.ts";
import { run } from "../../ssh/run.ts";
import { labTarget } from "../lab-site.ts";
import type { OpenSite } from "../site.ts";
import { addSilence, endSilence } from "./silences.ts";

const silence = "systemctl stop rampart-heartbeat prometheus prometheus-alertmanager 2> /dev/null || true";

/**
 * A monitor that is taken away judges nothing any more before others close their doors to it, and the one that stays does not tell that it is
 * gone. The function that it resolves with ends the silence.
 */
export async function releaseMonitors(
  open: OpenSite,
  retiring: readonly string[],
  by: string,
): Promise<() => Promise<void>> {
  const hosts = labHosts(open.site.name).filter(({ name }) => retiring.includes(name));
  const monitors = hosts.filter(({ name }) => tierOfName(name) === "monitor");
  if (monitors.length === 0) return async () => undefined;
  const matchers = [`host=~^(${monitors.map(({ name }) => name).join("|")})$`];
  const why = "taken away by the site file";
  // A monitor that does not answer tells nobody either.
  const id = await addSilence(open, { seconds: 3600, why, by, matchers }).catch(() => undefined);
  for (const host of monitors) await run(labTarget(open.site.name, host), silence, { timeoutMs: 30_000 });
  return async () => {
    if (id !== undefined) await endSilence(open, id).catch(() => undefined);
  };
}
