import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { DatabaseRequest } from "../../src/contract/database.ts";
import { type Agent, readable, writable } from "./agent.ts";
import { streamBackup } from "./backup.ts";
import { type Answer, body, type Doors, health, json, openBoth, renewIdentity, send } from "./doors.ts";
import { within } from "./held.ts";
import { metricsOf } from "./metrics.ts";
import { type Asker, mayAsk } from "./permissions.ts";
import { outcomeOf, restart, take } from "./requests.ts";
import { statusOf } from "./status.ts";

/** Opens both doors: for members, routes and the monitor by certificate, and for root on this host. */
export async function openDoors(agent: Agent, log: (text: string) => void): Promise<Doors> {
  const { listen, paths } = agent.config;
  const place = { ...listen, runtime: paths.runtime, socket: join(paths.runtime, "agent.sock"), identity: paths };
  return await openBoth(place, (asker, request, response) => void handle(agent, asker, request, response, log));
}

/** Takes changed certificates, for connections from now on. */
export function renewDoors(doors: Doors, { config }: Agent): void {
  renewIdentity(doors, config.paths);
}

async function handle(
  agent: Agent,
  asker: Asker,
  request: IncomingMessage,
  response: ServerResponse,
  log: (text: string) => void,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://agent");
  try {
    if (!mayAsk(asker, url.pathname, agent.config.clients)) return send(response, 403, "not for this certificate\n");
    if (url.pathname === "/backup") return streamBackup(agent.config, response, log);
    const well = healthOf(agent, url.pathname);
    const answer =
      well === undefined
        ? await answerTo(agent, `${request.method} ${url.pathname}`, url, () => body(request))
        : await health(request, response, well);
    send(response, answer.status, answer.text);
  } catch (error) {
    send(response, 400, `${error instanceof Error ? error.message : "not understood"}\n`);
  }
}

async function answerTo(agent: Agent, what: string, url: URL, read: () => Promise<string>): Promise<Answer> {
  switch (what) {
    case "GET /peer":
      await knowing(agent, Number(url.searchParams.get("seen") ?? 0));
      return agent.last === undefined || asleep(agent) ? { status: 503, text: "asleep\n" } : json(200, agent.last.peer);
    case "GET /metrics":
      return { status: 200, text: await metricsOf(agent) };
    case "GET /status":
      return json(200, statusOf(agent));
    case "GET /answer":
      return json(200, outcomeOf(agent, url.searchParams.get("id") ?? ""));
    case "POST /request": {
      const taken = await take(agent, parseRequest(await read()));
      agent.wake();
      return "id" in taken ? json(200, taken) : json(409, { reason: taken.refused });
    }
    case "POST /restart": {
      const against = await restart(agent);
      return against === undefined ? json(200, { outcome: "done", reason: "" }) : json(409, { reason: against });
    }
    case "POST /rebuild":
      return wantRebuild(agent, await read());
    default:
      return { status: 404, text: "nothing here\n" };
  }
}

/** How long a member that has seen a later change is kept waiting for an answer that knows of it too, ms. */
const patience = 100;

/** Until this agent has looked at what whoever asks has seen already: a new leader's answer is worth nothing before. */
async function knowing(agent: Agent, seen: number): Promise<void> {
  await within(patience, () => (agent.last?.peer.seen ?? 0) >= seen);
}

/** The agent has not looked for longer than a lease, and does nothing either. */
function asleep({ last, acting, settings }: Agent): boolean {
  return acting === undefined && performance.now() - (last?.at ?? 0) > settings.lease;
}

/** What is asked by a path of health; undefined for any other. */
function healthOf(agent: Agent, path: string): (() => boolean) | undefined {
  if (path === "/write") return () => writable(agent);
  return path === "/read" ? () => readable(agent) : undefined;
}

async function wantRebuild(agent: Agent, text: string): Promise<Answer> {
  const { from } = (text === "" ? {} : JSON.parse(text)) as { from?: string | null };
  const { me, members } = agent.config;
  const leader = agent.last?.view.store?.leader?.member;
  if (leader === undefined || leader === me)
    return json(409, {
      reason: leader === me ? `${me} is the primary: it is what others are built from.` : "Nobody leads now.",
    });
  if (from && (from === me || !members.some(({ name }) => name === from)))
    return json(409, { reason: `${from} is no other member.` });
  await agent.kept.note({ wanted: { from: from ?? undefined } });
  agent.wake();
  return json(200, { outcome: "waiting", reason: `${me} leaves the voters and is built anew.` });
}

/** Checked, since it comes from outside. */
export function parseRequest(text: string): DatabaseRequest {
  const { kind, to = null, without = [], by = "somebody" } = JSON.parse(text) as Partial<DatabaseRequest>;
  const strings = Array.isArray(without) && without.every((name) => typeof name === "string");
  if (!strings || (to !== null && typeof to !== "string") || typeof by !== "string") throw new Error("not understood");
  if (kind !== "switchover" && kind !== "failover" && kind !== "pause" && kind !== "resume")
    throw new Error("no such request");
  return { kind, to, without, by: by.slice(0, 200) };
}
