import type { IncomingMessage, ServerResponse } from "node:http";
import type { GaleraAnswer, GaleraStatus } from "../../../src/contract/galera.ts";
import { type Answer, body, type Doors, health, json, openBoth, send } from "../doors.ts";
import { type Asker, mayAsk } from "../permissions.ts";
import { bootstrap, copyAside, hold, position, release } from "./bootstrap.ts";
import { rebuild, restart } from "./deeds.ts";
import { metricsOf } from "./metrics.ts";
import { offered, peerOf, type Teller } from "./teller.ts";

/** Opens the doors of the member program: by certificate for members, ways and the monitor, by the socket for root. */
export async function openDoors(teller: Teller): Promise<Doors> {
  const { listen, paths } = teller.config;
  const place = { ...listen, runtime: paths.runtime, socket: paths.own, identity: paths };
  return await openBoth(place, (asker, request, response) => void handle(teller, asker, request, response));
}

async function handle(teller: Teller, asker: Asker, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://member");
  try {
    if (!mayAsk(asker, pathname, teller.config.clients)) return send(response, 403, "not for this certificate\n");
    const answer =
      pathname === "/write" || pathname === "/read"
        ? await health(request, response, () => offered(teller))
        : await answerTo(teller, `${request.method} ${pathname}`, () => body(request));
    send(response, answer.status, answer.text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "not understood";
    send(response, 400, `${JSON.stringify({ done: false, reason })}\n`);
  }
}

async function answerTo(teller: Teller, what: string, read: () => Promise<string>): Promise<Answer> {
  switch (what) {
    case "GET /peer":
      return teller.view === undefined ? { status: 503, text: "not yet\n" } : json(200, peerOf(teller));
    case "GET /metrics":
      return { status: 200, text: metricsOf(statusOf(teller)) };
    case "GET /status":
      return json(200, statusOf(teller));
    case "POST /position":
      return json(200, await alone(teller, "position", () => position(teller)));
    default: {
      const deed = Object.hasOwn(deeds, what) ? deeds[what] : undefined;
      if (deed === undefined) return { status: 404, text: "nothing here\n" };
      const words = parsed(await read());
      const answer = await alone(teller, what.slice("POST /".length), () => deed(teller, words));
      return json(answer.done ? 200 : 409, answer);
    }
  }
}

type Words = Readonly<Record<string, unknown>>;

const deeds: Readonly<Record<string, (teller: Teller, words: Words) => Promise<GaleraAnswer>>> = {
  "POST /restart": async (teller) => await restart(teller),
  "POST /rebuild": async (teller) => await rebuild(teller),
  "POST /hold": async (teller) => await hold(teller),
  "POST /release": async (teller, { forget }) => await release(teller, forget === true),
  "POST /copy": async (teller, { name }) => await copyAside(teller, String(name)),
  "POST /bootstrap": async (teller, { newHistory }) => await bootstrap(teller, newHistory === true),
};

function parsed(text: string): Words {
  const value: unknown = text === "" ? {} : JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** One deed at a time, and no decision meanwhile. */
async function alone<T>(teller: Teller, name: string, deed: () => Promise<T>): Promise<T> {
  if (teller.busy !== "") throw new Error(`${teller.config.me} is busy: ${teller.busy} goes on.`);
  teller.busy = name;
  try {
    return await deed();
  } finally {
    teller.busy = "";
  }
}

/** What root on this host is told. */
export function statusOf(teller: Teller): GaleraStatus {
  const { config, view, decision, busy, error, trouble } = teller;
  const facts = view?.facts;
  const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
  return {
    ...{ mode: "galera", host: config.me, teller: { up: true }, unit: view?.unit ?? "unknown", votes: config.votes },
    ready: facts?.ready ?? null,
    primary: facts?.primary ?? null,
    state: known(facts?.state),
    comment: facts?.comment ?? null,
    size: known(facts?.size),
    history: facts?.history ?? null,
    seqno: known(facts?.seqno),
    paused: known(facts?.paused),
    pausedSeconds: known(facts?.pausedSeconds),
    queue: known(facts?.queue),
    conflicts: known(facts?.conflicts),
    writable: offered(teller),
    readable: offered(teller),
    belonged: view?.belonged ?? false,
    held: view?.held ?? false,
    doing: busy === "" ? decision.action : busy,
    reason: decision.reason,
    error: facts === undefined ? error : trouble,
  };
}
