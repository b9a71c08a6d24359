import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { insideCommand } from "../../../src/lab/lab.ts";
import { run } from "../../../src/lab/process.ts";
import { beside } from "./receivers.ts";

// Places beside the hosts of a lab that get what a site exports: a Prometheus of this machine, and socat behind TLS.

export const metricsAccount = {
  user: "shop",
  password: "pässwörd of the metrics 51c2",
  /** Of that password, by bcrypt: what Prometheus' web.config.file takes. */
  hash: "$2b$10$abcdefghijklmnopqrstuubwBhS7ItwiQyiRUMkJGCZ2u3a6i3tTO",
};

/** A certificate for `beside`, and who vouches for it. */
export interface PlaceFiles {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  readonly trust: string;
}

export interface Running {
  stop(): Promise<void>;
}

/** A program in the lab's network, with all that it starts. @param log file to which what it says is added. */
export function started(site: string, argv: readonly string[], log = "/dev/null"): Running {
  const [program = "", ...args] = insideCommand(site, argv);
  const said = openSync(log, "a");
  const child = spawn(program, args, { stdio: ["ignore", said, said], detached: true });
  closeSync(said);
  const over = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  return {
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGKILL");
      await over;
    },
  };
}

/** A Prometheus that takes remote write by TLS from one account. What it got is kept while it is stopped. */
export function metricsPlace(site: string, port: number, files: PlaceFiles) {
  const folder = join(files.folder, "metrics");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "prometheus.yml"), "scrape_configs: []\n");
  writeFileSync(
    join(folder, "web.yml"),
    JSON.stringify({
      tls_server_config: { cert_file: files.certificate, key_file: files.key },
      basic_auth_users: { [metricsAccount.user]: metricsAccount.hash },
    }),
  );
  const address = `${beside}:${port}`;
  const argv = [
    ...["prometheus", `--config.file=${folder}/prometheus.yml`, `--web.config.file=${folder}/web.yml`],
    ...[`--storage.tsdb.path=${folder}/data`, "--storage.tsdb.retention.time=2h", "--log.level=warn"],
    ...[`--web.listen-address=${address}`, "--web.enable-remote-write-receiver"],
  ];
  const credentials = `${metricsAccount.user}:${metricsAccount.password}`;
  return {
    url: `https://${address}/api/v1/write`,
    start: () => started(site, argv),
    /** The first value that a query gives there, at a time (seconds since 1970) or now; NaN: none. */
    ask: async (query: string, time?: number): Promise<number> => {
      const curl = ["curl", "-sS", "-m", "10", "--cacert", files.trust, "-u", credentials, "-G"];
      const words = [`query=${query}`, ...(time === undefined ? [] : [`time=${time}`])];
      const data = words.flatMap((word) => ["--data-urlencode", word]);
      const { stdout } = await run(insideCommand(site, [...curl, ...data, `https://${address}/api/v1/query`]));
      const answer = stdout === "" ? undefined : (JSON.parse(stdout) as Answer);
      return Number(answer?.data?.result[0]?.value[1] ?? Number.NaN);
    },
  };
}

interface Answer {
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** Takes syslog by TLS. Each start has a file of its own: a connection that broke leaves half a message at its end. */
export function logsPlace(site: string, port: number, files: PlaceFiles) {
  const folder = join(files.folder, "logs");
  mkdirSync(folder, { recursive: true });
  let starts = 0;
  const file = (index: number) => join(folder, `${index}.syslog`);
  return {
    server: `${beside}:${port}`,
    start: (certificate = files.certificate, key = files.key): Running => {
      starts += 1;
      const listen = `OPENSSL-LISTEN:${port},bind=${beside},reuseaddr,fork,cert=${certificate},key=${key},verify=0`;
      return started(site, ["socat", "-u", listen, `OPEN:${file(starts)},creat,append`]);
    },
    /** All messages that came, in their order; and those of the newest start alone. */
    messages: () => Array.from({ length: starts }, (_, index) => messagesIn(file(index + 1))).flat(),
    newest: () => messagesIn(file(starts)),
  };
}

/** Frames of RFC 5425. Throws for what is none: a length that does not fit shows at the next frame. */
function messagesIn(file: string): readonly string[] {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(32, at);
    if (blank < 0) break;
    const length = bytes.subarray(at, blank).toString();
    if (!/^[1-9]\d{0,4}$/.test(length)) throw new Error(`no frame at byte ${at} of ${file}: ${length.slice(0, 20)}`);
    const end = blank + 1 + Number(length);
    if (end > bytes.length) break;
    messages.push(bytes.subarray(blank + 1, end).toString("utf8"));
    at = end;
  }
  return messages;
}
