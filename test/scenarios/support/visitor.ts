import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { connect as http2Connect } from "node:http2";
import { request } from "node:https";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { shop } from "./site.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface Question {
  /** The name that the visitor types; the shop's own on this machine if it is left out. */
  readonly name?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The CA certificate that `rampart status` names. */
export function siteCa(): Buffer {
  return readFileSync(join(shop.folder, ".rampart/lab-ca.crt"));
}

/** Asks the published shop by HTTPS, over a connection of its own, trusting the site's CA alone. */
export async function ask(path: string, question: Question = {}): Promise<Answer> {
  const { name = shop.localDomain, method = "GET", headers = {}, body = "" } = question;
  const host = name === shop.localDomain ? `${name}:${shop.httpsPort}` : name;
  return await new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port: shop.httpsPort, servername: name, ca: siteCa(), agent: false },
        ...{ method, path, headers: { Host: host, ...headers }, timeout: 20_000 },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer within 20 s: ${path}`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Asks by plain HTTP. */
export async function askPlainly(path: string, name: string): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const target = { host: "127.0.0.1", port: shop.httpPort, path, headers: { Host: name }, agent: false as const };
    const sent = plainRequest(target, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: "" }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** Asks by HTTP/2; rejects when the site does not speak it. */
export async function askByHttp2(path: string): Promise<number> {
  const socket = tlsConnect({
    ...{ host: "127.0.0.1", port: shop.httpsPort, servername: shop.localDomain },
    ...{ ca: siteCa(), ALPNProtocols: ["h2"] },
  });
  const session = http2Connect(`https://${shop.localDomain}:${shop.httpsPort}`, { createConnection: () => socket });
  try {
    return await new Promise((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request({ ":path": path });
      stream.on("error", reject);
      stream.on("response", (headers) => resolve(Number(headers[":status"])));
      stream.resume();
    });
  } finally {
    session.destroy();
  }
}

/** Somebody who keeps cookies and fills in forms as a browser does. */
export interface Customer {
  readonly get: (path: string) => Promise<Answer>;
  /** Sends the form of a page: its hidden token and the fields given. */
  readonly post: (page: string, action: string, fields: Readonly<Record<string, string>>) => Promise<Answer>;
  /** What the site had them keep. */
  readonly cookies: () => ReadonlyMap<string, string>;
}

export function customer(): Customer {
  const cookies = new Map<string, string>();
  const go = async (path: string, question: Question = {}): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await ask(path, { ...question, headers: { ...question.headers, Cookie: cookie } });
    for (const line of [answer.headers["set-cookie"] ?? []].flat()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
  return {
    get: (path) => go(path),
    cookies: () => cookies,
    post: async (page, action, fields) => {
      const { body } = await go(page);
      const form = { token: hiddenField(body, "token"), order_key: hiddenField(body, "order_key"), ...fields };
      return await go(action, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(form).toString(),
      });
    },
  };
}

function hiddenField(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";
}
