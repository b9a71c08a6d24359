import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { rootCertificates } from "node:tls";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface Question {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of whom to believe; undefined: Debian's authorities. */
  readonly ca?: string | undefined;
  readonly cert?: string;
  readonly key?: string;
  /** Where to connect instead of looking the name up. */
  readonly address?: string;
  /** ms */
  readonly limit: number;
}

/** More of a page is not read. */
const mostBytes = 2_000_000;

/** Asks on a connection of its own, as somebody does who has just come; fails when no whole answer came in time. */
export function ask(question: Question): Promise<Reply> {
  const url = new URL(question.url);
  const { method, body, ca, cert, key, address } = question;
  const headers = {
    ...question.headers,
    ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
  };
  const options = {
    ...{ method, headers: { host: url.host, ...headers }, agent: false as const, path: `${url.pathname}${url.search}` },
    ...{ host: address ?? url.hostname, port: url.port || (url.protocol === "https:" ? 443 : 80), family: 4 },
    ...(url.protocol === "https:"
      ? { servername: url.hostname, ca: ca ?? debianAuthorities(), ...(cert ? { cert, key } : {}) }
      : {}),
  };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? request : plainRequest;
    const asked = start(options, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on("data", (part: Buffer) => {
        size += part.length;
        if (size > mostBytes) asked.destroy(new Error("the answer is larger than 2 MB"));
        else parts.push(part);
      });
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() });
      });
    });
    const timer = setTimeout(
      () => asked.destroy(new Error(`no answer within ${question.limit / 1000} s`)),
      question.limit,
    );
    function fail(error: Error): void {
      clearTimeout(timer);
      reject(error);
    }
    asked.on("error", fail);
    asked.end(body);
  });
}

/** Node has a list of its own; Debian's is the one that is kept up to date on the host. */
function debianAuthorities(): string | string[] {
  try {
    return readFileSync("/etc/ssl/certs/ca-certificates.crt", "utf8");
  } catch {
    return [...rootCertificates];
  }
}
