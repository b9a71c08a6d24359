import { shellQuote } from "../../base/text.ts";
import type { World } from "../../converge/world.ts";
import { neverQuiet, type Silence } from "../../model/alerts.ts";
import { runOnMonitor } from "../monitors.ts";
import type { OpenSite } from "../site.ts";
import { amtoolScript, askAlertmanager } from "./monitor.ts";

/** How long planned work may take before it is told after all: a run that died must not leave a site in silence. */
const longestWork = 20 * 60;
/** What the monitor sees late is of the work, too. */
const afterWork = 30;

interface Wanted {
  readonly seconds: number;
  readonly why: string;
  readonly by: string;
  /** As Alertmanager writes them: host="web1". */
  readonly matchers: readonly string[];
}

/** Makes a silence; resolves with its id. */
export async function addSilence(open: OpenSite, wanted: Wanted): Promise<string> {
  return (await askAlertmanager(open, addWords(wanted))).trim();
}

function addWords({ seconds, why, by, matchers }: Wanted): readonly string[] {
  return ["silence", "add", `--author=${by}`, `--comment=${why}`, `--duration=${seconds}s`, ...matchers];
}

export async function endSilence(open: OpenSite, id: string): Promise<void> {
  await askAlertmanager(open, ["silence", "expire", id]);
}

export async function silencesOf(open: OpenSite): Promise<readonly Silence[]> {
  return silencesIn(await askAlertmanager(open, ["silence", "query", "-o", "json"]));
}

interface RawSilence {
  readonly id: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly endsAt: string;
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex: boolean;
    readonly isEqual: boolean;
  }[];
}

/** The soonest to end first. */
export function silencesIn(json: string): readonly Silence[] {
  return (JSON.parse(json) as readonly RawSilence[])
    .map(({ id, comment, createdBy, endsAt, matchers }) => ({
      ...{ id, why: comment, by: createdBy, until: endsAt },
      what: matchers
        .map(({ name, value, isEqual }) => `${isEqual ? "" : "not "}${words(name)} ${readable(value)}`)
        .join(", "),
    }))
    .toSorted((one, other) => (one.until < other.until ? -1 : 1));
}

const words = (label: string) => (label === "alertname" ? "alert" : label);
const readable = (value: string) => value.replace(/^\^\((.*)\)\$$/, "$1").replaceAll("|", ", ");

/**
 * Keeps what is done to hosts on purpose from being told as a fault of theirs; never what visitors would feel. No monitor that
 * answers, as in a site that is being brought up, means that nobody would be told anyway.
 */
export function quietWork(open: OpenSite, by: string): NonNullable<World["quiet"]> {
  const ask = async (script: string) => await runOnMonitor(open, script, 10_000);
  return async (hosts, why) => {
    const matchers = [`host=~^(${hosts.join("|")})$`, `alertname!~^(${neverQuiet.join("|")})$`];
    const made = await ask(amtoolScript(addWords({ seconds: longestWork, why, by, matchers })));
    const id = /^[0-9a-f-]{36}$/m.exec(made.stdout)?.[0];
    if (made.exitCode !== 0 || id === undefined) return async () => undefined;
    return async () => {
      // By the monitor's own clock; a duration would count from the silence's beginning.
      const end = `"$(date -u -d '+${afterWork} seconds' +%Y-%m-%dT%H:%M:%SZ)"`;
      await ask(`${amtoolScript(["silence", "update"])} --end=${end} ${shellQuote(id)}`);
    };
  };
}
