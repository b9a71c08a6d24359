/** What the relay files hold, read from the text of `mariadb-binlog`. */
export interface Reading {
  /** The last transaction that is there as a whole; "" when there is none. */
  readonly last: string;
  /** Byte place of the first transaction beyond the position that was asked for, in the file of that number; undefined when there is none. */
  readonly next: { readonly file: number; readonly at: number } | undefined;
}

/** Reads line by line; `line` is called with each, `end` when a file is over, `reading` at the end. */
export interface Reader {
  readonly line: (text: string) => void;
  readonly end: () => void;
  readonly reading: () => Reading;
}

const place = /^# at (\d+)/;
/** The head of an event; what a client wrote is never at the beginning of a line that looks like it. */
const head = /^#\d{6} [ \d]\d:\d\d:\d\d server id \d+ .*?\t(.*)/;
const begin = /^GTID (\d+-\d+-(\d+))/;

/**
 * A transaction is whole when its last event is: `Xid` or COMMIT for one with a beginning, the one statement for DDL. A torn tail is what the
 * server had not written to the end, and so had never acknowledged.
 *
 * @param beyond sequence number of the last transaction that is applied already
 */
export function reader(beyond: number): Reader {
  let file = 0;
  let at = 0;
  let last = "";
  let next: Reading["next"];
  let open: { gtid: string; started: boolean; events: number; ended: boolean } | undefined;

  function whole(): void {
    if (open !== undefined && (open.ended || (!open.started && open.events > 0))) last = open.gtid;
  }
  function line(text: string): void {
    const found = place.exec(text);
    if (found !== null) {
      at = Number(found[1]);
      if (open?.ended === true) whole();
      return;
    }
    const event = head.exec(text)?.[1];
    const [, gtid, sequence] = begin.exec(event ?? "") ?? [];
    if (gtid !== undefined) {
      whole();
      open = { gtid, started: false, events: 0, ended: false };
      if (Number(sequence) > beyond) next ??= { file, at };
      return;
    }
    if (open === undefined) return;
    if (/^(START TRANSACTION|BEGIN)\b/.test(text)) open.started = true;
    else if (event !== undefined && /^Query/.test(event)) open.events++;
    if (event?.startsWith("Xid = ") || (/^(COMMIT|ROLLBACK)\b/.test(text) && !text.includes("added by")))
      open.ended = true;
  }
  function end(): void {
    whole();
    file++;
  }
  return { line, end, reading: () => ({ last, next }) };
}
