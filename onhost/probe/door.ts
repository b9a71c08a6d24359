import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import { type ProbeSettings, probePaths } from "../../src/model/probe.ts";
import { figuresText } from "./figures.ts";
import { type Listener, silences, watchOf } from "./watch.ts";

/** The one door of a probe: figures and signs of life are the monitors', what it heard is the other probes' to ask. */
export async function openDoor(listener: Listener): Promise<Server> {
  const { listen, tls } = listener.settings;
  const server = createServer(tlsOptions(tls), (request, response) => answer(listener, request, response));
  server.keepAliveTimeout = 30_000;
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: listen.address, port: listen.port }, resolve);
  });
  return server;
}

/** Takes changed certificates, for connections from now on. */
export function renewDoor(server: Server, { tls }: ProbeSettings): void {
  server.setSecureContext(tlsOptions(tls));
}

function tlsOptions({ ca, certificate, key }: ProbeSettings["tls"]) {
  const [caText, cert, keyText] = [ca, certificate, key].map((file) => readFileSync(file, "utf8"));
  return {
    ca: caText,
    cert,
    key: keyText,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.3",
  } as const;
}

function answer(listener: Listener, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const who = String((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? "");
  const [status, text] = answerTo(listener, who, `${request.method}`, new URL(request.url ?? "/", "http://probe"));
  const type = text.startsWith("{") ? "application/json" : "text/plain; version=0.0.4; charset=utf-8";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}

function answerTo(listener: Listener, who: string, method: string, url: URL): readonly [status: number, text: string] {
  const { settings, figures } = listener;
  const isMonitor = who === settings.monitor.name;
  const isProbe = settings.probes.some(({ name }) => name === who);
  if (!isMonitor && !isProbe) return [403, "not for this certificate\n"];
  switch (`${method} ${url.pathname}`) {
    case `GET ${probePaths.metrics}`:
      return [200, figuresText(settings.region, figures, silences(listener))];
    case `GET ${probePaths.watch}`:
      return isProbe ? [200, `${JSON.stringify(watchOf(listener))}\n`] : [403, "for probes\n"];
    case `POST ${probePaths.heartbeat}`: {
      const monitor = url.searchParams.get("monitor") ?? "";
      if (!isMonitor || !settings.monitor.hosts.includes(monitor)) return [403, "no monitor of this site\n"];
      listener.heard.set(monitor, performance.now());
      return [200, "heard\n"];
    }
    default:
      return [404, "nothing here\n"];
  }
}
