import { connect } from "node:net";

export interface Reply {
  /** undefined: no answer that is HTTP. */
  readonly status: number | undefined;
  readonly text: string;
}

const patienceMs = 5000;

/** Sends bytes to a port of this machine and reads until the answer is whole or the other side closes. Never throws. */
export async function sendBytes(port: number, bytes: Buffer): Promise<Reply> {
  return await new Promise((resolve) => {
    let text = "";
    const socket = connect({ host: "127.0.0.1", port });
    const done = () => {
      socket.destroy();
      const [, status] = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(text) ?? [];
      resolve({ status: status === undefined ? undefined : Number(status), text });
    };
    socket.setTimeout(patienceMs, done);
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (isWhole(text)) done();
    });
    socket.on("error", done);
    socket.on("close", done);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = text.slice(0, end);
  if (/^HTTP\/\S+ (?:204|304)/.test(head)) return true;
  const [, length] = /^content-length: *(\d+)/im.exec(head) ?? [];
  return length !== undefined && text.length >= end + 4 + Number(length);
}
