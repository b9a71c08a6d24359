import { parseDuration } from "../../base/rate.ts";
import { silencesText } from "../../report/alerts.ts";
import { addSilence, endSilence, silencesOf } from "../alerts/silences.ts";
import { type CommandLine, UsageError } from "../arguments.ts";
import { operatorName } from "../lab-site.ts";
import { nearest } from "../nearest.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";

/** A week: what is silenced for longer is a rule that should go. */
const longest = 7 * 86_400;

/** `silence --host H --alert A --for 1h --why …`, `silence list`, `silence end ID`. */
export async function silenceCommand(line: CommandLine): Promise<number> {
  const [deed = "add", id] = line.words;
  if (deed === "list") return await list(line);
  if (deed === "end") return await end(line, id);
  if (deed !== "add") throw misuse(deed, "is none of its deeds.");
  return await add(line);
}

async function add({ options }: CommandLine): Promise<number> {
  const { host, alert, why } = options;
  const lasting = typeof options.for === "string" ? options.for : "1h";
  const seconds = parseDuration(lasting);
  if (seconds === undefined || seconds > longest) throw misuse("--for", `"${lasting}" is no time up to 7d.`);
  if (host === undefined && alert === undefined) throw misuse("silence", "neither a host nor an alert is named.");
  if (typeof why !== "string" || why.trim() === "") throw misuse("--why", "is missing: whoever looks must know.");
  const open = await openSite(options);
  if (typeof host === "string") requireHost(open, host);
  const matchers = [
    ...(typeof host === "string" ? [`host=${host}`] : []),
    ...(typeof alert === "string" ? [`alertname=${alert}`] : []),
  ];
  const id = await addSilence(open, { seconds, why, by: operatorName(), matchers });
  const what = [...(alert ? [`${alert}`] : ["every alert"]), ...(host ? [`of ${host}`] : [])].join(" ");
  if (options.json) writeJson({ id, seconds });
  else writeText(`${what} is not told for ${lasting}. It is still shown.\nTo end it:  rampart silence end ${id}`);
  return exitCodes.done;
}

async function list({ options }: CommandLine): Promise<number> {
  const silences = await silencesOf(await openSite(options));
  if (options.json) writeJson({ silences });
  else writeText(silencesText(silences, reportStyle()));
  return exitCodes.done;
}

async function end({ options }: CommandLine, id: string | undefined): Promise<number> {
  if (id === undefined || !/^[0-9a-f-]{36}$/.test(id)) throw misuse("ID", `${id ?? "nothing"} is no silence.`);
  await endSilence(await openSite(options), id);
  if (options.json) writeJson({ id, ended: true });
  else writeText("It is told again.");
  return exitCodes.done;
}

function requireHost({ topology, site }: OpenSite, name: string): void {
  const names = topology.hosts.map((one) => one.name);
  if (names.includes(name)) return;
  const guess = nearest(name, names);
  throw misuse("--host", `${site.name} has no host ${name}.${guess ? ` Did you mean "${guess}"?` : ""}`);
}

function misuse(path: string, reason: string): UsageError {
  const remedy =
    "Use rampart silence --host HOST --for 1h --why TEXT, or --alert NAME; or silence list; or silence end ID.";
  return new UsageError("rampart silence does not understand this", [{ path, reason, remedy }], "rampart docs silence");
}
