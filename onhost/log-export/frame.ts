// A journal's entry as a message of syslog (RFC 5424), in a frame for a stream (RFC 5425: its length in bytes, a blank, the message).

/** An entry as `journalctl --output=json --all` prints it: a field that is no text is a list of bytes, one that came twice a list. */
export type Entry = Readonly<Record<string, unknown>>;

/** Bytes of a message: every receiver must take 2,048 and should take 8,192 (RFC 5425, 4.3.1). */
const longest = 8192;
const cutMark = " [cut: the whole line is on the monitor]";

/** @param host by whose certificate the entry came: what it says of itself is not asked. */
export function frameOf(entry: Entry, host: string): Buffer {
  const facility = numberOf(entry.SYSLOG_FACILITY, 23) ?? (textOf(entry._TRANSPORT) === "kernel" ? 0 : 3);
  const severity = numberOf(entry.PRIORITY, 7) ?? 6;
  const app = word(textOf(entry.SYSLOG_IDENTIFIER) || textOf(entry._COMM), 48);
  const pid = word(textOf(entry._PID) || textOf(entry.SYSLOG_PID), 128);
  const head = `<${facility * 8 + severity}>1 ${timeOf(entry)} ${word(host, 255)} ${app} ${pid} - - `;
  const message = Buffer.from(head + textOf(entry.MESSAGE));
  const whole = message.length <= longest ? message : cut(message);
  return Buffer.concat([Buffer.from(`${whole.length} `), whole]);
}

/** At the border of a character. */
function cut(message: Buffer): Buffer {
  let end = longest - Buffer.byteLength(cutMark);
  while (((message[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return Buffer.concat([message.subarray(0, end), Buffer.from(cutMark)]);
}

export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  if (value.every((one) => typeof one === "number")) return Buffer.from(value as number[]).toString("utf8");
  return textOf(value[0]);
}

function numberOf(value: unknown, most: number): number | undefined {
  const text = textOf(value);
  return /^\d{1,2}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

/** Printable ASCII without blanks, or "-". */
function word(text: string, most: number): string {
  const kept = text.replace(/[^\x21-\x7e]/g, "_").slice(0, most);
  return kept === "" ? "-" : kept;
}

/** When the entry was made, with microseconds: by the source's clock, else when journald got it. */
function timeOf(entry: Entry): string {
  const text = textOf(entry._SOURCE_REALTIME_TIMESTAMP) || textOf(entry.__REALTIME_TIMESTAMP);
  const micros = Number(text);
  if (text === "" || !Number.isSafeInteger(micros)) return "-";
  const seconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, "0")}Z`;
}
