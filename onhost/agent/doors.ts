import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { believed, held } from "./held.ts";
import { identity } from "./https.ts";
import type { Asker } from "./permissions.ts";

/** The two doors of a program on a database host. */
export interface Doors {
  readonly network: TlsServer;
  readonly local: Server;
}

export interface Place {
  readonly address: string;
  readonly port: number;
  /** Folder of the socket, made when it is missing. */
  readonly runtime: string;
  readonly socket: string;
  readonly identity: Files;
}

type Files = Parameters<typeof identity>[0];
type Handle = (asker: Asker, request: IncomingMessage, response: ServerResponse) => void;

/** Opens one for holders of a certificate of the site, who are told apart by its name, and one for root on this host. */
export async function openBoth(place: Place, handle: Handle): Promise<Doors> {
  const network = createTlsServer(tlsOptions(place.identity), (request, response) => {
    handle(askerOn(request.socket as TLSSocket), request, response);
  });
  const local = createServer((request, response) => handle({ kind: "root" }, request, response));
  for (const door of [network, local]) door.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    network.once("error", reject);
    network.listen({ host: place.address, port: place.port }, resolve);
  });
  await mkdir(place.runtime, { recursive: true, mode: 0o700 });
  await rm(place.socket, { force: true });
  await new Promise<void>((resolve) => local.listen(place.socket, resolve));
  await chmod(place.socket, 0o600);
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

function tlsOptions(files: Files) {
  return { ...identity(files), requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" } as const;
}

/** Takes changed certificates, for connections from now on. */
export function renewIdentity({ network }: Doors, files: Files): void {
  network.setSecureContext(tlsOptions(files));
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Answers a check of health; see `held`. */
export async function health(request: IncomingMessage, response: ServerResponse, well: () => boolean): Promise<Answer> {
  const belief = believed(request.headers["x-haproxy-server-state"]?.toString());
  const yes = await held(belief, well, () => response.destroyed);
  return yes ? { status: 200, text: "yes\n" } : { status: 503, text: "no\n" };
}

export async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) {
    text += String(part);
    if (text.length > 65_536) throw new Error("too long");
  }
  return text;
}

export function json(status: number, value: unknown): Answer {
  return { status, text: `${JSON.stringify(value)}\n` };
}

export function send(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  const type = text.startsWith("{") ? "application/json" : "text/plain; version=0.0.4";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}
