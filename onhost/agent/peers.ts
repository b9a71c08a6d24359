import type { Agent } from "node:https";
import type { Config } from "./config.ts";
import { ask, connections, type Identity } from "./https.ts";
import type { Peer } from "./model.ts";

/** How long another agent may take for its answer. */
const limit = 700;

/** The other members' agents, and what they answered last. */
export interface Peers {
  connections: Agent;
  answers: Record<string, Peer | undefined>;
}

export function peers(own: Identity): Peers {
  return { connections: connections(own), answers: {} };
}

/** Asks all of them side by side; whoever does not answer keeps the old answer, which grows older. */
export async function askPeers(all: Peers, config: Config): Promise<void> {
  const others = config.members.filter(({ name }) => name !== config.me);
  const { port } = config.listen;
  await Promise.all(
    others.map(async ({ name, fqdn, address }) => {
      try {
        const reply = await ask(all.connections, { address, port, name: fqdn, path: "/peer", limit });
        if (reply.status !== 200) return;
        all.answers[name] = { ...(JSON.parse(reply.text) as Peer), at: performance.now() };
      } catch {
        // An answer that grows old says it.
      }
    }),
  );
}
