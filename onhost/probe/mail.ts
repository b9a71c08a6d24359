import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ProbeMail } from "../../src/model/probe.ts";

/** What a letter says; lines end with "\n". */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** Seconds for all of it: while one probe waits for a server that hangs, nobody else tells. */
const limit = 10;

/** Hands a letter to the mail server, by TLS only; fails when it was not taken. @param file holds it meanwhile */
export async function sendMail(mail: ProbeMail, letter: Letter, file: string): Promise<void> {
  writeFileSync(file, messageOf(mail, letter, new Date()), { mode: 0o600 });
  try {
    // Whoever lists processes must not see the password: curl reads what it is told.
    await curl(curlConfig(mail, file, mail.password === undefined ? undefined : readFileSync(mail.password, "utf8")));
  } finally {
    rmSync(file, { force: true });
  }
}

/** The letter with its headers (RFC 5322). */
export function messageOf({ from, to }: ProbeMail, { subject, text }: Letter, at: Date): string {
  const headers = [
    `From: ${from}`,
    `To: ${to.join(", ")}`,
    `Subject: ${subject}`,
    `Date: ${at.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${at.getTime()}.${process.pid}@${from.split("@")[1] ?? "rampart"}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
  ];
  return `${headers.join("\n")}\n\n${text}\n`.replaceAll("\n", "\r\n");
}

/** As `curl --config` takes it (curl.1, SMTP). */
export function curlConfig({ host, port, from, to, user, trust }: ProbeMail, file: string, password?: string): string {
  const atOnce = port === 465;
  return [
    ["url", `${atOnce ? "smtps" : "smtp"}://${host}:${port}/localhost`],
    ["mail-from", from],
    ...to.map((one) => ["mail-rcpt", one] as const),
    ["upload-file", file],
    ...(user === undefined ? [] : [["user", `${user}:${password ?? ""}`] as const]),
    // Beside those that Debian knows.
    ...(trust === undefined
      ? []
      : ([
          ["cacert", trust],
          ["capath", "/etc/ssl/certs"],
        ] as const)),
    ["max-time", String(limit)],
  ]
    .map(([key, value = ""]) => `${key} = "${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`)
    .concat("ssl-reqd", "sasl-ir", "tlsv1.2", "ipv4", "silent", "show-error")
    .map((line) => `${line}\n`)
    .join("");
}

function curl(config: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("/usr/bin/curl", ["--config", "-"], { stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (part: Buffer) => (said += part.toString()));
    child.on("error", reject);
    child.stdin.on("error", () => undefined);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`the mail server: ${said.trim() || `curl ends with ${code}`}`)),
    );
    child.stdin.end(config);
  });
}
