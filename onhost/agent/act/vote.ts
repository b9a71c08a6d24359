import type { Agent } from "../agent.ts";
import { publishVote } from "../etcd.ts";
import type { Vote } from "../model.ts";
import { lookAtServer } from "../observe.ts";
import { stopping } from "./follow.ts";
import { statements } from "./statements.ts";

/** Voting is revoking (rule 7): it stops receiving, promises, then notes what it holds, then says it. */
export async function vote(agent: Agent, term: number): Promise<void> {
  const { kept, config } = agent;
  if (agent.last?.view.server.state === "running") {
    const { run, look } = statements(agent);
    if ((await look()).slave !== undefined) await run("STOP SLAVE IO_THREAD", stopping);
  }
  if (term > kept.memory.promised) await kept.remember({ promised: term });
  if (kept.memory.noted?.term !== term) await kept.remember({ noted: await held(agent, term) });
  const { noted } = kept.memory;
  if (noted?.term === term) await publishVote(agent.etcd, config.me, noted);
}

/** An old primary that has not joined the new one has acknowledged nothing for it. */
async function held(agent: Agent, term: number): Promise<Vote> {
  const server = await lookAtServer(agent);
  if (agent.kept.memory.led > 0) {
    return { term, received: "", applied: "", serverStart: server.start, countable: true };
  }
  if (server.state !== "running") throw new Error("MariaDB does not answer");
  if (server.receiving !== "no" && server.receiving !== "refused") throw new Error("it still receives");
  const { received, position, start } = server;
  return { term, received: received ?? "", applied: position, serverStart: start, countable: received !== undefined };
}
