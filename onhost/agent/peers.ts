import type { Agent } from "node:https";
import type { Config, Member } from "./config.ts";
import { ask, connections, type Identity } from "./https.ts";
import type { Peer } from "./model.ts";

/** How long another agent may take for its answer, ms. */
const limit = 700;

/** The other members' agents, and what they answered last. */
export interface Peers {
  connections: Agent;
  answers: Record<string, Peer | undefined>;
  /** Questions that have not been answered yet. */
  readonly asking: Map<string, Promise<void>>;
}

export function peers(own: Identity): Peers {
  return { connections: connections(own), answers: {}, asking: new Map() };
}

/**
 * Asks all of them side by side, and waits for a moment: a member that has lost its power must not make every look slow. Its answer counts when it
 * comes; whoever does not answer keeps the old answer, which grows older.
 * @param seen the revision that answers should know of; those that do not know it yet wait for a moment.
 */
export async function askPeers(all: Peers, config: Config, patience: number, seen = 0): Promise<void> {
  for (const member of config.members) {
    if (member.name === config.me || all.asking.has(member.name)) continue;
    const asked = askOne(all, member, config.listen.port, seen).finally(() => all.asking.delete(member.name));
    all.asking.set(member.name, asked);
  }
  if (all.asking.size === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([Promise.all(all.asking.values()), enough]);
  clearTimeout(timer);
}

async function askOne(all: Peers, { name, fqdn, address }: Member, port: number, seen: number): Promise<void> {
  try {
    const reply = await ask(all.connections, { address, port, name: fqdn, path: `/peer?seen=${seen}`, limit });
    if (reply.status === 200) all.answers[name] = { ...(JSON.parse(reply.text) as Peer), at: performance.now() };
  } catch {
    // An answer that grows old says it.
  }
}
