import { readFileSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";

/** Who this agent is, and whom it believes. */
export interface Identity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Question {
  readonly address: string;
  readonly port: number;
  /** The name that the other's certificate must have. */
  readonly name: string;
  readonly path: string;
  /** With a body it is a POST. */
  readonly body?: string;
  /** After so many ms without the whole answer it counts as none. */
  readonly limit: number;
}

export function identity(files: { ca: string; certificate: string; key: string }): Identity {
  return {
    ca: readFileSync(files.ca, "utf8"),
    cert: readFileSync(files.certificate, "utf8"),
    key: readFileSync(files.key, "utf8"),
  };
}

/** Connections that are kept, for many small questions. */
export function connections(own: Identity): Agent {
  return new Agent({ ...own, keepAlive: true, maxSockets: 6, maxFreeSockets: 3, minVersion: "TLSv1.3" });
}

/** Asks; fails when no whole answer came in time. */
export function ask(agent: Agent, question: Question): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = optionsOf(agent, question);
    const asked = request(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() });
      });
    });
    const timer = setTimeout(
      () => asked.destroy(new Error(`no answer of ${question.name} within ${question.limit} ms`)),
      question.limit,
    );
    function fail(error: Error): void {
      clearTimeout(timer);
      reject(error);
    }
    asked.on("error", fail);
    asked.end(question.body);
  });
}

/** What node needs for a question. */
export function optionsOf(agent: Agent | undefined, question: Omit<Question, "limit">): RequestOptions {
  const { address, port, name, path, body } = question;
  return {
    ...(agent === undefined ? {} : { agent }),
    host: address,
    port,
    path,
    servername: name,
    method: body === undefined ? "GET" : "POST",
    headers: {
      host: `${name}:${port}`,
      ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    },
  };
}
