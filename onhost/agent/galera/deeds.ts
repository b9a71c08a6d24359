import type { GaleraAnswer } from "../../../src/contract/galera.ts";
import { forgetPosition, startServer, stopServer } from "./server.ts";
import { askOthers, look, type Teller } from "./teller.ts";

/** How long the services may take to notice that they are sent elsewhere, ms. */
const farewell = 700;
/** How long a member may take to come back: a whole copy of 100 GB by 1 Gbit/s. */
const longest = 20 * 60_000;

/** Stops and starts MariaDB, as after a change of its options; resolves when it has everything again. */
export async function restart(teller: Teller): Promise<GaleraAnswer> {
  return await anew(teller, "restarted", async () => undefined);
}

/** Gives its data up and has them copied from another member; resolves when it has everything again. */
export async function rebuild(teller: Teller): Promise<GaleraAnswer> {
  return await anew(teller, "built anew", async () => await forgetPosition(teller.config));
}

/** Only while another member has everything: the cluster must go on without this one. */
async function anew(teller: Teller, what: string, between: () => Promise<void>): Promise<GaleraAnswer> {
  const { config } = teller;
  const others = Object.entries(await askOthers(teller));
  const whole = others.filter(([, peer]) => peer.synced).map(([name]) => name);
  if (whole.length === 0)
    return {
      done: false,
      reason: `No other member has everything now: if ${config.me} were ${what}, the cluster would end.`,
    };
  if (teller.view?.belonged !== true)
    return {
      done: false,
      reason: `${config.me} never belonged to the cluster: it joins by itself. ${teller.decision.reason}.`,
    };
  teller.leaving = true;
  try {
    if (teller.view.facts?.primary) await pause(farewell);
    await stopServer(config, teller.view.facts !== undefined);
    await between();
    await startServer(config, "join");
    teller.startedAt = performance.now();
  } finally {
    teller.leaving = false;
  }
  return await synced(teller);
}

async function synced(teller: Teller): Promise<GaleraAnswer> {
  const { me } = teller.config;
  const end = performance.now() + longest;
  for (;;) {
    teller.view = await look(teller);
    const { facts, unit } = teller.view;
    if (facts?.primary && facts.ready && facts.state === 4)
      return { done: true, reason: `${me} has everything again.` };
    const since = teller.view.sinceStart ?? 0;
    if (unit === "stopped" && since > 2000)
      return { done: false, reason: `MariaDB on ${me} ended after it was started: journalctl -u mariadb` };
    if (performance.now() > end)
      return { done: false, reason: `${me} is not whole after ${longest / 60_000} minutes.` };
    await pause(250);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
