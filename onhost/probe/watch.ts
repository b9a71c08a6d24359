import { readFileSync, renameSync, writeFileSync } from "node:fs";
import {
  type ProbePeer,
  type ProbeSettings,
  probePaths,
  probeSeconds,
  type Told,
  type Watch,
} from "../../src/model/probe.ts";
import { ask } from "./ask.ts";
import type { Figures } from "./figures.ts";
import { sendMail } from "./mail.ts";
import { type Deed, decide, speakingOrder } from "./silence.ts";
import { deliver, letterOf, notice } from "./speak.ts";

/** ms between two looks at the monitors' signs of life while they come, and while they do not. */
const tick = { calm: 5000, alert: 2000 } as const;
/** What another probe said counts for so long, ms: one lost answer makes nobody speak for it. */
const counts = 8000;

/** Listens for the monitor, and tells its silence. */
export interface Listener {
  readonly settings: ProbeSettings;
  readonly figures: Figures;
  /** Last sign of life by monitor, in ms of performance.now(). */
  readonly heard: Map<string, number>;
  readonly began: number;
  readonly others: Map<string, { readonly watch: Watch; readonly at: number }>;
  told: Told | null;
  mute: boolean;
  /** Why what is told could not be delivered. */
  readonly log: (text: string) => void;
  /** File that keeps what was told over a restart. */
  readonly memory: string;
}

export function newListener(
  settings: ProbeSettings,
  figures: Figures,
  memory: string,
  log: (text: string) => void,
): Listener {
  return {
    settings,
    figures,
    heard: new Map(),
    began: performance.now(),
    others: new Map(),
    told: remembered(memory),
    mute: false,
    log,
    memory,
  };
}

/** Seconds since the last sign of life, by monitor; since the start of this program when there was none. */
export function silences({ settings, heard, began }: Listener): Readonly<Record<string, number>> {
  const now = performance.now();
  return Object.fromEntries(settings.monitor.hosts.map((host) => [host, (now - (heard.get(host) ?? began)) / 1000]));
}

/** What the others are told. */
export function watchOf(listener: Listener): Watch {
  const { settings, figures, told, mute } = listener;
  const silence = Math.min(...Object.values(silences(listener)));
  return { region: settings.region, silence, page: figures.looks.get("page")?.success === true, mute, told };
}

/** Goes on for as long as the program runs. */
export async function listen(listener: Listener): Promise<never> {
  for (;;) {
    await once(listener).catch((error: unknown) => listener.log(`watching the monitor: ${text(error)}`));
    const calm = listener.told === null && watchOf(listener).silence < probeSeconds.silence;
    await new Promise((resolve) => setTimeout(resolve, calm ? tick.calm : tick.alert));
  }
}

async function once(listener: Listener): Promise<void> {
  const own = watchOf(listener);
  // Nothing is asked of the others while all is well.
  if (own.told === null && own.silence < probeSeconds.silence && listener.others.size === 0) return;
  await Promise.all(sisters(listener).map((peer) => askSister(peer, listener)));
  const now = performance.now();
  for (const [region, { at }] of listener.others) if (now - at > counts) listener.others.delete(region);
  const others = [...listener.others.values()].map(({ watch }) => watch);
  const order = speakingOrder(listener.settings.probes);
  const deed = decide({ me: own.region, order, own: watchOf(listener), others, now: new Date().toISOString() });
  await act(deed, listener);
  if (listener.told === null && own.silence < probeSeconds.silence) listener.others.clear();
}

function sisters({ settings }: Listener): readonly ProbePeer[] {
  return settings.probes.filter(({ region }) => region !== settings.region);
}

async function askSister({ region, name, address, port }: ProbePeer, { settings, others }: Listener): Promise<void> {
  const { ca, certificate, key } = settings.tls;
  try {
    const { status, text } = await ask({
      ...{ url: `https://${name}:${port}${probePaths.watch}`, method: "GET", address, limit: 3000 },
      ...{ ca: readFileSync(ca, "utf8"), cert: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") },
    });
    if (status === 200) others.set(region, { watch: JSON.parse(text) as Watch, at: performance.now() });
  } catch {
    // Who gives no answer is missing from the view, after a while.
  }
}

async function act(deed: Deed, listener: Listener): Promise<void> {
  if (deed.told === undefined) return;
  if (deed.kind === "tell" || deed.kind === "resolve") {
    if (!(await told(deed, deed.told, listener))) return;
  }
  remember(listener, deed.kind === "tell" || deed.kind === "note" ? deed.told : null);
  listener.log(`${words[deed.kind]}: ${deed.reason}`);
}

const words: Readonly<Record<Deed["kind"], string>> = {
  ...{ rest: "nothing to do", tell: "the operators were told that the monitor is silent" },
  ...{ resolve: "the operators were told that the monitor is heard again" },
  ...{ note: "the monitor is silent", forget: "the monitor is heard again" },
};

/** False: it was not taken. It is tried again with the next look, by another probe first. */
async function told({ kind }: Deed, what: Told, listener: Listener): Promise<boolean> {
  const { settings } = listener;
  const end = kind === "resolve" ? new Date().toISOString() : undefined;
  const regions = [watchOf(listener), ...[...listener.others.values()].map(({ watch }) => watch)];
  const message = notice(settings, what, end, seenText(regions));
  const { webhook, mail } = settings;
  if (webhook === undefined && mail === undefined) {
    listener.log("the site file names neither a webhook nor an e-mail address: nobody is told");
    return true;
  }
  const tries = await Promise.allSettled([
    ...(webhook === undefined ? [] : [deliver(webhook, message, authorities(settings))]),
    ...(mail === undefined ? [] : [sendMail(mail, letterOf(message), `${listener.memory}.letter`)]),
  ]);
  const failures = tries.flatMap((one) => (one.status === "rejected" ? [text(one.reason)] : []));
  // One way is enough for somebody to know.
  listener.mute = failures.length === tries.length;
  for (const why of failures)
    listener.log(listener.mute ? `the operators could not be told: ${why}` : `told by one way only: ${why}`);
  return !listener.mute;
}

/** Whoever vouches for a webhook of the operators' own, beside those that Debian knows; undefined: they are enough. */
function authorities({ alertTrust }: ProbeSettings): string | undefined {
  return alertTrust
    ?.split(" ")
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

/** Whether visitors feel anything of it: the first thing that one wants to know. */
function seenText(regions: readonly Watch[]): string {
  const well = regions.filter(({ page }) => page).map(({ region }) => region);
  const ill = regions.filter(({ page }) => !page).map(({ region }) => region);
  if (ill.length === 0) return `The site itself answers in ${well.join(", ")}.`;
  return `The site does not answer in ${ill.join(", ")}${well.length > 0 ? `; it does in ${well.join(", ")}` : ""}.`;
}

function remembered(file: string): Told | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Told | null;
  } catch {
    return null;
  }
}

function remember(listener: Listener, told: Told | null): void {
  listener.told = told;
  writeFileSync(`${listener.memory}.new`, JSON.stringify(told));
  renameSync(`${listener.memory}.new`, listener.memory);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
