// Where alerts go in scenarios, run by Node beside the hosts of a lab: a webhook and a mail server. Prints a line of JSON for
// whatever comes; a line on its standard input changes how it behaves: "webhook refuse", "mail hang", "mail take".
import { readFileSync } from "node:fs";
import { createServer as httpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { TLSSocket } from "node:tls";
import type { Letter, Posted, Receiving } from "./receivers.ts";

const receiving = JSON.parse(process.argv[2] ?? "{}") as Receiving;
const key = readFileSync(receiving.key);
const cert = readFileSync(receiving.certificate);
const manner = { webhook: "take", mail: "take" };

function tell(what: Posted | Letter | { readonly ready: true }): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

httpServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    if (manner.webhook !== "take") return response.writeHead(503).end();
    const { alerts } = JSON.parse(body) as { alerts: Posted["alerts"] };
    tell({ kind: "webhook", at: Date.now(), alerts });
    response.end();
  });
}).listen(receiving.webhookPort, receiving.address);

// As much of SMTP as a server needs that asks for TLS and a password (RFC 5321, 3207, 4954).
createServer((socket) => {
  if (manner.mail === "hang") return void socket.on("error", () => undefined);
  socket.write("220 mail.test ESMTP\r\n");
  speak(socket, false);
}).listen(receiving.mailPort, receiving.address);

function speak(socket: Socket, encrypted: boolean): void {
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  socket.on("error", () => undefined);
  const letter = { from: "", to: [] as string[], text: "", open: false, known: false };
  const say = (text: string) => void socket.write(`${text}\r\n`);
  lines.on("line", (line) => {
    if (letter.open) return takeText(letter, line, say);
    const word = line.toUpperCase().slice(0, 4);
    if (word === "EHLO") say(encrypted ? "250-mail.test\r\n250 AUTH PLAIN" : "250-mail.test\r\n250 STARTTLS");
    else if (word === "STAR") startTls(socket, say, () => lines.close());
    else if (word === "AUTH") {
      const given = Buffer.from(line.split(" ")[2] ?? "", "base64").toString();
      letter.known = encrypted && given === `\0${receiving.user}\0${receiving.password}`;
      say(letter.known ? "235 welcome" : "535 wrong user or password");
    } else if (!letter.known && ["MAIL", "RCPT", "DATA"].includes(word)) say("530 log in first");
    else if (word === "DATA") {
      letter.open = true;
      say("354 go on");
    } else if (word === "QUIT") {
      say("221 bye");
      socket.end();
    } else {
      if (word === "MAIL") letter.from = /<(.*?)>/.exec(line)?.[1] ?? "";
      if (word === "RCPT") letter.to.push(/<(.*?)>/.exec(line)?.[1] ?? "");
      say("250 well");
    }
  });
}

function startTls(socket: Socket, say: (text: string) => void, stop: () => void): void {
  stop();
  socket.removeAllListeners("data");
  say("220 go on");
  speak(new TLSSocket(socket, { isServer: true, key, cert, minVersion: "TLSv1.2" }), true);
}

interface Open {
  from: string;
  to: string[];
  text: string;
  open: boolean;
}

function takeText(letter: Open, line: string, say: (text: string) => void): void {
  if (line !== ".") {
    letter.text += `${line.replace(/^\.\./, ".")}\n`;
    return;
  }
  tell({ kind: "mail", at: Date.now(), from: letter.from, to: letter.to, text: letter.text });
  Object.assign(letter, { from: "", to: [], text: "", open: false });
  say("250 taken");
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [channel, how = "take"] = line.split(" ");
    if (channel === "webhook" || channel === "mail") manner[channel] = how;
  })
  .on("close", () => process.exit(0));
setTimeout(() => tell({ ready: true }), 200);
