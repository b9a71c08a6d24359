import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import type { DatabaseRequest } from "../../src/contract/database.ts";
import { type Agent, readable, writable } from "./agent.ts";
import { streamBackup } from "./backup.ts";
import { believed, held, within } from "./held.ts";
import { identity } from "./https.ts";
import { metricsOf } from "./metrics.ts";
import { type Asker, mayAsk } from "./permissions.ts";
import { outcomeOf, restart, take } from "./requests.ts";
import { statusOf } from "./status.ts";

/** The two doors of the agent. */
export interface Doors {
  readonly network: TlsServer;
  readonly local: Server;
}

/** Opens both: for members, routes and the monitor by certificate, and for root on this host. */
export async function openDoors(agent: Agent, log: (text: string) => void): Promise<Doors> {
  const { listen, paths } = agent.config;
  const network = createTlsServer(tlsOptions(agent), (request, response) => {
    void handle(agent, askerOn(request.socket as TLSSocket), request, response, log);
  });
  const local = createServer((request, response) => void handle(agent, { kind: "root" }, request, response, log));
  for (const door of [network, local]) door.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    network.once("error", reject);
    network.listen({ host: listen.address, port: listen.port }, resolve);
  });
  await mkdir(paths.runtime, { recursive: true, mode: 0o700 });
  const socket = join(paths.runtime, "agent.sock");
  await rm(socket, { force: true });
  await new Promise<void>((resolve) => local.listen(socket, resolve));
  await chmod(socket, 0o600);
  return { network, local };
}

/** Who is at the other end. Reading a certificate is dear, and members ask many questions on one connection. */
function askerOn(socket: TLSSocket): Asker {
  const known = askers.get(socket);
  if (known !== undefined) return known;
  const { CN } = socket.getPeerCertificate().subject ?? {};
  const asker: Asker = { kind: "certificate", name: typeof CN === "string" ? CN : "" };
  askers.set(socket, asker);
  return asker;
}

const askers = new WeakMap<TLSSocket, Asker>();

function tlsOptions({ config }: Agent) {
  return { ...identity(config.paths), requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" } as const;
}

/** Takes changed certificates, for connections from now on. */
export function renewDoors({ network }: Doors, agent: Agent): void {
  network.setSecureContext(tlsOptions(agent));
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
        : health(await held(believed(stateHeader(request)), well, () => response.destroyed));
    send(response, answer.status, answer.text);
  } catch (error) {
    send(response, 400, `${error instanceof Error ? error.message : "not understood"}\n`);
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
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

function stateHeader({ headers }: IncomingMessage): string | undefined {
  return headers["x-haproxy-server-state"]?.toString();
}

function health(well: boolean): Answer {
  return well ? { status: 200, text: "yes\n" } : { status: 503, text: "no\n" };
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

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) {
    text += String(part);
    if (text.length > 65_536) throw new Error("too long");
  }
  return text;
}

function json(status: number, value: unknown): Answer {
  return { status, text: `${JSON.stringify(value)}\n` };
}

function send(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  const type = text.startsWith("{") ? "application/json" : "text/plain; version=0.0.4";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}
