import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { insideCommand, outsideCommand } from "../../../src/lab/lab.ts";
import { createAuthority } from "../../../src/pki/authority.ts";
import { issueCertificate } from "../../../src/pki/certificate.ts";
import { programOf } from "./asking.ts";

/** Where hosts of a lab find what stands beside them: on the inside network, or outside, where probes are, too. */
export const beside = "10.77.0.1";
export const outside = "198.51.100.1";

/** What the receiver is told. */
export interface Receiving {
  readonly address: string;
  readonly webhookPort: number;
  readonly mailPort: number;
  readonly user: string;
  readonly password: string;
  readonly certificate: string;
  readonly key: string;
}

/** What a webhook got. `at`: milliseconds since 1970. */
export interface Posted {
  readonly kind: "webhook";
  readonly at: number;
  readonly alerts: readonly {
    readonly status: "firing" | "resolved";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
  }[];
}

export interface Letter {
  readonly kind: "mail";
  readonly at: number;
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, decoded. */
  readonly text: string;
}

export interface Receivers {
  /** PEM of the authority that vouches for the mail server. */
  readonly trust: string;
  /** All that came so far, oldest first. */
  readonly posted: readonly Posted[];
  readonly letters: readonly Letter[];
  /** When an alert first came by webhook after a moment; undefined: it has not. */
  readonly heard: (alert: string, status: "firing" | "resolved", after: number) => number | undefined;
  readonly behave: (channel: "webhook" | "mail", how: "take" | "refuse" | "hang") => void;
  readonly stop: () => Promise<void>;
}

export const mailAccount = { user: "rampart", password: "pässwörd of the mail 7f3a" };

/** A webhook and a mail server beside the hosts of a lab. @param folder gets their certificate. */
export async function startReceivers(
  site: string,
  folder: string,
  ports: { readonly webhook: number; readonly mail: number },
  at = beside,
): Promise<Receivers> {
  const trust = await mailCertificate(folder);
  const receiving: Receiving = {
    ...{ address: at, webhookPort: ports.webhook, mailPort: ports.mail, ...mailAccount },
    ...{ certificate: join(folder, "mail.crt"), key: join(folder, "mail.key") },
  };
  const seat = at === beside ? insideCommand : outsideCommand;
  const [program = "", ...args] = seat(site, [process.execPath, programOf("receiver"), JSON.stringify(receiving)]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const [posted, letters]: [Posted[], Letter[]] = [[], []];
  await new Promise<void>((resolve, reject) => {
    child.on("exit", (code) => reject(new Error(`the receiver ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line) as Posted | Letter | { readonly ready: true };
      if ("ready" in said) resolve();
      else if (said.kind === "webhook") posted.push(said);
      else letters.push({ ...said, text: decoded(said.text) });
    });
  });
  return {
    ...{ trust, posted, letters },
    heard: (alert, status, after) =>
      posted.find(
        (one) =>
          one.at >= after && one.alerts.some(({ labels, status: has }) => labels.alertname === alert && has === status),
      )?.at,
    behave: (channel, how) => void child.stdin.write(`${channel} ${how}\n`),
    stop: async () => {
      const over = new Promise<void>((resolve) => child.on("exit", () => resolve()));
      child.stdin.end();
      await over;
    },
  };
}

/** Quoted-printable (RFC 2045), the only coding that Alertmanager sends. */
function decoded(text: string): string {
  const joined = text.replace(/=\r?\n/g, "");
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
}

async function mailCertificate(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const now = new Date();
  const authority = await createAuthority("mail", now);
  const request = { commonName: "mail", dnsNames: ["mail.test"], ipAddresses: [beside, outside], days: 30 };
  const issued = await issueCertificate(authority, { ...request, usages: ["server"] }, now);
  writeFileSync(join(folder, "mail.crt"), issued.certificatePem);
  writeFileSync(join(folder, "mail.key"), issued.keyPem.reveal(), { mode: 0o600 });
  return authority.certificatePem;
}
